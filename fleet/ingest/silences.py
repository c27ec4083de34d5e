"""Writes: gaps of the signal while they go on, which no report shows: told by the clock, from last positions."""

from datetime import datetime, timedelta

import msgspec
from django.db import transaction
from django.db.models import F

from fleet.findings.changes import put_before_people, record_episodes, withdraw
from fleet.findings.models import Finding, Rule
from fleet.ingest.log import decode_state
from fleet.positions.models import LastPosition
from telematics.rules.signal_gap import SignalGapLimits, overdue

LOOKED_BACK = timedelta(days=1)
"""After so long a silence has been told of."""
DEFAULT_LIMITS = SignalGapLimits()


def tell_silences(
    now: datetime, *, profile: str, limits: SignalGapLimits = DEFAULT_LIMITS
) -> tuple[list[Finding], list[Finding]]:
    """Tell of buses that have fallen silent under way, and take back what has turned out to be none.

    A device that was out of reach sends later what it has kept; then there was no gap, and no report says so.

    Args:
        now: the present.
        profile: the regulation profile of the day.
        limits: what counts as a gap.

    Returns:
        The gaps that go on, and those taken back.
    """
    silent = LastPosition.objects.filter(
        bus__isnull=False,
        time=F("heard_at"),
        heard_at__range=(now - LOOKED_BACK, now - limits.max_silence),
        speed_mps__gte=limits.min_speed_mps,
    )
    devices = list(silent.values_list("pk", flat=True))
    found = [one for device in devices for one in tell_silence(device, now, profile, limits)]
    going_on = Finding.objects.filter(
        rule=Rule.SIGNAL_GAP, ended_at=None, withdrawn_at=None, started_at__gte=now - LOOKED_BACK
    )
    over = going_on.filter(device__last_position__heard_at__gt=F("started_at"))
    return found, [one for finding in over for one in take_back(finding, now)]


@transaction.atomic
def tell_silence(device: int, now: datetime, profile: str, limits: SignalGapLimits) -> list[Finding]:
    """Tell of one device's silence; its last position is locked, so that no report ends the gap meanwhile."""
    last = LastPosition.objects.select_for_update(of=("self",)).get(pk=device)
    try:
        seen = decode_state(last.rule_state).seen
    except msgspec.DecodeError:
        return []
    gap = overdue(seen, now, limits)
    if gap is None:
        return []
    found = record_episodes([(device, gap)], profile=profile, now=now, live_for=limits.max_silence)
    put_before_people(found, now=now)
    return found


@transaction.atomic
def take_back(finding: Finding, now: datetime) -> list[Finding]:
    """Withdraw a gap that no report has ended though the device has gone on."""
    LastPosition.objects.select_for_update(of=("self",)).get(pk=finding.device_id)
    still = Finding.objects.filter(pk=finding.pk, ended_at=None, withdrawn_at=None)
    undone = withdraw(list(still), now=now)
    put_before_people([], undone, now=now)
    return undone

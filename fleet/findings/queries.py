"""Reads: findings as alarms on live screens."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from fleet.findings.models import Finding, FindingSeverity
from fleet.people.models import User
from fleet.positions.queries import milliseconds, rounded
from fleet.vehicles.permissions import WATCH_BUS
from fleet.vehicles.queries import buses_for

SERIOUS_EXCESS = 1.2
"""At 20 % over the limit the tier of points changes (公安部令 163)."""


def findings_for(person: User) -> QuerySet[Finding]:
    """The findings, withdrawn ones too, of the buses that a person may watch."""
    return Finding.objects.filter(bus__in=buses_for(person, WATCH_BUS))


def recent_alarms(buses: Iterable[int], now: datetime, within: timedelta) -> list[dict[str, Any]]:
    """Findings on `buses` that go on, or were found live and ended lately; newest first."""
    findings = (
        Finding.objects.filter(bus__in=list(buses), withdrawn_at__isnull=True, found_live=True)
        .filter(Q(last_at__gte=now - within))
        .exclude(severity=FindingSeverity.RECORD)
        .select_related("bus")
        .order_by("-started_at")[:200]
    )
    return [alarm_message(finding) for finding in findings]


def is_serious(finding: Finding) -> bool:
    """Whether something was measured that is far over its limit."""
    if finding.peak is None or finding.limit is None:
        return False
    return finding.peak >= finding.limit * SERIOUS_EXCESS


def alarm_message(finding: Finding) -> dict[str, Any]:
    """A finding as live screens take it; `limit_source` is a `LimitSource`, to be put into a person's words."""
    return {
        "id": finding.pk,
        "bus": finding.bus_id,
        "plate": finding.bus.plate if finding.bus else "",
        "kind": finding.rule,
        "severity": "high" if is_serious(finding) else "medium",
        "started": milliseconds(finding.started_at),
        "last": milliseconds(finding.last_at),
        "ended": milliseconds(finding.ended_at),
        "peak_mps": rounded(finding.peak, 2),
        "limit_mps": rounded(finding.limit, 2),
        "limit_source": finding.limit_source,
        "article": finding.article,
        "lon": rounded(finding.place.x, 7) if finding.place else None,
        "lat": rounded(finding.place.y, 7) if finding.place else None,
        "duration_s": round((finding.last_at - finding.started_at).total_seconds()),
        "live": finding.found_live,
    }

"""Writes: episodes become findings, and late reports correct them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from django.contrib.gis.geos import Point
from django.db import transaction

from fleet.findings.models import Finding, LimitSource, Rule
from fleet.vehicles.models import Bus
from fleet.vehicles.queries import bus_of_device
from telematics.pipeline import Rewrite
from telematics.rules.episode import Episode

CHANGING = (
    "bus", "last_at", "ended_at", "peak", "limit", "unit", "limit_source", "article", "profile",
    "severity", "points", "penalty", "details", "place", "evidence", "withdrawn_at", "updated_at",
)  # fmt: skip
ATTRIBUTED = (*CHANGING, "trip", "driver")
COMPARED = tuple(
    field.attname
    for field in Finding._meta.concrete_fields
    if field.name in ATTRIBUTED and field.name not in ("profile", "updated_at")
)
"""What makes a finding another one to people when it changes."""


def record_episodes(
    episodes: Sequence[tuple[int, Episode]], *, profile: str, now: datetime, live_for: timedelta
) -> list[Finding]:
    """Store episodes, each with the device that it was found on; one that is stored already is brought up to date.

    Args:
        episodes: (device id, episode) pairs.
        profile: the regulation profile that they were judged by.
        now: time of arrival.
        live_for: an episode whose last report is older than this is history, and no news.
    """
    buses = bus_of_device(device_id for device_id, _ in episodes)
    findings = []
    for device_id, found in episodes:
        finding = finding_of(found, profile=profile, now=now, live_for=live_for)
        finding.device_id = device_id
        finding.bus_id = buses.at(device_id, found.started_at)
        findings.append(finding)
    return Finding.objects.bulk_create(
        findings,
        update_conflicts=True,
        unique_fields=["device", "rule", "started_at"],
        update_fields=CHANGING,
    )


def finding_of(found: Episode, *, profile: str, now: datetime, live_for: timedelta) -> Finding:
    """An episode as a finding that is not stored yet, and nobody's so far.

    Args:
        found: the episode.
        profile: the regulation profile that it was judged by.
        now: the present.
        live_for: an episode whose last report is older than this is history, and no news.
    """
    return Finding(
        rule=found.rule,
        started_at=found.started_at,
        last_at=found.last_at,
        ended_at=found.ended_at,
        peak=found.peak,
        limit=found.limit,
        unit=found.unit,
        limit_source=found.limit_source,
        article=found.article,
        profile=profile,
        severity=found.severity.value,
        points=found.points,
        penalty=found.penalty,
        details=found.details,
        place=Point(found.lon, found.lat, srid=4326) if found.lat is not None else None,
        evidence=msgspec.to_builtins(found.evidence),
        found_live=now - found.last_at <= live_for,
        updated_at=now,
    )


class About(NamedTuple):
    """What findings are about that no device alone shows.

    Attributes:
        subject: whose story is told, as "trip:7", "driver:5" or "bus:3"; with rule and start it names a finding.
        bus: id of the bus, where one takes part.
        trip: id of the trip.
        driver: id of the driver.
    """

    subject: str
    bus: int | None = None
    trip: int | None = None
    driver: int | None = None


@transaction.atomic
def reconcile(
    episodes: Sequence[tuple[About, Episode]],
    *,
    subjects: Collection[str],
    rules: Collection[str],
    since: datetime,
    until: datetime | None = None,
    profile: str,
    now: datetime,
    live_for: timedelta,
) -> tuple[list[Finding], list[Finding]]:
    """Make the findings of some subjects and rules in a stretch of time these and no others.

    Whoever knows a story anew tells the whole of it, so that findings never depend on the order in which its parts
    became known; telling the same again changes nothing.

    Args:
        episodes: all that is found, each with whom it is about; its start lies in the stretch.
        subjects: whose story is told.
        rules: by which rules.
        since: the stretch begins here, inclusive.
        until: and ends here, exclusive; None for no end.
        profile: the regulation profile that they were judged by.
        now: the present.
        live_for: an episode whose last report is older than this is history, and no news.

    Returns:
        The findings that are new or have changed, and those withdrawn because the story does not bear them out.
    """
    stretch = Finding.objects.filter(
        subject__in=subjects, rule__in=rules, started_at__gte=since
    ).select_for_update(of=("self",))
    if until is not None:
        stretch = stretch.filter(started_at__lt=until)
    stored = {(one.subject, one.rule, one.started_at): one for one in stretch}
    changed = []
    for about, found in episodes:
        told = finding_of(found, profile=profile, now=now, live_for=live_for)
        told.subject, told.bus_id, told.trip_id, told.driver_id = about
        before = stored.pop((told.subject, told.rule, told.started_at), None)
        if before is None:
            told.save(force_insert=True)
        elif all(getattr(before, name) == getattr(told, name) for name in COMPARED):
            continue
        else:
            told.pk, told.found_live = before.pk, before.found_live
            told.save(update_fields=ATTRIBUTED)
        changed.append(told)
    undone = [one for one in stored.values() if one.withdrawn_at is None]
    for finding in undone:
        finding.withdrawn_at = now
        finding.save(update_fields=["withdrawn_at", "updated_at"])
    return changed, undone


def rewrite_past(
    device_id: int, rewrite: Rewrite, *, profile: str, now: datetime, live_for: timedelta
) -> tuple[list[Finding], list[Finding]]:
    """Make the findings of a stretch of a device's past those of `rewrite`.

    Returns:
        The findings that stand there now, and those that are withdrawn because late reports have undone them.
    """
    stretch = Finding.objects.filter(device_id=device_id, withdrawn_at__isnull=True)
    if rewrite.after:
        stretch = stretch.filter(started_at__gt=rewrite.after)
    if rewrite.until:
        stretch = stretch.filter(started_at__lte=rewrite.until)
    undone = list(stretch.exclude(started_at__in=[found.started_at for found in rewrite.episodes]))
    for finding in undone:
        finding.withdrawn_at = now
        finding.save(update_fields=["withdrawn_at", "updated_at"])
    episodes = [(device_id, found) for found in rewrite.episodes]
    found = record_episodes(episodes, profile=profile, now=now, live_for=live_for) if episodes else []
    return found, undone


def record_act(
    *,
    bus: Bus,
    rule: Rule,
    at: datetime,
    limit_source: LimitSource,
    article: str,
    profile: str,
    evidence: Mapping[str, object],
) -> Finding:
    """Store what people did, and no device measured; live screens don't raise it.

    Args:
        bus: that it was done with.
        rule: what it is.
        at: when it was done.
        limit_source: what it departs from.
        article: the law that lets it be done, or doesn't.
        profile: the regulation profile of the day.
        evidence: what shows it, in a form that JSON holds.
    """
    return Finding.objects.create(
        bus=bus,
        rule=rule,
        started_at=at,
        last_at=at,
        ended_at=at,
        limit_source=limit_source,
        article=article,
        profile=profile,
        evidence=dict(evidence),
        found_live=False,
    )

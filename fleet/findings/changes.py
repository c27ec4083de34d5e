"""Writes: episodes become findings, and late reports correct them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from django.contrib.gis.geos import Point

from fleet.findings.models import Finding, LimitSource, Rule
from fleet.vehicles.models import Bus
from fleet.vehicles.queries import bus_of_device
from telematics.pipeline import Rewrite
from telematics.rules.episode import Episode

CHANGING = (
    "bus", "last_at", "ended_at", "peak", "limit", "unit", "limit_source", "article", "profile", "place",
    "evidence", "withdrawn_at", "updated_at",
)  # fmt: skip


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
    return Finding.objects.bulk_create(
        [
            Finding(
                device_id=device_id,
                bus_id=buses.at(device_id, found.started_at),
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
                place=Point(found.lon, found.lat, srid=4326) if found.lat is not None else None,
                evidence=msgspec.to_builtins(found.evidence),
                found_live=now - found.last_at <= live_for,
                updated_at=now,
            )
            for device_id, found in episodes
        ],
        update_conflicts=True,
        unique_fields=["device", "rule", "started_at"],
        update_fields=CHANGING,
    )


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

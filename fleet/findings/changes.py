"""Writes: episodes become findings, and late reports correct them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils import timezone

from fleet.alarms.announce import announce_after_commit
from fleet.alarms.models import Alarm
from fleet.alarms.raising import raise_for
from fleet.evidence.changes import seal
from fleet.findings.models import Finding, LimitSource, Rule
from fleet.people.models import User
from fleet.positions.models import LastPosition
from fleet.vehicles.models import Bus
from fleet.vehicles.queries import bus_of_device
from telematics.pipeline import Rewrite
from telematics.rules import sos, unplugged
from telematics.rules.episode import Episode, Evidence, Records, Severity
from telematics.rules.misdated import Tally, together

SOS_IS_NEWS_FOR = timedelta(hours=1)
"""A call for help that comes so late, for want of a network, still has somebody look."""
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
    undone = withdraw([one for one in stored.values() if one.withdrawn_at is None], now=now)
    put_before_people(changed, undone, now=now)
    return changed, undone


def put_before_people(changed: Sequence[Finding], undone: Sequence[Finding] = (), *, now: datetime) -> None:
    """Bring alarms and the evidence chain in line with findings, and have live screens read them once stored."""
    announce_after_commit(draw_conclusions(changed, undone, now=now))


def draw_conclusions(
    changed: Sequence[Finding], undone: Sequence[Finding] = (), *, now: datetime
) -> list[Alarm]:
    """Bring alarms and the evidence chain in line with findings; gives the alarms that have changed."""
    if not changed and not undone:
        return []
    seal([*changed, *undone])
    return raise_for(changed, undone, now)


def withdraw(findings: list[Finding], *, now: datetime) -> list[Finding]:
    """Take findings back that what is known now does not bear out; gives them."""
    for finding in findings:
        finding.withdrawn_at = now
        finding.save(update_fields=["withdrawn_at", "updated_at"])
    return findings


def rewrite_past(
    device_id: int, rewrite: Rewrite, *, profile: str, now: datetime, live_for: timedelta
) -> tuple[list[Finding], list[Finding]]:
    """Make the findings of a stretch of a device's past those of `rewrite`.

    Returns:
        The findings that stand there now, and those that are withdrawn because late reports have undone them.
    """
    stretch = Finding.objects.filter(device_id=device_id, withdrawn_at__isnull=True)
    if rewrite.after:
        stretch = stretch.filter(started_at__gte=rewrite.after)
    if rewrite.until:
        stretch = stretch.filter(started_at__lte=rewrite.until)
    told = {(found.rule, found.started_at) for found in rewrite.episodes}
    covered = [one for one in stretch if rewrite.covers(one.rule, one.started_at)]
    undone = withdraw([one for one in covered if (one.rule, one.started_at) not in told], now=now)
    episodes = [(device_id, found) for found in rewrite.episodes]
    found = record_episodes(episodes, profile=profile, now=now, live_for=live_for) if episodes else []
    return found, undone


def add_tallies(
    tallies: Sequence[tuple[int, Tally]], *, profile: str, now: datetime, live_for: timedelta
) -> list[Finding]:
    """Add what misdated reports show, each with the device that sent them, to what is known of the same span.

    Their findings are about the subject "device:…": those that bear the device follow from the order of events.

    Args:
        tallies: (device id, tally) pairs of reports that were not stored before.
        profile: the regulation profile that they were judged by.
        now: time of arrival.
        live_for: an episode whose last report is older than this is history, and no news.
    """
    buses = bus_of_device(device_id for device_id, _ in tallies)
    findings = []
    for device_id, tally in tallies:
        known = (
            Finding.objects.select_for_update(of=("self",))
            .filter(subject=f"device:{device_id}", rule=tally.episode.rule)
            .filter(started_at__gte=tally.since, started_at__lt=tally.until, withdrawn_at=None)
            .first()
        )
        whole = together(episode_of(known), tally.episode) if known else tally.episode
        finding = finding_of(whole, profile=profile, now=now, live_for=live_for)
        finding.subject, finding.bus_id = f"device:{device_id}", buses.at(device_id, whole.started_at)
        if known:
            finding.pk, finding.found_live = known.pk, known.found_live or finding.found_live
        finding.save()
        findings.append(finding)
    return findings


def episode_of(finding: Finding) -> Episode:
    """The episode that a finding stands for, where reports show it."""
    return Episode(
        rule=finding.rule,
        started_at=finding.started_at,
        last_at=finding.last_at,
        ended_at=finding.ended_at,
        peak=finding.peak,
        limit=finding.limit,
        unit=finding.unit,
        limit_source=finding.limit_source,
        article=finding.article,
        lat=finding.place.y if finding.place else None,
        lon=finding.place.x if finding.place else None,
        evidence=msgspec.convert(finding.evidence, Evidence),
        severity=Severity(finding.severity),
        points=finding.points,
        penalty=finding.penalty,
        details=finding.details,
    )


@transaction.atomic
def record_receiver(device_id: int, *, is_plugged_in: bool, at: datetime, profile: str) -> Finding | None:
    """Store that a receiver was unplugged from its gateway, or that it is there.

    Args:
        device_id: of the receiver.
        is_plugged_in: whether it is there.
        at: when the gateway noticed.
        profile: the regulation profile of the day.

    Returns:
        The finding that begins or ends; None where nothing has changed.
    """
    known = Finding.objects.filter(device=device_id, rule=Rule.RECEIVER_UNPLUGGED, ended_at=None).first()
    _, found = unplugged.step(known.started_at if known else None, is_there=is_plugged_in, at=at)
    if found is None:
        return None
    told = finding_of(found, profile=known.profile if known else profile, now=at, live_for=timedelta(0))
    told.device_id = device_id
    told.bus_id = known.bus_id if known else bus_of_device([device_id]).at(device_id, at)
    told.pk = known.pk if known else None
    told.save()
    put_before_people([told], now=at)
    return told


@transaction.atomic
def raise_sos(
    *, bus: Bus, at: datetime, by: User, place: tuple[float, float] | None = None, trip: int | None = None
) -> Finding:
    """Call for help from a bus, by a person aboard; the same call told again, after a lost answer, is one finding.

    Who may call is for the page to know: an emergency waits for no permission.

    Args:
        bus: that the person is in.
        at: when the button was held, which may be long ago where there was no network.
        by: who calls.
        place: (lat, lon), degrees, where the phone knows; else the bus's last position.
        trip: id of the trip.
    """
    if place is None:
        last = LastPosition.objects.filter(bus=bus, position__isnull=False).first()
        place = (last.position.y, last.position.x) if last and last.position else None
    now = timezone.now()
    finding, is_new = Finding.objects.get_or_create(
        subject=f"bus:{bus.pk}",
        rule=Rule.SOS,
        started_at=at,
        defaults={
            "bus": bus,
            "trip_id": trip,
            "last_at": at,
            "ended_at": at,
            "limit_source": LimitSource.DEVICE,
            "article": sos.ARTICLE,
            "profile": "",
            "severity": Severity.EMERGENCY.value,
            "place": Point(place[1], place[0], srid=4326) if place else None,
            "evidence": msgspec.to_builtins(Records([f"person:{by.pk}"])),
            "found_live": now - at <= SOS_IS_NEWS_FOR,
        },
    )
    if is_new:
        put_before_people([finding], now=now)
    return finding


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
    found = Finding.objects.create(
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
    seal([found])
    return found

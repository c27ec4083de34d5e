"""Reports whose event time is not to be believed: the receiver's clock is wrong, and an SOS among them counts.

Such reports have no place in the order of events. What they show is dated by their arrival, and gathered in spans of
time: the reports of a span make one episode, from the first arrival in it to the last. Gathering is a sum, so neither
the order in which they are taken nor how they are split into batches makes a difference::

    reports of a span, taken in any order ──▶ one episode of each: first arrival, last, worst error, their number

`gathered` sums up a batch; `together` adds what is known already.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec

from telematics.fix import Arrival
from telematics.rules import sos
from telematics.rules.episode import Episode, Evidence, ReportKey, Severity
from telematics.rules.signal_gap import ARTICLE

RULE = "clock_drift"
CLOCK_SPAN = timedelta(days=1)
SOS_SPAN = timedelta(minutes=10)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Tally(msgspec.Struct, frozen=True):
    """What the misdated reports of a span of time show.

    Attributes:
        since: the span begins here, inclusive.
        until: and ends here, exclusive.
        episode: it starts within the span.
    """

    since: datetime
    until: datetime
    episode: Episode


def gathered(arrivals: Iterable[Arrival], tolerance: timedelta) -> list[Tally]:
    """What misdated reports show that are new, by span.

    Args:
        arrivals: reports with an event time that is not to be believed, of one device.
        tolerance: so far clocks may differ.
    """
    tallies: dict[tuple[str, datetime], Tally] = {}
    for arrival in arrivals:
        found = [(CLOCK_SPAN, clock_episode(arrival, tolerance))]
        if arrival.fix.alarms:
            found.append((SOS_SPAN, sos_episode(arrival)))
        for span, episode in found:
            since = EPOCH + (arrival.received_at - EPOCH) // span * span
            before = tallies.get((episode.rule, since))
            whole = together(before.episode, episode) if before else episode
            tallies[episode.rule, since] = Tally(since, since + span, whole)
    return list(tallies.values())


def clock_episode(arrival: Arrival, tolerance: timedelta) -> Episode:
    """What one report shows of its receiver's clock."""
    at, key = arrival.received_at, ReportKey.of(arrival.fix)
    return Episode(
        rule=RULE,
        started_at=at,
        last_at=at,
        ended_at=at,
        peak=abs((arrival.fix.time - at).total_seconds()),
        limit=tolerance.total_seconds(),
        unit="s",
        limit_source="rule_of_service",
        article=ARTICLE,
        evidence=Evidence(key, key, key, 1),
        severity=Severity.MEDIUM,
    )


def sos_episode(arrival: Arrival) -> Episode:
    """A call for help by a receiver with a wrong clock."""
    at, fix = arrival.received_at, arrival.fix
    calling = sos.Calling(ReportKey.of(fix), ReportKey.of(fix), fix.lat, fix.lon, 1, fix.alarms)
    return msgspec.structs.replace(sos.episode(calling, ended=True), started_at=at, last_at=at, ended_at=at)


def together(one: Episode, other: Episode) -> Episode:
    """Two episodes of a rule in a span as one."""
    first, last = min(one, other, key=began), max(one, other, key=lasted)
    worst = max(one, other, key=badness)
    return msgspec.structs.replace(
        worst,
        started_at=first.started_at,
        last_at=last.last_at,
        ended_at=last.last_at,
        lat=first.lat,
        lon=first.lon,
        evidence=Evidence(
            first=reports(first).first,
            peak=reports(worst).peak,
            last=reports(last).last,
            reports=reports(one).reports + reports(other).reports,
        ),
        details=one.details | other.details,
    )


def began(episode: Episode) -> tuple[datetime, datetime, int]:
    """Orders episodes by their first report."""
    first = reports(episode).first
    return episode.started_at, first.time, first.digest


def badness(episode: Episode) -> tuple[float, datetime, int]:
    """Orders episodes by their worst report; of equal ones by its own time, for a sum has many first reports."""
    peak = reports(episode).peak
    return episode.peak or 0.0, peak.time, peak.digest


def lasted(episode: Episode) -> tuple[datetime, datetime, int]:
    """Orders episodes by their last report."""
    last = reports(episode).last
    return episode.last_at, last.time, last.digest


def reports(episode: Episode) -> Evidence:
    """The reports that an episode rests on.

    Raises:
        TypeError: where it rests on none.
    """
    if not isinstance(episode.evidence, Evidence):
        raise TypeError(f"{episode.rule} rests on no reports")
    return episode.evidence

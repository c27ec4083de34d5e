"""Makes findings of drivers' logs and of buses that somebody unknown drove: pure, but for the words.

State machines, each time a log is read::

    driving ──`fatigue.warn_before` minutes before a limit──▶ warned ──the limit, or the driving ends──▶ over

    somebody is signed in ──on a trip the bus moves, and nobody is──▶ unidentified ──it stands──▶ over
                                  somebody is known to have driven──┴──▶ withdrawn
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from fleet.duty.collect import moment
from telematics.duty.finding import DutyFinding, DutyRule
from telematics.duty.left import sooner
from telematics.duty.rules import Numbers, Rule, findings, seconds
from telematics.duty.timeline import UNKNOWN, Interval, Timeline, Total, with_rest_for_unknown
from telematics.rules.episode import Episode, Severity

WARN_BEFORE, POINTS, SMALL_SEATS = "fatigue.warn_before", "points.fatigue", "licence.small_bus_seats_max"
LIMIT_SOURCE = "driving_time"
WARNING, UNIDENTIFIED = "driving_time_warning", "unidentified_driver"
DRIVER_ARTICLE = "校车安全管理条例 第二十五条"
NIGHT_S = 8 * 3600
GOES_ON = timedelta(minutes=5)
"""A finding whose last driving is newer than this is not over yet."""


def driver_episodes(
    timeline: Timeline,
    seats: Mapping[Interval, int | None],
    rules: Sequence[Rule],
    numbers: Numbers,
    now: datetime,
) -> list[Episode]:
    """What the law finds in a driver's log, and the warnings that went before.

    A finding is what is found had the driver rested in all unknown time. What is found only where they did not is
    kept for the record, and nobody is alarmed by it; a silence as long as a night is taken as rest even for that.

    Args:
        timeline: the log.
        seats: certified capacity of the bus in each stretch of driving.
        rules: in force.
        numbers: of the regulation profile.
        now: the present.
    """
    known, unknown = with_rest_for_unknown(timeline), Total(timeline, UNKNOWN)
    likely = with_rest_for_unknown(timeline, NIGHT_S)
    found = [*findings(known, rules), *(one for one in findings(likely, rules) if not one.certain)]
    told = {
        (one.rule.value, one.start_s): episode(
            one, now, unknown.within(one.start_s, one.end_s), points_of(one, seats, numbers)
        )
        for one in reversed(found)
    }
    if WARN_BEFORE in numbers:
        before_s = seconds(numbers, WARN_BEFORE)
        for one in reversed(findings(known, sooner(rules, before_s))):
            told[WARNING, one.over_at_s] = warning(one, now, before_s)
    return list(told.values())


def episode(found: DutyFinding, now: datetime, unknown_s: int, points: int | None) -> Episode:
    """A finding as the other rules tell theirs."""
    last_at = moment(found.end_s)
    return Episode(
        rule=found.rule.value,
        started_at=moment(found.start_s),
        last_at=last_at,
        ended_at=None if now - last_at < GOES_ON else last_at,
        peak=float(found.value_s),
        limit=float(found.limit_s),
        unit="s",
        limit_source=LIMIT_SOURCE,
        article=found.article,
        severity=Severity.HIGH if found.certain else Severity.RECORD,
        points=points if found.certain else None,
        details={
            "over_at": moment(found.over_at_s).isoformat(),
            "unknown_s": unknown_s,
            "certain": found.certain,
        },
    )


def warning(found: DutyFinding, now: datetime, before_s: int) -> Episode:
    """That a driver came near a limit: from then on, up to the limit or to the end of the driving."""
    end_s = min(found.end_s, found.over_at_s + before_s)
    last_at = moment(end_s)
    return Episode(
        rule=WARNING,
        started_at=moment(found.over_at_s),
        last_at=last_at,
        ended_at=None if now - last_at < GOES_ON else last_at,
        peak=float(min(found.value_s, found.limit_s + before_s)),
        limit=float(found.limit_s + before_s),
        unit="s",
        limit_source=LIMIT_SOURCE,
        article=found.article,
        severity=Severity.MEDIUM,
        details={"rule": found.rule.value},
    )


def points_of(found: DutyFinding, seats: Mapping[Interval, int | None], numbers: Numbers) -> int | None:
    """Penalty points: for continuous driving of a bus that is not small; none where no bus is known to be larger."""
    if found.rule is not DutyRule.CONTINUOUS_DRIVING or POINTS not in numbers:
        return None
    small = numbers[SMALL_SEATS].value if SMALL_SEATS in numbers else 0
    driven = [
        capacity
        for span, capacity in seats.items()
        if capacity is not None and span.start_s < found.end_s and span.end_s > found.start_s
    ]
    return round(numbers[POINTS].value) if any(capacity > small for capacity in driven) else None


def unidentified_episode(moving: Iterable[Interval], now: datetime) -> Episode:
    """That a bus was driven on a trip by nobody knows whom."""
    spans = list(moving)
    last_at = moment(spans[-1].end_s)
    return Episode(
        rule=UNIDENTIFIED,
        started_at=moment(spans[0].start_s),
        last_at=last_at,
        ended_at=None if now - last_at < GOES_ON else last_at,
        peak=float(sum(span.length_s for span in spans)),
        unit="s",
        limit_source="rule_of_service",
        article=DRIVER_ARTICLE,
        severity=Severity.HIGH,
    )

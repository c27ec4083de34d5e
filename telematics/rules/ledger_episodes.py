"""What a child ledger finds: pupils missing in class, counts that contradict names, riders whom nobody expected.

State machines, by what the records of a trip come to::

    rode to school ──a teacher misses the pupil, after the arrival and the way to class──▶ missing in class
                                                      │
                       a later word that it is there──┴──▶ over

    count and names agree ──a count that they contradict──▶ contradicting ──a person mends it──▶ for the record

    not on the roster, or absent ──a boarding──▶ unexpected rider ──the pupil gets off──▶ over
"""

from datetime import datetime, timedelta

from telematics.rules.episode import Episode, Records, Severity
from telematics.rules.ledger import GapKind, Ledger, Line, PupilState, ledger_of
from telematics.rules.ledger_records import (
    Correction,
    CountKind,
    HeadCount,
    RollEntry,
    TripRecords,
    when_told,
)

MISSING_IN_CLASS = "boarded_but_absent"
CONTRADICTING_COUNTS = "contradicting_counts"
UNEXPECTED_RIDER = "unexpected_rider"
CHECKING_OFF = "校车安全管理条例 第三十九条第五项"
"""Check the number who got off."""
COUNTING = "校车安全管理条例 第三十九条第三项"
"""Count the pupils aboard."""


def missing_in_class(
    ledger: Ledger, records: TripRecords, *, on_the_way: timedelta, now: datetime
) -> list[tuple[int, Episode]]:
    """The pupils who rode to school and are not in class, each with its episode.

    Args:
        ledger: of the trip.
        records: that it was made of.
        on_the_way: from the bus to the classroom; a teacher's word from before the arrival counts only after it.
        now: the present.
    """
    if not records.is_to_school:
        return []
    found = []
    for line in ledger.lines:
        entries = sorted((one for one in records.roll_call if one.pupil == line.pupil), key=when_told)
        if one := absence_in_class(line, entries, records.arrived_at, on_the_way, now):
            found.append((line.pupil, one))
    return found


def absence_in_class(
    line: Line, entries: list[RollEntry], arrived_at: datetime | None, on_the_way: timedelta, now: datetime
) -> Episode | None:
    """The episode of one pupil: from the word that it is missing to the word that it is there."""
    there_at = line.left_at or arrived_at
    missed = next((one for one in entries if not one.is_present), None)
    rode = line.state in (PupilState.ABOARD, PupilState.ALIGHTED)
    if missed is None or there_at is None or not rode or line.is_handed_over:
        return None
    since = missed.at if missed.at >= there_at else there_at + on_the_way
    seen = next((one for one in entries if one.is_present and one.at >= missed.at), None)
    if since > now or (seen and seen.at <= since):
        return None
    return Episode(
        rule=MISSING_IN_CLASS,
        started_at=since,
        last_at=seen.at if seen else since,
        ended_at=seen.at if seen else None,
        limit_source="ledger",
        article=CHECKING_OFF,
        evidence=Records([f"roll_call:{missed.key}"]),
        severity=Severity.EMERGENCY,
        details={
            "pupil": line.pupil,
            "state": line.state.value,
            "boarded_at": line.boarded_at.isoformat() if line.boarded_at else None,
            "left_at": line.left_at.isoformat() if line.left_at else None,
            "missed_by": missed.by,
            "caused_by": list(line.recorded_by),
        },
    )


def contradicting_counts(ledger: Ledger, records: TripRecords) -> list[Episode]:
    """Counts that names contradicted: those that still do, and those that a person has mended since."""
    open_keys = {gap.key: gap for gap in ledger.gaps if gap.kind is GapKind.COUNT_DISAGREES}
    mended = {one.undoes: one for one in records.corrections}
    found = []
    for count in {one.key: one for one in records.counts}.values():
        if gap := open_keys.get(count.key):
            if count.kind is CountKind.OFF and ledger.aboard:
                continue  # they are getting off: the names follow tap by tap
            found.append(disagreement(count, gap.named or 0, None))
        elif (undo := mended.get(count.key)) and (named := named_at(records, count)) != count.count:
            found.append(disagreement(count, named, undo))
    return found


def named_at(records: TripRecords, count: HeadCount) -> int:
    """What names say where a count was taken, as they stand now."""
    alone = TripRecords(
        roster=records.roster,
        events=records.events,
        counts=(count,),
        corrections=tuple(one for one in records.corrections if one.undoes != count.key),
        boarded_there=records.boarded_there,
    )
    gaps = (gap for gap in ledger_of(alone).gaps if gap.kind is GapKind.COUNT_DISAGREES)
    return next((gap.named or 0 for gap in gaps), count.count)


def disagreement(count: HeadCount, named: int, undo: Correction | None) -> Episode:
    """The episode of a count, ended by whoever corrected it."""
    return Episode(
        rule=CONTRADICTING_COUNTS,
        started_at=count.at,
        last_at=undo.at if undo else count.at,
        ended_at=undo.at if undo else None,
        peak=float(count.count),
        limit=float(named),
        unit="people",
        limit_source="ledger",
        article=CHECKING_OFF if count.kind is CountKind.OFF else COUNTING,
        evidence=Records([f"head_count:{count.key}"]),
        severity=Severity.HIGH if undo is None else Severity.RECORD,
        details={
            "kind": count.kind.value,
            "counted": count.count,
            "named": named,
            "caused_by": [count.by],
        },
    )


def unexpected_riders(ledger: Ledger) -> list[tuple[int, Episode]]:
    """Pupils who boarded though not on the roster, or though reported absent, each with its episode."""
    return [
        (
            line.pupil,
            Episode(
                rule=UNEXPECTED_RIDER,
                started_at=line.boarded_at,
                last_at=line.left_at or line.boarded_at,
                ended_at=line.left_at,
                limit_source="ledger",
                article=COUNTING,
                evidence=Records([f"pupil:{line.pupil}"]),
                severity=Severity.MEDIUM if line.stop is None else Severity.RECORD,
                details={
                    "pupil": line.pupil,
                    "on_roster": line.stop is not None,
                    "caused_by": list(line.recorded_by),
                },
            ),
        )
        for line in ledger.lines
        if line.is_unexpected and line.boarded_at
    ]

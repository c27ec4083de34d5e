"""The child ledger: which pupil is where, by name, and everything that keeps a trip from closing.

A pupil's way through a trip::

    expected ──boarding──▶ aboard ──alighting──▶ alighted
      │   │                  └─────transfer, and boarded there──▶ transferred
      │   └──not at the stop──▶ no_show
      └──absence reported──▶ absent

It is made anew of what people have recorded (`telematics/rules/ledger_records.py`) whenever anybody asks: first each
pupil's line, then the gaps. Whatever is contradictory keeps the trip open, so that a wrong clock, a missed tap or a
wrong correction costs a person a minute and never hides a child.

Source: 校车安全管理条例 (State Council Order 617) Art 39: count, check the number alighting, leave last.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from telematics.rules.ledger_records import (
    LEAVING,
    RIDING,
    CountKind,
    CrewRole,
    Deed,
    Expected,
    HeadCount,
    PupilEvent,
    RollEntry,
    TripRecords,
    WalkThrough,
    once,
    surplus,
    when_told,
)


class PupilState(StrEnum):
    """Where a pupil is."""

    EXPECTED = "expected"
    ABSENT = "absent"
    NO_SHOW = "no_show"
    ABOARD = "aboard"
    ALIGHTED = "alighted"
    TRANSFERRED = "transferred"


class GapKind(StrEnum):
    """Why a ledger does not balance."""

    UNACCOUNTED = "unaccounted"
    """Expected, and nothing is recorded."""
    STILL_ABOARD = "still_aboard"
    ALIGHTED_UNBOARDED = "alighted_unboarded"
    TRANSFER_UNCONFIRMED = "transfer_unconfirmed"
    MISSING_IN_CLASS = "missing_in_class"
    NO_COUNT_ABOARD = "no_count_aboard"
    """Nobody has counted since the last boarding."""
    NO_COUNT_OFF = "no_count_off"
    COUNT_DISAGREES = "count_disagrees"
    NO_DRIVER_WALK = "no_driver_walk"
    NO_ATTENDANT_WALK = "no_attendant_walk"
    WALK_TOO_EARLY = "walk_too_early"
    """Before the arrival, or before the last pupil boarded or left."""
    WALK_FOUND_SOMEBODY = "walk_found_somebody"
    SAME_WALKER = "same_walker"
    CORRECTION_AHEAD = "correction_ahead"
    """A correction is here and what it undoes is not: a device has more to send."""


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that keeps the ledger from balancing.

    Attributes:
        kind: what.
        pupil: whom it is about.
        key: of the record that it is about.
        role: of the walk-through that it is about.
        counted: pupils counted.
        named: pupils by name at that point.
    """

    kind: GapKind
    pupil: int | None = None
    key: str = ""
    role: CrewRole | None = None
    counted: int | None = None
    named: int | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A pupil in the ledger.

    Attributes:
        pupil: id.
        state: where the pupil is.
        stop: order of the stop that the roster gives; None for who is not on it.
        is_unexpected: boarded though not on the roster, or though reported absent.
        boarded_at: first boarding that counts.
        left_at: last leaving that counts.
        boarded_stop: order of the stop of that boarding.
        is_handed_over: an authorised adult has taken over.
        recorded_by: who recorded the events that count.
    """

    pupil: int
    state: PupilState
    stop: int | None
    is_unexpected: bool = False
    boarded_at: datetime | None = None
    left_at: datetime | None = None
    boarded_stop: int | None = None
    is_handed_over: bool = False
    recorded_by: tuple[int, ...] = ()


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """The state of a trip's ledger.

    Attributes:
        lines: by pupil.
        gaps: everything that does not balance; nothing where the trip may close.
    """

    lines: tuple[Line, ...]
    gaps: tuple[Gap, ...]

    @property
    def balances(self) -> bool:
        """Whether the trip may close."""
        return not self.gaps

    def pupils(self, *states: PupilState) -> list[int]:
        """The pupils in some states."""
        return [line.pupil for line in self.lines if line.state in states]

    @property
    def aboard(self) -> int:
        """How many are aboard by name."""
        return len(self.pupils(PupilState.ABOARD))

    @property
    def left(self) -> int:
        """How many have got off by name."""
        return len(self.pupils(PupilState.ALIGHTED, PupilState.TRANSFERRED))


WALK_MISSING = {
    CrewRole.DRIVER: GapKind.NO_DRIVER_WALK,
    CrewRole.ATTENDANT: GapKind.NO_ATTENDANT_WALK,
}


def ledger_of(records: TripRecords) -> Ledger:
    """What the records of a trip come to, in whatever order and however often they came."""
    events = records.uncorrected(records.events)
    counts = records.uncorrected(records.counts)
    by_pupil: dict[int, list[PupilEvent]] = defaultdict(list)
    for event in events:
        by_pupil[event.pupil].append(event)
    roster = {one.pupil: one for one in sorted(records.roster, key=lambda one: (one.pupil, one.stop))}
    lines = tuple(
        line_of(pupil, roster.get(pupil), by_pupil[pupil], records.boarded_there)
        for pupil in sorted(roster.keys() | by_pupil.keys())
    )
    gaps = [
        *(gap for line in lines for gap in gaps_of_pupil(line, by_pupil[line.pupil])),
        *gaps_in_class(lines, records),
        *(gaps_in_counts(lines, by_pupil, counts) if lines else ()),
        *gaps_in_walks(events, records),
        *gaps_in_corrections(records),
    ]
    return Ledger(lines=lines, gaps=tuple(gaps))


def line_of(
    pupil: int,
    expected: Expected | None,
    events: list[PupilEvent],
    boarded_there: frozenset[tuple[int, int]],
) -> Line:
    """Where a pupil is by the events that count."""
    rides = [event for event in events if event.deed in RIDING]
    boardings = [event for event in rides if event.deed is Deed.BOARDING]
    leavings = [event for event in rides if event.deed in LEAVING]
    first = min(boardings, key=lambda one: (one.at, one.key), default=None)
    last = max(leavings, key=lambda one: (one.at, one.key), default=None)
    return Line(
        pupil=pupil,
        state=state_of(expected, events, rides, boarded_there),
        stop=expected.stop if expected else None,
        is_unexpected=bool(boardings) and (expected is None or expected.is_absent),
        boarded_at=first.at if first else None,
        left_at=last.at if last else None,
        boarded_stop=first.stop if first else None,
        is_handed_over=any(event.is_handed_over for event in leavings),
        recorded_by=tuple(sorted({event.by for event in events})),
    )


def state_of(
    expected: Expected | None,
    events: list[PupilEvent],
    rides: list[PupilEvent],
    boarded_there: frozenset[tuple[int, int]],
) -> PupilState:
    """The state that events lead to; who was marked as not there and boarded all the same is aboard."""
    if rides:
        transfers = [event for event in rides if event.deed is Deed.TRANSFER]
        if surplus(rides) > 0 or any(not is_confirmed(event, boarded_there) for event in transfers):
            return PupilState.ABOARD
        return PupilState.TRANSFERRED if transfers else PupilState.ALIGHTED
    if events:
        return PupilState.NO_SHOW
    return PupilState.ABSENT if expected is None or expected.is_absent else PupilState.EXPECTED


def is_confirmed(transfer: PupilEvent, boarded_there: frozenset[tuple[int, int]]) -> bool:
    """Whether the other trip's ledger has the pupil."""
    return transfer.to_trip is not None and (transfer.pupil, transfer.to_trip) in boarded_there


def gaps_of_pupil(line: Line, events: list[PupilEvent]) -> list[Gap]:
    """What does not balance of a pupil."""
    if line.state is PupilState.EXPECTED:
        return [Gap(kind=GapKind.UNACCOUNTED, pupil=line.pupil)]
    left_over = surplus(events)
    if left_over < 0:
        return [Gap(kind=GapKind.ALIGHTED_UNBOARDED, pupil=line.pupil)]
    if left_over > 0:
        return [Gap(kind=GapKind.STILL_ABOARD, pupil=line.pupil)]
    if line.state is PupilState.ABOARD:
        return [Gap(kind=GapKind.TRANSFER_UNCONFIRMED, pupil=line.pupil)]
    return []


def gaps_in_class(lines: tuple[Line, ...], records: TripRecords) -> list[Gap]:
    """Pupils who rode to school and are not in class, by the newest word of their teacher."""
    if not records.is_to_school:
        return []
    absent = {entry.pupil: entry for entry in newest_entries(records.roll_call) if not entry.is_present}
    return [
        Gap(kind=GapKind.MISSING_IN_CLASS, pupil=line.pupil, key=absent[line.pupil].key)
        for line in lines
        if line.pupil in absent
        and line.state in (PupilState.ABOARD, PupilState.ALIGHTED)
        and not line.is_handed_over
    ]


def newest_entries(roll_call: Iterable[RollEntry]) -> list[RollEntry]:
    """The last word on each pupil, by pupil."""
    newest: dict[int, RollEntry] = {}
    for entry in sorted(roll_call, key=when_told):
        newest[entry.pupil] = entry
    return [newest[pupil] for pupil in sorted(newest)]


def gaps_in_counts(
    lines: tuple[Line, ...], by_pupil: dict[int, list[PupilEvent]], counts: list[HeadCount]
) -> list[Gap]:
    """Counts that are missing, even of nobody, and those that names contradict."""
    gaps = []
    boardings = [event for events in by_pupil.values() for event in events if event.deed is Deed.BOARDING]
    aboard = [one for one in counts if one.kind is CountKind.ABOARD]
    off = [one for one in counts if one.kind is CountKind.OFF]
    if not any(covers(count, boardings) for count in aboard):
        gaps.append(Gap(kind=GapKind.NO_COUNT_ABOARD))
    if not off:
        gaps.append(Gap(kind=GapKind.NO_COUNT_OFF))
    left = sum(line.state in (PupilState.ALIGHTED, PupilState.TRANSFERRED) for line in lines)
    for count in (*aboard, *off):
        named = left if count.kind is CountKind.OFF else named_aboard(by_pupil, count)
        if count.count != named:
            gaps.append(Gap(kind=GapKind.COUNT_DISAGREES, key=count.key, counted=count.count, named=named))
    return gaps


def is_before(event: PupilEvent, count: HeadCount) -> bool:
    """Whether an event came before a count: by the stops, and by the clocks only where a stop is not known."""
    if event.stop is not None and count.stop is not None:
        return event.stop <= count.stop
    return event.at <= count.at


def covers(count: HeadCount, boardings: Iterable[PupilEvent]) -> bool:
    """Whether a count was taken after all boardings."""
    return all(is_before(event, count) for event in boardings)


def named_aboard(by_pupil: dict[int, list[PupilEvent]], count: HeadCount) -> int:
    """How many are aboard by name where a count was taken."""
    return sum(
        surplus(event for event in events if is_before(event, count)) > 0 for events in by_pupil.values()
    )


def gaps_in_walks(events: list[PupilEvent], records: TripRecords) -> list[Gap]:
    """What is missing or wrong of the two walk-throughs; the newest of each counts."""
    moments = [event.at for event in events if event.deed in RIDING]
    if records.arrived_at:
        moments.append(records.arrived_at)
    newest: dict[CrewRole, WalkThrough] = {}
    for walk in sorted(once(records.walks), key=lambda one: (one.at, one.key)):
        newest[walk.role] = walk
    gaps = []
    for role in CrewRole:
        done = newest.get(role)
        if done is None:
            gaps.append(Gap(kind=WALK_MISSING[role], role=role))
        elif not done.is_empty:
            gaps.append(Gap(kind=GapKind.WALK_FOUND_SOMEBODY, role=role, key=done.key))
        elif moments and done.at < max(moments):
            gaps.append(Gap(kind=GapKind.WALK_TOO_EARLY, role=role, key=done.key))
    if len(newest) == len(CrewRole) and len({walk.by for walk in newest.values()}) < len(CrewRole):
        gaps.append(Gap(kind=GapKind.SAME_WALKER))
    return gaps


def gaps_in_corrections(records: TripRecords) -> list[Gap]:
    """Corrections of what has not arrived."""
    known = {one.key for one in records.events} | {one.key for one in records.counts}
    missing = sorted({one.undoes for one in records.corrections} - known)
    return [Gap(kind=GapKind.CORRECTION_AHEAD, key=key) for key in missing]

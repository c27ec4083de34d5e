"""A trip as it really goes, and the people who record it, with their faults; knows nothing of how a ledger is kept.

Four things speak of a child who is still aboard: names, counts, the driver's walk and the attendant's walk. In each
trip one of them is honest, drawn by chance; the others may be wrong in every way, and people cure what stands in the
way of closing by whatever makes it go away.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar

from telematics.rules.ledger import Gap, GapKind, Ledger, ledger_of
from telematics.rules.ledger_records import (
    Correction,
    CountKind,
    CrewRole,
    Deed,
    Expected,
    HeadCount,
    PupilEvent,
    RollEntry,
    TripRecords,
    WalkThrough,
)

START = datetime(2026, 11, 23, 6, 50, tzinfo=UTC)
ARRIVED = START + timedelta(minutes=40)
ROUND = timedelta(minutes=10)
ROUNDS = 10
SCHOOL, OTHER_TRIP = 4, 77
STRAY = 100
"""A child that no roster has."""
DRIVER, ATTENDANT, SUBSTITUTE, TEACHER = 1, 2, 3, 9
R = TypeVar("R")
CHECKS = ("names", "counts", "driver", "attendant")


@dataclass
class Outcome:
    """How a trip ended, by what really happened."""

    closed: bool
    left_aboard: set[int]
    had_sleeper: bool
    faults: Counter[str]


@dataclass
class Trip:
    """One run to school."""

    dice: Random
    honest: frozenset[str]
    faults: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        dice = self.dice
        self.arrivals: list[tuple[int, object]] = []
        self.round = 0
        self.keys = 0
        self.skew = {name: timedelta(minutes=dice.uniform(-4, 4)) for name in ("tablet", "phone")}
        self.offline_until = {"tablet": 0, "phone": dice.choice((0, 0, 1, 3))}
        self.loses_power = dice.random() < 0.2
        self.attendant_from = dice.choice((0, 0, 0, 2))
        riders = range(1, dice.randint(4, 12))
        self.roster = tuple(Expected(one, dice.randrange(SCHOOL), dice.random() < 0.12) for one in riders)
        self.boarded = {
            one.pupil: one.stop for one in self.roster if dice.random() < (0.15 if one.is_absent else 0.88)
        }
        if dice.random() < 0.2:
            self.boarded[STRAY] = dice.randrange(SCHOOL)
            self.faults["stray"] += 1
        self.aboard = set(self.boarded)
        self.moved: set[int] = set()
        self.seen_there: set[int] = set()
        self.sleeper = dice.choice(sorted(self.aboard)) if self.aboard and dice.random() < 0.6 else None

    # what people send

    def key(self) -> str:
        self.keys += 1
        return f"{self.keys:04}"

    def send(self, record: object, device: str = "tablet") -> None:
        """Records arrive once, twice, later, or never where a device loses power before it has sent them."""
        due = max(self.round, self.offline_until[device])
        if due > self.round:
            self.faults["late"] += 1
            if self.loses_power and self.dice.random() < 0.3 and not self.is_surely_named(record):
                self.faults["power"] += 1
                return
        self.arrivals.append((due, record))
        if self.dice.random() < 0.1:
            self.faults["repeated"] += 1
            self.arrivals.append((due + self.dice.randrange(2), record))

    def is_surely_named(self, record: object) -> bool:
        """Whether honest names have a child of whom nothing would ever ask: not on the roster, or reported absent."""
        asked_for = {one.pupil for one in self.roster if not one.is_absent}
        return "names" in self.honest and isinstance(record, PupilEvent) and record.pupil not in asked_for

    def tap(self, pupil: int, deed: Deed, stop: int | None, minutes: float, to: int | None = None) -> None:
        device = self.dice.choice(("tablet", "phone"))
        if self.dice.random() < 0.05:
            stop = None
            self.faults["no_stop"] += 1
        at = START + timedelta(minutes=minutes) + self.skew[device]
        for _ in range(2 if self.dice.random() < 0.07 else 1):
            event = PupilEvent(
                key=self.key(), pupil=pupil, deed=deed, at=at, stop=stop, by=ATTENDANT, to_trip=to
            )
            self.send(event, device)

    @property
    def minutes_now(self) -> float:
        return (ARRIVED - START + self.round * ROUND) / timedelta(minutes=1)

    def errs(self, check: str, share: float) -> bool:
        """Whether a fault happens in what one of the four says: never in the honest one."""
        return check not in self.honest and self.dice.random() < share

    # what happens

    def drive(self) -> None:
        """Pupils board and get off; the crew taps, and makes mistakes."""
        others = [one.pupil for one in self.roster]
        asked_for = {one.pupil for one in self.roster if not one.is_absent}
        for pupil, stop in self.boarded.items():
            missed = self.dice.random() < 0.1
            if missed and ("names" not in self.honest or pupil in asked_for):
                self.faults["missed_boarding"] += 1
                continue
            named = pupil
            if self.errs("names", 0.06):
                named = self.dice.choice(others)
                self.faults["wrong_pupil"] += 1
            self.tap(named, Deed.BOARDING, stop, stop * 8)
        if self.boarded and self.dice.random() < 0.8:
            self.count(CountKind.ABOARD, len(self.boarded))
        self.get_off()

    def get_off(self) -> None:
        """At the school; some go on by another bus, one may sleep on."""
        for pupil in sorted(self.boarded):
            asleep = pupil == self.sleeper
            moves = self.dice.random() < 0.08
            if not asleep:
                self.aboard.discard(pupil)
                if moves:
                    self.moved.add(pupil)
                    self.faults["moved"] += 1
            if asleep and not self.errs("names", 0.7):
                continue
            if asleep:
                self.faults["sleeper_ticked_off"] += 1
            if self.dice.random() < 0.1:
                self.faults["missed_alighting"] += 1
                continue
            deed, to = (Deed.TRANSFER, OTHER_TRIP) if moves else (Deed.ALIGHTING, None)
            self.tap(pupil, deed, SCHOOL, 41, to)

    def count(self, kind: CountKind, truth: int, named: int | None = None) -> None:
        """Somebody counts, or writes down what fits."""
        number = truth
        if self.errs("counts", 0.7):
            number = max(0, truth + self.dice.choice((-1, 1))) if named is None else named
            self.faults["false_count"] += 1
        record = HeadCount(
            key=self.key(), kind=kind, count=number, at=START + timedelta(minutes=self.minutes_now),
            stop=SCHOOL - 1 if kind is CountKind.ABOARD else SCHOOL, by=ATTENDANT,
        )  # fmt: skip
        self.send(record)

    def undo(self, key: str) -> None:
        at = START + timedelta(minutes=self.minutes_now)
        self.send(Correction(key=self.key(), undoes=key, by=SUBSTITUTE, at=at), "phone")

    def wake(self, pupil: int) -> None:
        """Somebody has found a child and takes it off."""
        self.aboard.discard(pupil)
        if not any(event.deed is Deed.ALIGHTING for event in self.taps_of(pupil)):
            self.tap(pupil, Deed.ALIGHTING, SCHOOL, self.minutes_now)

    def walk(self, role: CrewRole) -> None:
        """Through the bus to the rear seats, or not at all."""
        if role is CrewRole.ATTENDANT and self.round < self.attendant_from:
            self.faults["no_attendant"] += 1
            if "driver" in self.honest or self.dice.random() < 0.5:
                return
            self.faults["same_person"] += 1
            by = DRIVER
        else:
            substituted = self.attendant_from and role is CrewRole.ATTENDANT
            by = SUBSTITUTE if substituted else {"driver": DRIVER, "attendant": ATTENDANT}[role]
        lies = self.errs(role.value, 0.8)
        self.faults["false_walk"] += lies
        is_empty = lies or not self.aboard
        at = START + timedelta(minutes=self.minutes_now)
        self.send(WalkThrough(key=self.key(), role=role, by=by, at=at, is_empty=is_empty))
        if not is_empty and self.dice.random() < 0.5:
            for pupil in sorted(self.aboard):
                self.wake(pupil)

    # how people cure what is in the way

    def arrived(self, kind: type[R]) -> list[R]:
        """What is here by now."""
        return [one for due, one in self.arrivals if due <= self.round and isinstance(one, kind)]

    def records(self) -> TripRecords:
        """All that has arrived by now, in any order."""
        here = self.arrived(object)
        self.dice.shuffle(here)
        at = START + timedelta(minutes=self.minutes_now)
        asked = self.roster if self.aboard and self.round > 3 else ()

        def of(kind: type[R]) -> tuple[R, ...]:
            return tuple(one for one in here if isinstance(one, kind))

        return TripRecords(
            roster=self.roster,
            events=of(PupilEvent),
            counts=of(HeadCount),
            walks=of(WalkThrough),
            corrections=of(Correction),
            roll_call=tuple(
                RollEntry(
                    key=f"r{one.pupil}",
                    pupil=one.pupil,
                    is_present=one.pupil not in self.aboard,
                    by=TEACHER,
                    at=at,
                )
                for one in asked
            ),
            arrived_at=ARRIVED,
            boarded_there=frozenset((pupil, OTHER_TRIP) for pupil in self.seen_there),
        )

    def taps_of(self, pupil: int) -> list[PupilEvent]:
        """What stands in the ledger of a pupil now."""
        undone = {one.undoes for one in self.arrived(Correction)}
        return [one for one in self.arrived(PupilEvent) if one.pupil == pupil and one.key not in undone]

    def has_boarding(self, pupil: int) -> bool:
        return any(event.deed is Deed.BOARDING for event in self.taps_of(pupil))

    def cure(self, gap: Gap, ledger: Ledger) -> None:
        """Do what makes a gap go away; the honest one does what is true."""
        match gap.kind:
            case GapKind.NO_COUNT_ABOARD:
                self.count(CountKind.ABOARD, len(self.boarded), ledger.aboard + ledger.left)
            case GapKind.NO_COUNT_OFF:
                self.count(CountKind.OFF, len(self.boarded) - len(self.aboard), ledger.left)
            case GapKind.COUNT_DISAGREES:
                self.recount(gap, ledger)
            case GapKind.NO_DRIVER_WALK | GapKind.NO_ATTENDANT_WALK | GapKind.WALK_TOO_EARLY:
                self.walk(gap.role or CrewRole.DRIVER)
            case GapKind.WALK_FOUND_SOMEBODY:
                for pupil in sorted(self.aboard):
                    self.wake(pupil)
                self.walk(gap.role or CrewRole.DRIVER)
            case GapKind.SAME_WALKER:
                self.walk(CrewRole.ATTENDANT)
            case GapKind.CORRECTION_AHEAD:
                pass
            case _:
                self.cure_name(gap.kind, gap.pupil or 0)

    def recount(self, gap: Gap, ledger: Ledger) -> None:
        missing = [one for one in sorted(self.boarded) if not self.has_boarding(one)]
        if "counts" in self.honest and missing and self.dice.random() < 0.5:
            for pupil in missing:
                self.tap(pupil, Deed.BOARDING, self.boarded[pupil], self.minutes_now)
            return
        kind = next(one.kind for one in self.arrived(HeadCount) if one.key == gap.key)
        self.undo(gap.key)
        truth = len(self.boarded) - (len(self.aboard) if kind is CountKind.OFF else 0)
        self.count(kind, truth, gap.named)

    def cure_name(self, kind: GapKind, pupil: int) -> None:
        """Tap what is missing or undo what is wrong; whoever is not honest may hit another pupil's entry."""
        if self.errs("names", 0.12) and (others := self.arrived(PupilEvent)):
            self.faults["wrong_correction"] += 1
            self.undo(self.dice.choice(others).key)
            return
        cures = {
            GapKind.UNACCOUNTED: self.cure_unaccounted,
            GapKind.STILL_ABOARD: self.cure_still_aboard,
            GapKind.ALIGHTED_UNBOARDED: self.cure_unboarded,
            GapKind.TRANSFER_UNCONFIRMED: self.cure_transfer,
            GapKind.MISSING_IN_CLASS: self.look_for,
        }
        cures[kind](pupil)

    def cure_unaccounted(self, pupil: int) -> None:
        if pupil in self.boarded and not self.errs("names", 0.6):
            self.tap(pupil, Deed.BOARDING, self.boarded[pupil], self.minutes_now)
        else:
            self.tap(pupil, Deed.NO_SHOW, None, self.minutes_now)

    def cure_still_aboard(self, pupil: int) -> None:
        if pupil not in self.boarded:
            for one in self.taps_of(pupil):
                self.undo(one.key)
        elif pupil in self.aboard and not self.errs("names", 0.7):
            self.wake(pupil)
        else:
            boardings = {one.stop: one for one in self.taps_of(pupil) if one.deed is Deed.BOARDING}
            if len(boardings) > 1:
                self.undo(next(iter(boardings.values())).key)
            else:
                self.tap(pupil, Deed.ALIGHTING, SCHOOL, self.minutes_now)

    def cure_unboarded(self, pupil: int) -> None:
        if pupil in self.boarded and not self.has_boarding(pupil):
            self.tap(pupil, Deed.BOARDING, self.boarded[pupil], self.minutes_now)
            return
        leaving = [one for one in self.taps_of(pupil) if one.deed in (Deed.ALIGHTING, Deed.TRANSFER)]
        self.undo(self.dice.choice(leaving).key)

    def cure_transfer(self, pupil: int) -> None:
        if pupil in self.moved:
            self.seen_there.add(pupil)
        elif pupil in self.aboard:
            self.wake(pupil)
        else:
            for one in self.taps_of(pupil):
                if one.deed is Deed.TRANSFER:
                    self.undo(one.key)
            self.tap(pupil, Deed.ALIGHTING, SCHOOL, self.minutes_now)

    def look_for(self, pupil: int) -> None:
        if pupil in self.aboard:
            self.wake(pupil)


def run(seed: int, *, all_lie: bool = False) -> Outcome:
    """Drive a trip, and try to close it until it closes or everybody gives up."""
    dice = Random(seed)
    honest: frozenset[str] = frozenset() if all_lie else frozenset({dice.choice(CHECKS)})
    trip = Trip(dice, honest)
    trip.drive()
    for number in range(ROUNDS):
        trip.round = number
        ledger = ledger_of(trip.records())
        if ledger.balances:
            return Outcome(True, set(trip.aboard), trip.sleeper is not None, trip.faults)
        for gap in ledger.gaps:
            trip.cure(gap, ledger)
    return Outcome(False, set(trip.aboard), trip.sleeper is not None, trip.faults)

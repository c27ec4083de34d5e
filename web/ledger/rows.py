"""What the pages of a ledger show: pupils by stop with what can be tapped, what is in the way, who has walked."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.ledger.changes import UNDO_ALONE
from fleet.ledger.models import Correction, HeadCount, PupilDeed, PupilEvent, Walker, WalkThrough
from fleet.ledger.queries import records_of
from fleet.ledger.words import STATES, cure_in_words, wrong_in_words
from fleet.people.models import User
from fleet.pupils.models import Absence, Pupil
from fleet.pupils.riders import StopRiders
from fleet.routes.models import Direction, Stop
from fleet.trips.models import StopVisit, Trip, TripState, VisitState
from telematics.rules.ledger import Gap, GapKind, Ledger, Line, PupilState, ledger_of

BOARDABLE = (PupilState.EXPECTED, PupilState.ABSENT, PupilState.NO_SHOW)


@dataclass(frozen=True)
class Tap:
    """Something that can be tapped of a pupil; `key` makes two taps on one page the same."""

    deed: PupilDeed
    words: str
    order: int | None
    is_main: bool = True
    key: UUID = field(default_factory=uuid4)


@dataclass(frozen=True)
class Row:
    """A pupil on the page.

    Attributes:
        line: of the ledger.
        absence: reported for the day.
        undo: the newest entry, where the person may undo it.
    """

    pupil: Pupil
    line: Line
    absence: Absence | None
    taps: list[Tap]
    undo: PupilEvent | None

    @property
    def state(self) -> str:
        """In words."""
        return str(STATES[self.line.state])

    @property
    def at(self) -> datetime | None:
        """When that was."""
        return self.line.left_at if self.line.state == PupilState.ALIGHTED else self.line.boarded_at


@dataclass(frozen=True)
class StopRows:
    """The pupils of a stop; `is_next` where the bus is or comes next."""

    order: int | None
    stop: Stop | None
    is_next: bool
    rows: list[Row]

    @property
    def open(self) -> int:
        """How many there is still something to do with."""
        return sum(row.line.state in (PupilState.EXPECTED, PupilState.ABOARD) for row in self.rows)


@dataclass(frozen=True)
class Walk:
    """Whether a member of the crew has walked through the bus."""

    role: Walker
    name: str
    account: User | None
    done: WalkThrough | None
    is_open: bool


@dataclass(frozen=True)
class Obstacle:
    """Something in the way of closing, how to mend it, and whom it is about."""

    wrong: str
    cure: str
    pupil: Pupil | None


@dataclass(frozen=True)
class LedgerPage:
    """All that a page shows of a ledger."""

    trip: Trip
    ledger: Ledger
    stops: list[StopRows]
    obstacles: list[Obstacle]
    counts: list[tuple[HeadCount, int | None]]
    walks: list[Walk]
    count_order: int | None
    here: int | None

    @property
    def is_at_end(self) -> bool:
        """Whether the bus has come to its last stop."""
        return self.trip.state in (TripState.CLOSING, TripState.CLOSED)

    @property
    def expected(self) -> int:
        """How many are still expected."""
        return len(self.ledger.pupils(PupilState.EXPECTED))


def ledger_page(person: User, trip: Trip, riders: list[StopRiders]) -> LedgerPage:
    """What a person sees of a trip's ledger.

    Args:
        person: who looks.
        trip: with its crew.
        riders: the roster, by stop.
    """
    records = records_of(trip, riders)
    ledger = ledger_of(records)
    undone = set(Correction.objects.filter(trip=trip).values_list("undoes", flat=True))
    events = [
        one
        for one in PupilEvent.objects.filter(trip=trip).select_related("pupil", "by", "stop")
        if one.key not in undone
    ]
    visits = list(trip.visits.select_related("stop").order_by("order"))
    maker = RowMaker(person, trip, ledger, events, visits)
    stops = maker.stops(riders)
    return LedgerPage(
        trip=trip,
        ledger=ledger,
        stops=stops,
        obstacles=obstacles_of(ledger.gaps, maker.pupils),
        counts=counts_of(trip, ledger.gaps, undone),
        walks=walks_of(trip, ledger.gaps),
        count_order=maker.count_order,
        here=maker.here,
    )


class RowMaker:
    """Puts pupils, lines and taps together."""

    def __init__(
        self, person: User, trip: Trip, ledger: Ledger, events: list[PupilEvent], visits: list[StopVisit]
    ) -> None:
        self._person, self._trip, self._visits = person, trip, visits
        self._lines = {line.pupil: line for line in ledger.lines}
        self._newest = {one.pupil_id: one for one in sorted(events, key=lambda one: (one.at, one.pk))}
        self._is_at_end = trip.state == TripState.CLOSING
        self._to_school = trip.pattern.direction == Direction.TO_SCHOOL
        self.pupils = {one.pupil_id: one.pupil for one in events}
        self.here = self._here()
        boarded = [line.boarded_stop for line in ledger.lines if line.boarded_stop is not None]
        passed = [one.order for one in visits[:-1] if one.state in (VisitState.ARRIVED, VisitState.DEPARTED)]
        first = [visits[0].order] if visits else []
        self.count_order = max([*boarded, *passed, *first], default=None)

    def _here(self) -> int | None:
        """The stop where the bus is, or the next one."""
        here = (one.order for one in self._visits if one.state in (VisitState.ARRIVED, VisitState.AHEAD))
        return next(here, self._visits[-1].order if self._visits else None)

    def stops(self, riders: list[StopRiders]) -> list[StopRows]:
        """The pupils of every stop that has any, and those whom nobody expected last."""
        found = []
        listed: set[int] = set()
        for stop in riders:
            rows = [
                self._row(one.pupil, stop.order, one.absence)
                for one in stop.riders
                if one.pupil.pk in self._lines
            ]
            self.pupils.update({row.pupil.pk: row.pupil for row in rows})
            listed |= {row.pupil.pk for row in rows}
            if rows:
                found.append(StopRows(stop.order, stop.stop, stop.order == self.here, rows))
        more = [self._row(self.pupils[pk], self.here, None) for pk in self.pupils if pk not in listed]
        return [*found, StopRows(None, None, False, more)] if more else found

    def _row(self, pupil: Pupil, order: int | None, absence: Absence | None) -> Row:
        line = self._lines[pupil.pk]
        newest = self._newest.get(pupil.pk)
        may_undo = newest is not None and (
            newest.by_id != self._person.pk or timezone.now() - newest.received_at <= UNDO_ALONE
        )
        return Row(pupil, line, absence, list(self._taps(line, order)), newest if may_undo else None)

    def _taps(self, line: Line, order: int | None) -> Iterable[Tap]:
        first, last = (self._visits[0].order, self._visits[-1].order) if self._visits else (None, None)
        if line.state in BOARDABLE:
            at_stop = order if self._to_school else first
            yield Tap(PupilDeed.BOARDING, _("Boards"), at_stop, is_main=line.state == PupilState.EXPECTED)
        if line.state == PupilState.EXPECTED:
            yield Tap(PupilDeed.NO_SHOW, _("Not there"), order, is_main=False)
        if line.state == PupilState.ABOARD:
            at_stop, is_main = (last, self._is_at_end) if self._to_school else (order, True)
            yield Tap(PupilDeed.ALIGHTING, _("Gets off"), at_stop, is_main=is_main)


def obstacles_of(gaps: Iterable[Gap], pupils: dict[int, Pupil]) -> list[Obstacle]:
    """What is in the way, with the pupils' names."""
    return [
        Obstacle(wrong_in_words(gap), cure_in_words(gap), pupils.get(gap.pupil) if gap.pupil else None)
        for gap in gaps
    ]


def counts_of(trip: Trip, gaps: Iterable[Gap], undone: set[UUID]) -> list[tuple[HeadCount, int | None]]:
    """The counts that stand, each with what the names say where they say something else."""
    named = {gap.key: gap.named for gap in gaps if gap.kind == GapKind.COUNT_DISAGREES}
    stored = HeadCount.objects.filter(trip=trip).exclude(key__in=undone).select_related("by")
    return [(one, named.get(str(one.key))) for one in stored]


def walks_of(trip: Trip, gaps: Iterable[Gap]) -> list[Walk]:
    """Who has to walk through the bus, and who has."""
    newest: dict[str, WalkThrough] = {}
    for one in WalkThrough.objects.filter(trip=trip).select_related("by").order_by("at", "pk"):
        newest[one.role] = one
    open_roles = {gap.role for gap in gaps if gap.role}
    crew = {Walker.DRIVER: trip.driver, Walker.ATTENDANT: trip.attendant}
    return [
        Walk(
            role=role,
            name=member.name if member else "",
            account=member.user if member else None,
            done=newest.get(role),
            is_open=role.value in open_roles,
        )
        for role, member in crew.items()
    ]

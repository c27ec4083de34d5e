"""What people record of a trip for the child ledger: taps, counts, walks, corrections and a teacher's roll-call.

A record is never deleted: a correction names what it undoes, and arrives before it or after it. A correction can't be
undone; what was undone wrongly is recorded anew.

Nothing here depends on the order in which records arrive, and names do not even depend on clocks: a pupil is off the
bus when every boarding has its leaving. Taps of the same kind at the same stop are one, for two people may each have
a tablet. What the records come to is `telematics/rules/ledger.py`.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

import msgspec


class Deed(StrEnum):
    """What is recorded of a pupil."""

    BOARDING = "boarding"
    ALIGHTING = "alighting"
    TRANSFER = "transfer"
    """Left for another trip, whose ledger has to have the boarding."""
    NO_SHOW = "no_show"
    """Was not at the stop."""


LEAVING = (Deed.ALIGHTING, Deed.TRANSFER)
RIDING = (Deed.BOARDING, *LEAVING)


class CountKind(StrEnum):
    """What was counted."""

    ABOARD = "aboard"
    """Pupils in their seats on leaving a stop."""
    OFF = "off"
    """Pupils who have got off, in all, at the end."""


class CrewRole(StrEnum):
    """In which capacity somebody walks through the bus."""

    DRIVER = "driver"
    ATTENDANT = "attendant"


class Expected(msgspec.Struct, frozen=True, gc=False):
    """A pupil of the roster.

    Attributes:
        pupil: id.
        stop: order of the stop where the pupil boards or alights.
        is_absent: an absence is reported.
    """

    pupil: int
    stop: int
    is_absent: bool = False


class PupilEvent(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Something that a pupil did.

    Attributes:
        key: made by whoever recorded it, and the same however often it is sent.
        pupil: id.
        deed: what.
        at: when, UTC.
        stop: order of the stop; None where it is not known.
        by: id of the person who recorded it.
        to_trip: id of the trip that a transfer leads to.
        is_handed_over: taken over by a guardian or another authorised adult, who answers from there on.
    """

    key: str
    pupil: int
    deed: Deed
    at: datetime
    stop: int | None
    by: int
    to_trip: int | None = None
    is_handed_over: bool = False


class HeadCount(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Pupils counted by a person; `stop` is the order of the stop that was left."""

    key: str
    kind: CountKind
    count: int
    at: datetime
    stop: int | None
    by: int


class WalkThrough(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A walk to the rear seats; `is_empty` where nobody was found."""

    key: str
    role: CrewRole
    by: int
    at: datetime
    is_empty: bool = True


class Correction(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Undoes an event or a count, whether that has arrived or not."""

    key: str
    undoes: str
    by: int
    at: datetime


class RollEntry(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What a teacher found in class."""

    key: str
    pupil: int
    is_present: bool
    by: int
    at: datetime


class Keyed(Protocol):
    """A record with the key that its maker gave it."""

    @property
    def key(self) -> str:
        """The key."""


K = TypeVar("K", bound=Keyed)


class TripRecords(msgspec.Struct, frozen=True, kw_only=True):
    """All that is recorded of a trip.

    Attributes:
        is_to_school: otherwise home, where no class is held against it.
        arrived_at: at the last stop; None where that is not known.
        boarded_there: (pupil, trip) pairs whose boarding other trips' ledgers have.
    """

    roster: tuple[Expected, ...] = ()
    events: tuple[PupilEvent, ...] = ()
    counts: tuple[HeadCount, ...] = ()
    walks: tuple[WalkThrough, ...] = ()
    corrections: tuple[Correction, ...] = ()
    roll_call: tuple[RollEntry, ...] = ()
    is_to_school: bool = True
    arrived_at: datetime | None = None
    boarded_there: frozenset[tuple[int, int]] = frozenset()

    def uncorrected(self, some: Iterable[K]) -> list[K]:
        """Events or counts of this trip, each once, without those that a correction undoes."""
        undone = {one.undoes for one in self.corrections}
        return [one for one in once(some) if one.key not in undone]


def once(records: Iterable[K]) -> list[K]:
    """Each record once; of two that share a key against the rules, the same one whatever came first."""
    by_key: dict[str, K] = {}
    for one in records:
        known = by_key.get(one.key)
        by_key[one.key] = one if known is None else min(known, one, key=repr)
    return [by_key[key] for key in sorted(by_key)]


def surplus(events: Iterable[PupilEvent]) -> int:
    """Boardings that have no leaving: 1 is aboard, 0 is off, less than 0 has left more often than boarded.

    Taps of one kind at a stop are one, unless the pupil got on and off there.
    """
    boardings: dict[int | None, int] = defaultdict(int)
    leavings: dict[int | None, int] = defaultdict(int)
    for event in events:
        if event.deed is Deed.BOARDING:
            boardings[event.stop] += 1
        elif event.deed in LEAVING:
            leavings[event.stop] += 1
    both = boardings.keys() & leavings.keys()
    on = sum(number if stop in both else 1 for stop, number in boardings.items())
    off = sum(number if stop in both else 1 for stop, number in leavings.items())
    return on - off


def when_told(entry: RollEntry) -> tuple[datetime, str, bool, int]:
    """Orders what teachers said of a pupil; of two words that share a key against the rules, the same one is last."""
    return entry.at, entry.key, entry.is_present, entry.by

"""How many pupils are aboard a bus at a time of its day, as far as anybody has counted.

For each trip its named boardings, then its head counts: somebody aboard is aboard until the ledger says otherwise,
whatever trip comes next; a word of nobody holds until `word_of_nobody` after the trip. Where no people's word holds,
a machine's does for its ten minutes: those whom it sees less the crew. Where nothing holds, nobody knows. ::

    nobody knows ──a tap or a count──▶ so many ──the last one gets off──▶ nobody ──`word_of_nobody`──▶ nobody knows
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from telematics.rules.counts_aboard import FRESH, Aboard, Count, over_time, pupils_in

WORD_OF_NOBODY = timedelta(minutes=30)
"""So long after a trip no other people have come aboard: a rule of the service."""


class TripCounted(msgspec.Struct, frozen=True, kw_only=True):
    """What people counted on a trip.

    Attributes:
        starts_at: planned.
        ends_at: planned.
        counts: named boardings and head counts, in any order.
        adults: the crew; None where nobody is named.
    """

    starts_at: datetime
    ends_at: datetime
    counts: Sequence[Count]
    adults: int | None


class CountedDay:
    """The numbers aboard over a bus's day; they follow from the counts alone, whatever order they came in.

    Args:
        trips: of the day.
        machines: what counters and load states said.
        until: the end of the day that is asked about.
    """

    def __init__(self, trips: Iterable[TripCounted], machines: Sequence[Count], until: datetime) -> None:
        self._trips = sorted(trips, key=lambda one: (one.starts_at, one.ends_at))
        self._people = [over_time(one.counts, until, FRESH) for one in self._trips]
        self._machines = over_time(machines, until, FRESH)

    def at(self, time: datetime) -> int | None:
        """Pupils aboard at a time; None where nobody has counted."""
        words = [stretch.by for stretches in self._people if (stretch := holding(stretches, time))]
        somebody = sum(word.lowest for word in words if word)
        if somebody or any(word_holds(trip, time) for trip in self._trips):
            return somebody
        seen = holding(self._machines, time)
        pupils = pupils_in(seen.by, self._crew(time)) if seen and seen.by else None
        return pupils[0] if pupils else None

    def _crew(self, time: datetime) -> int | None:
        """The adults of the trip that began last; before the first one, of that."""
        begun = bisect_right(self._trips, time, key=lambda one: one.starts_at)
        return self._trips[max(begun - 1, 0)].adults if self._trips else None


def holding(stretches: Sequence[Aboard], time: datetime) -> Aboard | None:
    """The stretch that a time lies in."""
    found = bisect_right(stretches, time, key=lambda one: one.since) - 1
    return stretches[found] if found >= 0 and time < stretches[found].until else None


def word_holds(trip: TripCounted, time: datetime) -> bool:
    """Whether people have counted on a trip by then, and nobody can have come aboard since."""
    if not any(one.at <= time for one in trip.counts):
        return False
    return time < max(trip.ends_at, *(one.at for one in trip.counts)) + WORD_OF_NOBODY

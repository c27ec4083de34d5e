"""Event-time order: which of a batch's reports carry the story on, and which belong to its past."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from telematics.fix import Arrival


class SortedBatch(msgspec.Struct):
    """A batch of one device's reports.

    Attributes:
        onward: newer than all known before, each newer than the one before it.
        late: at or before what is known: repeats, or history.
        misdated: with an event time that is not to be believed; stored, but no part of any order.
    """

    onward: list[Arrival] = []
    late: list[Arrival] = []
    misdated: list[Arrival] = []


def sort_batch(arrivals: Iterable[Arrival], newest: datetime | None) -> SortedBatch:
    """Sort judged reports of one device against `newest`, the event time known so far."""
    batch = SortedBatch()
    for arrival in sorted(arrivals, key=event_order):
        if not arrival.fix.is_dated:
            batch.misdated.append(arrival)
        elif newest is None or arrival.fix.time > newest:
            batch.onward.append(arrival)
            newest = arrival.fix.time
        else:
            batch.late.append(arrival)
    return batch


def event_order(arrival: Arrival) -> tuple[datetime, int]:
    """The one order in which rules see a device's reports, whatever the order they came in."""
    return arrival.fix.time, arrival.fix.digest

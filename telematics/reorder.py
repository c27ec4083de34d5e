"""Event-time order: which of a batch's reports carry the story on, and which belong to its past."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from telematics.fix import MISDATED, Fix


class Sorted(msgspec.Struct, frozen=True):
    """A batch of one device's reports.

    Attributes:
        onward: newer than all known before, each newer than the one before it.
        late: at or before what is known: repeats, or history.
        misdated: with an event time that is not to be believed; stored, but no part of any order.
    """

    onward: list[Fix]
    late: list[Fix]
    misdated: list[Fix]


def sort_batch(fixes: Iterable[Fix], newest: datetime | None) -> Sorted:
    """Sort a batch of judged reports of one device against `newest`, the event time known so far."""
    batch = Sorted([], [], [])
    for fix in sorted(fixes, key=event_order):
        if fix.verdicts & MISDATED:
            batch.misdated.append(fix)
        elif newest is None or fix.time > newest:
            batch.onward.append(fix)
            newest = fix.time
        else:
            batch.late.append(fix)
    return batch


def event_order(fix: Fix) -> tuple[datetime, int]:
    """The one order in which rules see a device's reports, whatever the order they came in."""
    return fix.time, fix.digest

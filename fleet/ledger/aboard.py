"""Reads: what was counted aboard a bus on a day, as the rule on pupils outside a trip takes it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TypeVar

from fleet.ledger.models import Correction, HeadCount, LedgerRecord, OccupancyReport, PupilEvent
from fleet.ledger.queries import count_of, crew_of, event_of, occupancy_count, undoing_of
from fleet.trips.models import Trip
from telematics.rules.counts_aboard import head_counts, named_counts
from telematics.rules.ledger_records import TripRecords
from telematics.rules.trip.aboard import CountedDay, TripCounted

Kept = TypeVar("Kept", bound=LedgerRecord)


def counted_on_day(bus: int, trips: Collection[Trip], since: datetime, until: datetime) -> CountedDay:
    """What people and machines counted on a bus, in four queries.

    Args:
        bus: its id.
        trips: its trips of the day.
        since: machines' words before it are of another day.
        until: as far as anybody asks.
    """
    events = by_trip(PupilEvent.objects.filter(trip__in=trips))
    counts = by_trip(HeadCount.objects.filter(trip__in=trips))
    corrections = by_trip(Correction.objects.filter(trip__in=trips))
    counted = []
    for trip in trips:
        records = TripRecords(
            events=tuple(map(event_of, events[trip.pk])),
            counts=tuple(map(count_of, counts[trip.pk])),
            corrections=tuple(map(undoing_of, corrections[trip.pk])),
        )
        counted.append(
            TripCounted(
                starts_at=trip.starts_at,
                ends_at=trip.ends_at,
                counts=[*named_counts(records), *head_counts(records)],
                adults=crew_of(trip),
            )
        )
    machines = OccupancyReport.objects.filter(bus=bus, at__gte=since, at__lte=until)
    return CountedDay(counted, [occupancy_count(one) for one in machines], until)


def by_trip(rows: Iterable[Kept]) -> dict[int, list[Kept]]:
    """Records by the id of their trip."""
    found: dict[int, list[Kept]] = defaultdict(list)
    for one in rows:
        found[one.trip_id].append(one)
    return found

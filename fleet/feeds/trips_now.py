"""Reads: the trips of now, as GTFS Realtime tells them: those under way, and those of today that don't come.

Nothing is told of pupils, drivers or attendants. Where a bus is, is told during its trip alone.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.contrib.gis.geos import Point
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from fleet.feeds.timetable import DIRECTIONS, Known, known_trips
from fleet.positions.models import LastPosition
from fleet.routes.models import Direction
from fleet.trips.days import midnight_s
from fleet.trips.models import Progress, StopVisit, Trip, TripEvent, TripState, VisitState
from fleet.trips.states import Step
from telematics.transit.realtime import (
    AlertNews,
    Effect,
    Relation,
    StopNews,
    TripName,
    TripNews,
    VehicleNews,
)
from telematics.transit.writing import clock

POSITION_GOOD_FOR = timedelta(minutes=5)
"""An older position tells nobody where the bus is."""
LONGEST_AFTER = timedelta(hours=2)
"""So long after its planned end at most: a trip that nobody closes does not show its bus all night."""
CANCELLED, ANOTHER_BUS = _("This trip is cancelled."), _("Another bus runs this trip.")
LATE = _("This trip is late.")
LANGUAGES = {"zh-hans": "zh", "en": "en"}


class TripsNow:
    """The trips of today of some organisations, read at once.

    Args:
        organisations: as for the timetable.
        now: the present.
    """

    def __init__(self, organisations: Collection[int], now: datetime) -> None:
        self._now = now
        today = timezone.localtime(now).date()
        ours = Q(pattern__route__school__in=organisations) | Q(bus__operator__in=organisations)
        found = Trip.objects.filter(ours, service_date=today, ends_at__gte=now - LONGEST_AFTER)
        told = known_trips(organisations, today)
        self._trips = [
            trip
            for trip in found.select_related("pattern", "progress").order_by("starts_at", "pk")
            if is_known(trip, told)
        ]
        self._visits: dict[int, list[StopVisit]] = defaultdict(list)
        for visit in StopVisit.objects.filter(trip__in=self._trips).order_by("trip", "order"):
            self._visits[visit.trip_id].append(visit)

    def updates(self) -> Iterator[TripNews]:
        """What is known of each trip that is under way, and of those that are cancelled."""
        events = TripEvent.objects.filter(trip__in=self._trips, kind=Step.CANCEL).order_by("at")
        cancelled_at = dict(events.values_list("trip_id", "at"))
        for trip in self._trips:
            if trip.state == TripState.CANCELLED and trip.departure_id is not None:
                yield TripNews(name_of(trip), "", (), seconds(cancelled_at.get(trip.pk, trip.starts_at)))
            elif trip.state in (TripState.RUNNING, TripState.CLOSING) and self._visits[trip.pk]:
                yield self._news(trip)

    def vehicles(self) -> Iterator[VehicleNews]:
        """Where the bus of each running trip is; of a bus that runs two, the later one counts."""
        running = {one.bus_id: one for one in self._trips if one.state == TripState.RUNNING}
        positions = {one.bus_id: one for one in LastPosition.objects.filter(bus__in=running.keys() - {None})}
        for bus, trip in running.items():
            last = positions.get(bus)
            if last is None or last.position is None or last.time is None:
                continue
            if last.time >= max(trip.started_at or trip.starts_at, self._now - POSITION_GOOD_FOR):
                yield self._vehicle(trip, last, last.position, last.time)

    def alerts(self) -> Iterator[AlertNews]:
        """What who waits is to know of each trip."""
        for trip in self._trips:
            if trip.state == TripState.CANCELLED:
                yield alert(trip, "cancelled", Effect.NO_SERVICE, CANCELLED)
                continue
            if trip.state in (TripState.CLOSING, TripState.CLOSED):
                continue
            if trip.is_substituted and trip.planned_bus_id:
                yield alert(trip, "substitute", Effect.MODIFIED_SERVICE, ANOTHER_BUS)
            if trip.late_reason:
                yield alert(trip, "late", Effect.SIGNIFICANT_DELAYS, LATE, trip.late_reason)

    def _news(self, trip: Trip) -> TripNews:
        progress: Progress | None = getattr(trip, "progress", None)
        predicted = {one["order"]: one for one in progress.predictions} if progress else {}
        at = (progress.predicted_at if progress else None) or trip.started_at or trip.starts_at
        stops = []
        for visit in self._visits[trip.pk]:
            ahead = predicted.get(visit.order) if visit.state == VisitState.AHEAD else None
            stops.append(
                StopNews(
                    sequence=visit.order,
                    stop_id=str(visit.stop_id),
                    arrived_s=seconds(visit.arrived_at) if visit.arrived_at else None,
                    departed_s=seconds(visit.departed_at) if visit.departed_at else None,
                    predicted_s=round(ahead["median"]) if ahead else None,
                    uncertainty_s=round((ahead["high"] - ahead["low"]) / 2) if ahead else None,
                    is_skipped=visit.state == VisitState.SKIPPED,
                )
            )
        return TripNews(name_of(trip), str(trip.bus_id or ""), stops, seconds(at))

    def _vehicle(self, trip: Trip, last: LastPosition, place: Point, at: datetime) -> VehicleNews:
        visits = self._visits[trip.pk]
        standing = next(
            (one for one in visits if one.state == VisitState.ARRIVED and one.departed_at is None), None
        )
        ahead = standing or next((one for one in visits if one.state == VisitState.AHEAD), None)
        lon, lat = place.coords
        return VehicleNews(
            trip=name_of(trip),
            vehicle_id=str(trip.bus_id),
            lat=lat,
            lon=lon,
            at_s=seconds(at),
            bearing_deg=last.course_deg,
            speed_mps=last.speed_mps,
            sequence=ahead.order if ahead else None,
            stop_id=str(ahead.stop_id) if ahead else "",
            is_standing=standing is not None,
        )


def is_known(trip: Trip, told: Known) -> bool:
    """Whether who has the timetable can tell which trip is meant: one of it, or one besides it on a known route."""
    if trip.departure_id is None:
        return str(trip.pattern.route_id) in told.routes
    return told.shapes.get(str(trip.departure_id)) == str(trip.pattern_id)


def name_of(trip: Trip) -> TripName:
    """A trip as the timetable names it; one besides the timetable by itself."""
    zone = timezone.get_default_timezone()
    starts_s = round(trip.starts_at.timestamp() - midnight_s(trip.service_date, zone))
    is_added = trip.departure_id is None
    is_cancelled = trip.state == TripState.CANCELLED
    return TripName(
        trip_id=f"added-{trip.pk}" if is_added else str(trip.departure_id),
        route_id=str(trip.pattern.route_id),
        start_date=f"{trip.service_date:%Y%m%d}",
        start_time=clock(starts_s),
        direction=DIRECTIONS[Direction(trip.pattern.direction)],
        relation=Relation.ADDED if is_added else (Relation.CANCELED if is_cancelled else Relation.SCHEDULED),
    )


def alert(trip: Trip, kind: str, effect: Effect, header: str | Promise, description: str = "") -> AlertNews:
    """Something to be known of a trip, from the morning of its day until it should be over."""
    morning = timezone.localtime(trip.starts_at).replace(hour=0, minute=0, second=0, microsecond=0)
    return AlertNews(
        alert_id=f"{trip.pk}-{kind}",
        trip=name_of(trip),
        effect=effect,
        header=in_each_language(header),
        from_s=seconds(morning),
        until_s=seconds(trip.ends_at + LONGEST_AFTER),
        description={"zh": description} if description else {},
    )


def in_each_language(words: str | Promise) -> dict[str, str]:
    """A text in every language that is spoken here."""
    told = {}
    for language, tag in LANGUAGES.items():
        with override(language):
            told[tag] = str(words)
    return told


def seconds(at: datetime) -> int:
    """Unix seconds."""
    return int(at.timestamp())

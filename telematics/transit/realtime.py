"""GTFS Realtime: where trips are, when they come, and what is to be known of them, as a feed message.

Source: https://gtfs.org/documentation/realtime/reference/, version 2.0. A measured time is never bent: one that does
not fit between its neighbours is left out; a predicted one gives way.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

import msgspec
from google.protobuf.json_format import MessageToDict
from google.transit import gtfs_realtime_pb2 as pb

VERSION = "2.0"
FULL_CIRCLE_DEG = 360.0


class Relation(Enum):
    """How a trip relates to the timetable."""

    SCHEDULED = pb.TripDescriptor.SCHEDULED
    CANCELED = pb.TripDescriptor.CANCELED
    ADDED = pb.TripDescriptor.ADDED


class TripName(msgspec.Struct, frozen=True):
    """A trip on a day.

    Attributes:
        start_date: service day, as 20260901.
        start_time: as 07:10:00.
        direction: as the timetable has it.
    """

    trip_id: str
    route_id: str
    start_date: str
    start_time: str
    direction: int
    relation: Relation = Relation.SCHEDULED


class StopNews(msgspec.Struct, frozen=True):
    """What is known of a trip at a stop; Unix seconds.

    Attributes:
        arrived_s: measured.
        departed_s: measured.
        predicted_s: arrival, where it lies ahead.
        uncertainty_s: of the prediction, half of its 80 % range.
        is_skipped: the vehicle passed without stopping.
    """

    sequence: int
    stop_id: str
    arrived_s: int | None = None
    departed_s: int | None = None
    predicted_s: int | None = None
    uncertainty_s: int | None = None
    is_skipped: bool = False


class TripNews(msgspec.Struct, frozen=True):
    """What is known of a trip.

    Attributes:
        vehicle_id: of what runs it, where that is known.
        stops: in their order; none of a trip that is cancelled.
        at_s: as of when.
    """

    trip: TripName
    vehicle_id: str
    stops: Sequence[StopNews]
    at_s: int


class VehicleNews(msgspec.Struct, frozen=True):
    """Where a vehicle is on its trip.

    Attributes:
        sequence: of the stop at which it stands, or to which it drives; None where that is not known.
        is_standing: whether it stands there.
        at_s: when it was there.
    """

    trip: TripName
    vehicle_id: str
    lat: float
    lon: float
    at_s: int
    bearing_deg: float | None = None
    speed_mps: float | None = None
    sequence: int | None = None
    stop_id: str = ""
    is_standing: bool = False


class Effect(Enum):
    """What an alert means for who waits."""

    NO_SERVICE = pb.Alert.NO_SERVICE
    SIGNIFICANT_DELAYS = pb.Alert.SIGNIFICANT_DELAYS
    MODIFIED_SERVICE = pb.Alert.MODIFIED_SERVICE


class AlertNews(msgspec.Struct, frozen=True):
    """Something to be known of a trip.

    Attributes:
        header: by language, BCP 47.
        description: by language; may be none.
        from_s: Unix seconds.
        until_s: the same.
    """

    alert_id: str
    trip: TripName
    effect: Effect
    header: Mapping[str, str]
    from_s: int
    until_s: int
    description: Mapping[str, str] = {}


def message(
    now_s: int,
    *,
    trips: Iterable[TripNews] = (),
    vehicles: Iterable[VehicleNews] = (),
    alerts: Iterable[AlertNews] = (),
) -> pb.FeedMessage:
    """A whole feed message.

    Args:
        now_s: Unix seconds; nothing in the feed is said to be newer.
        trips: trip updates.
        vehicles: vehicle positions.
        alerts: service alerts.
    """
    feed = pb.FeedMessage()
    feed.header.gtfs_realtime_version = VERSION
    feed.header.incrementality = pb.FeedHeader.FULL_DATASET
    feed.header.timestamp = now_s
    for trip in sorted(trips, key=lambda one: one.trip.trip_id):
        put_trip(feed.entity.add(id=f"trip-{trip.trip.trip_id}"), trip, now_s)
    for vehicle in sorted(vehicles, key=lambda one: one.trip.trip_id):
        put_vehicle(feed.entity.add(id=f"vehicle-{vehicle.vehicle_id}"), vehicle, now_s)
    for alert in sorted(alerts, key=lambda one: one.alert_id):
        put_alert(feed.entity.add(id=f"alert-{alert.alert_id}"), alert)
    return feed


def as_json(feed: pb.FeedMessage) -> dict[str, Any]:
    """The message in the JSON form of protocol buffers."""
    told: dict[str, Any] = MessageToDict(feed)
    told.setdefault("entity", [])
    return told


def put_name(to: pb.TripDescriptor, trip: TripName) -> None:
    """Name a trip."""
    to.trip_id, to.route_id = trip.trip_id, trip.route_id
    to.start_date, to.start_time = trip.start_date, trip.start_time
    to.direction_id = trip.direction
    to.schedule_relationship = trip.relation.value


def put_trip(entity: pb.FeedEntity, trip: TripNews, now_s: int) -> None:
    """Tell of a trip."""
    update = entity.trip_update
    put_name(update.trip, trip.trip)
    update.timestamp = min(trip.at_s, now_s)
    if trip.vehicle_id:
        update.vehicle.id = trip.vehicle_id
    if trip.trip.relation is Relation.CANCELED:
        return
    for stop in in_order(trip.stops):
        put_stop(update.stop_time_update.add(), stop)


def put_stop(to: pb.TripUpdate.StopTimeUpdate, stop: StopNews) -> None:
    """Tell of a trip at a stop."""
    to.stop_sequence, to.stop_id = stop.sequence, stop.stop_id
    if stop.is_skipped:
        to.schedule_relationship = pb.TripUpdate.StopTimeUpdate.SKIPPED
        return
    if stop.arrived_s is stop.departed_s is stop.predicted_s is None:
        to.schedule_relationship = pb.TripUpdate.StopTimeUpdate.NO_DATA
        return
    if stop.arrived_s is not None:
        to.arrival.time, to.arrival.uncertainty = stop.arrived_s, 0
    elif stop.predicted_s is not None:
        to.arrival.time = stop.predicted_s
        if stop.uncertainty_s is not None:
            to.arrival.uncertainty = stop.uncertainty_s
    if stop.departed_s is not None:
        to.departure.time, to.departure.uncertainty = stop.departed_s, 0


def in_order(stops: Iterable[StopNews]) -> Iterator[StopNews]:
    """The stops with times that only grow: predictions give way, and measured times that can't be are left out."""
    last_s: int | None = None
    for stop in sorted(stops, key=lambda one: one.sequence):
        told = stop
        if stop.is_skipped:
            yield stop
            continue
        if is_before(stop.arrived_s, last_s):
            told = msgspec.structs.replace(told, arrived_s=None)
        known_s = told.arrived_s if told.arrived_s is not None else last_s
        if told.departed_s is not None and (
            is_before(told.departed_s, last_s) or (known_s is not None and told.departed_s < known_s)
        ):
            told = msgspec.structs.replace(told, departed_s=None)
        if is_before(told.predicted_s, last_s) and last_s is not None:
            told = msgspec.structs.replace(told, predicted_s=last_s + 1)
        if told.departed_s is not None and told.arrived_s is None:
            told = msgspec.structs.replace(told, predicted_s=None, uncertainty_s=None)
        times = [one for one in (told.arrived_s, told.departed_s, told.predicted_s) if one is not None]
        last_s = max(times, default=last_s) if times else last_s
        yield told


def is_before(time_s: int | None, last_s: int | None) -> bool:
    """Whether a time is known, and not after the last one."""
    return time_s is not None and last_s is not None and time_s <= last_s


def put_vehicle(entity: pb.FeedEntity, vehicle: VehicleNews, now_s: int) -> None:
    """Tell where a vehicle is."""
    to = entity.vehicle
    put_name(to.trip, vehicle.trip)
    to.vehicle.id = vehicle.vehicle_id
    to.position.latitude, to.position.longitude = vehicle.lat, vehicle.lon
    if vehicle.bearing_deg is not None:
        to.position.bearing = vehicle.bearing_deg % FULL_CIRCLE_DEG
    if vehicle.speed_mps is not None:
        to.position.speed = vehicle.speed_mps
    if vehicle.sequence is not None:
        to.current_stop_sequence, to.stop_id = vehicle.sequence, vehicle.stop_id
        status = pb.VehiclePosition.STOPPED_AT if vehicle.is_standing else pb.VehiclePosition.IN_TRANSIT_TO
        to.current_status = status
    to.timestamp = min(vehicle.at_s, now_s)


def put_alert(entity: pb.FeedEntity, alert: AlertNews) -> None:
    """Tell what is to be known of a trip."""
    to = entity.alert
    to.active_period.add(start=alert.from_s, end=alert.until_s)
    put_name(to.informed_entity.add().trip, alert.trip)
    to.cause = pb.Alert.OTHER_CAUSE
    to.effect = alert.effect.value
    for texts, told in ((alert.header, to.header_text), (alert.description, to.description_text)):
        for language, text in sorted(texts.items()):
            told.translation.add(text=text, language=language)

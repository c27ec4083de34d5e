"""The error rules of MobilityData's gtfs-realtime-validator that apply here, against a timetable.

That validator is a Java program; no wheel or npm package of it exists. These are its documented errors (RULES.md) but
those on frequencies (E006, E013, E019), which Schoolrun does not write, and those that compare two messages (E017,
E018), which `changed_errors` has.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from google.transit import gtfs_realtime_pb2 as pb

from telematics.geometry import distance_m
from telematics.line import Line
from telematics.transit.schedule import Schedule
from telematics.transit.writing import clock

EARLIEST_S, LATEST_S = 1_000_000_000, 5_000_000_000
TRIP_BUFFER_M, REGION_BUFFER_M = 200.0, 1609.0
IN_FUTURE_S = 60
CLOCK = re.compile(r"\d\d?:[0-5]\d:[0-5]\d")
DAY = re.compile(r"20\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])")
STU = pb.TripUpdate.StopTimeUpdate
Found = Iterator[tuple[str, str]]


def errors(feed: pb.FeedMessage, told: Schedule, now_s: int) -> list[tuple[str, str]]:
    """Each error with the entity that has it."""
    found = list(header_errors(feed, now_s))
    for entity in feed.entity:
        rules = [timestamp_errors(entity, feed.header.timestamp, now_s)]
        if entity.HasField("trip_update"):
            rules += [trip_errors(entity.trip_update.trip, told), update_errors(entity.trip_update, told)]
        if entity.HasField("vehicle"):
            rules += [trip_errors(entity.vehicle.trip, told), vehicle_errors(entity.vehicle, told, feed)]
        if entity.HasField("alert"):
            rules += [alert_errors(entity.alert, told)]
        found += [(rule, f"{entity.id}: {what}") for one in rules for rule, what in one]
    vehicles = Counter(one.vehicle.vehicle.id for one in feed.entity if one.HasField("vehicle"))
    found += [("E052", f"vehicle {key}") for key, count in vehicles.items() if key and count > 1]
    return found


def header_errors(feed: pb.FeedMessage, now_s: int) -> Found:
    header = feed.header
    if header.gtfs_realtime_version not in ("1.0", "2.0"):
        yield "E038", header.gtfs_realtime_version
    if not header.timestamp:
        yield "E048", "no timestamp"
    if not header.HasField("incrementality"):
        yield "E049", "no incrementality"
    if any(one.is_deleted for one in feed.entity):
        yield "E039", "is_deleted"
    if header.timestamp > now_s + IN_FUTURE_S:
        yield "E050", "header"


def times_of(entity: pb.FeedEntity) -> Iterator[int]:
    """Every time that an entity tells."""
    yield from filter(None, (entity.trip_update.timestamp, entity.vehicle.timestamp))
    for stop in entity.trip_update.stop_time_update:
        yield from filter(None, (stop.arrival.time, stop.departure.time))
    for period in entity.alert.active_period:
        yield from filter(None, (period.start, period.end))


def timestamp_errors(entity: pb.FeedEntity, header_s: int, now_s: int) -> Found:
    for at_s in times_of(entity):
        if not EARLIEST_S <= at_s <= LATEST_S:
            yield "E001", str(at_s)
    for at_s in (entity.trip_update.timestamp, entity.vehicle.timestamp):
        if at_s > header_s:
            yield "E012", str(at_s)
        if at_s > now_s + IN_FUTURE_S:
            yield "E050", str(at_s)


def trip_errors(trip: pb.TripDescriptor, told: Schedule) -> Found:
    is_added = trip.schedule_relationship == pb.TripDescriptor.ADDED
    planned = told.trips.get(trip.trip_id)
    if trip.trip_id and planned is None and not is_added:
        yield "E003", trip.trip_id
    if trip.route_id and trip.route_id not in told.routes:
        yield "E004", trip.route_id
    if is_added and planned:
        yield "E016", trip.trip_id
    if trip.start_time and not CLOCK.fullmatch(trip.start_time):
        yield "E020", trip.start_time
    if trip.start_date and not DAY.fullmatch(trip.start_date):
        yield "E021", trip.start_date
    if planned:
        if trip.start_time and trip.start_time != clock(planned.calls[0].arrival_s):
            yield "E023", trip.start_time
        if trip.HasField("direction_id") and trip.direction_id != planned.direction:
            yield "E024", trip.trip_id
        if trip.route_id and trip.route_id != planned.route_id:
            yield "E035", trip.trip_id


def update_errors(update: pb.TripUpdate, told: Schedule) -> Found:
    stops = list(update.stop_time_update)
    if not stops and update.trip.schedule_relationship not in (
        pb.TripDescriptor.CANCELED,
        pb.TripDescriptor.DELETED,
    ):
        yield "E041", "no stops"
    planned = told.trips.get(update.trip.trip_id)
    calls = {one.sequence: one for one in planned.calls} if planned else {}
    for stop in stops:
        yield from stop_errors(stop, told)
        if planned and stop.stop_sequence not in calls:
            yield "E051", str(stop.stop_sequence)
        elif planned and stop.stop_id and calls[stop.stop_sequence].stop_id != stop.stop_id:
            yield "E045", stop.stop_id
    for one, other in pairwise(stops):
        if other.stop_sequence < one.stop_sequence:
            yield "E002", str(other.stop_sequence)
        if other.stop_sequence == one.stop_sequence:
            yield "E036", str(other.stop_sequence)
        if other.stop_id == one.stop_id:
            yield "E037", other.stop_id
    told_times = [[at for at in (one.arrival.time, one.departure.time) if at] for one in stops]
    for one_times, other_times in pairwise([one for one in told_times if one]):
        if min(other_times) <= max(one_times):
            yield "E022", str(other_times)


def stop_errors(stop: Any, told: Schedule) -> Found:
    if not stop.stop_id and not stop.HasField("stop_sequence"):
        yield "E040", "neither"
    if stop.stop_id and stop.stop_id not in told.stops:
        yield "E011", stop.stop_id
    has_times = stop.HasField("arrival") or stop.HasField("departure")
    if stop.schedule_relationship == STU.NO_DATA and has_times:
        yield "E042", stop.stop_id
    if stop.schedule_relationship == STU.SCHEDULED and not has_times:
        yield "E043", stop.stop_id
    for name in ("arrival", "departure"):
        event = getattr(stop, name)
        if stop.HasField(name) and not event.HasField("time") and not event.HasField("delay"):
            yield "E044", f"{stop.stop_id} {name}"
    if stop.departure.time and stop.arrival.time and stop.departure.time < stop.arrival.time:
        yield "E025", stop.stop_id


def vehicle_errors(vehicle: pb.VehiclePosition, told: Schedule, feed: pb.FeedMessage) -> Found:
    lat, lon = vehicle.position.latitude, vehicle.position.longitude
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        yield "E026", f"{lat} {lon}"
        return
    if not 0 <= vehicle.position.bearing <= 360:
        yield "E027", str(vehicle.position.bearing)
    if vehicle.stop_id and vehicle.stop_id not in told.stops:
        yield "E011", vehicle.stop_id
    places = [(one.lat, one.lon) for one in told.stops.values()]
    places += [point for shape in told.shapes.values() for point in shape]
    if min(distance_m(lat, lon, *place) for place in places) > REGION_BUFFER_M:
        yield "E028", f"{lat} {lon}"
    planned = told.trips.get(vehicle.trip.trip_id)
    if planned and not Line(told.shapes[planned.shape_id]).places(lat, lon, TRIP_BUFFER_M):
        yield "E029", f"{lat} {lon}"
    for entity in feed.entity:
        update = entity.trip_update
        is_same = update.vehicle.id == vehicle.vehicle.id
        if entity.HasField("trip_update") and is_same and update.trip.trip_id != vehicle.trip.trip_id:
            yield "E047", vehicle.vehicle.id


def alert_errors(alert: pb.Alert, told: Schedule) -> Found:
    if not alert.informed_entity:
        yield "E032", "nobody"
    for one in alert.informed_entity:
        if not any(one.HasField(name) for name in ("agency_id", "route_id", "route_type", "trip", "stop_id")):
            yield "E033", "nothing"
        if one.agency_id and one.agency_id not in told.agencies:
            yield "E034", one.agency_id
        if one.stop_id and one.stop_id not in told.stops:
            yield "E011", one.stop_id
        if one.HasField("trip"):
            yield from trip_errors(one.trip, told)
            planned = told.trips.get(one.trip.trip_id)
            if planned and one.route_id and planned.route_id != one.route_id:
                yield "E030", one.route_id
            if one.route_id and one.trip.route_id and one.route_id != one.trip.route_id:
                yield "E031", one.route_id


def changed_errors(before: pb.FeedMessage, after: pb.FeedMessage) -> Found:
    """What two messages, one fetched after the other, do wrong together."""
    if after.header.timestamp < before.header.timestamp:
        yield "E018", "decreased"
    is_same = [str(one) for one in before.entity] == [str(one) for one in after.entity]
    if after.header.timestamp == before.header.timestamp and not is_same:
        yield "E017", "changed"

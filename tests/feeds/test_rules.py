"""The rules find what is wrong: held against recorded messages, and against a good one that is spoilt."""

from pathlib import Path

import pytest
from google.transit import gtfs_realtime_pb2 as pb

from telematics.transit.realtime import StopNews, TripName, TripNews, VehicleNews, message
from tests.feeds.rules import STU, changed_errors, errors
from tests.telematics.transit.builders import schedule

RECORDED = Path(__file__).parents[3] / "shared" / "data" / "gtfs" / "realtime"
TOLD = schedule()
NOW_S = 1_788_000_000
NAME = TripName("0", "r", "20260901", "07:00:00", 0)


def good() -> pb.FeedMessage:
    stops = [
        StopNews(1, "0", departed_s=NOW_S - 60),
        StopNews(2, "1", predicted_s=NOW_S + 60),
        StopNews(3, "2"),
    ]
    vehicle = VehicleNews(NAME, "7", 31.001, 120.0, NOW_S - 5, 0.0, 8.0, 2, "1")
    return message(NOW_S, trips=[TripNews(NAME, "7", stops, NOW_S - 5)], vehicles=[vehicle])


def update(feed: pb.FeedMessage) -> pb.TripUpdate:
    told: pb.TripUpdate = feed.entity[0].trip_update
    return told


def test_a_good_message_has_no_error():
    assert errors(good(), TOLD, NOW_S) == []


SPOILT = {
    "E001": lambda one: setattr(update(one).stop_time_update[1].arrival, "time", (NOW_S + 60) * 1000),
    "E002": lambda one: setattr(update(one).stop_time_update[0], "stop_sequence", 3),
    "E003": lambda one: setattr(update(one).trip, "trip_id", "nobody"),
    "E004": lambda one: setattr(update(one).trip, "route_id", "nobody"),
    "E011": lambda one: setattr(update(one).stop_time_update[0], "stop_id", "nobody"),
    "E012": lambda one: setattr(update(one), "timestamp", NOW_S + 1),
    "E016": lambda one: setattr(update(one).trip, "schedule_relationship", pb.TripDescriptor.ADDED),
    "E020": lambda one: setattr(one.entity[1].vehicle.trip, "start_time", "7:0:0:0"),
    "E021": lambda one: setattr(update(one).trip, "start_date", "2026-09-01"),
    "E022": lambda one: setattr(update(one).stop_time_update[1].arrival, "time", NOW_S - 60),
    "E023": lambda one: setattr(update(one).trip, "start_time", "07:00:01"),
    "E024": lambda one: setattr(update(one).trip, "direction_id", 1),
    "E025": lambda one: setattr(update(one).stop_time_update[0].arrival, "time", NOW_S),
    "E026": lambda one: setattr(one.entity[1].vehicle.position, "latitude", 91),
    "E027": lambda one: setattr(one.entity[1].vehicle.position, "bearing", 361),
    "E028": lambda one: setattr(one.entity[1].vehicle.position, "longitude", 121),
    "E029": lambda one: setattr(one.entity[1].vehicle.position, "longitude", 120.003),
    "E032": lambda one: one.entity[0].alert.SetInParent(),
    "E033": lambda one: one.entity[0].alert.informed_entity.add(),
    "E036": lambda one: setattr(update(one).stop_time_update[1], "stop_sequence", 1),
    "E037": lambda one: setattr(update(one).stop_time_update[1], "stop_id", "0"),
    "E038": lambda one: setattr(one.header, "gtfs_realtime_version", "3"),
    "E039": lambda one: setattr(one.entity[0], "is_deleted", True),
    "E041": lambda one: update(one).ClearField("stop_time_update"),
    "E042": lambda one: setattr(update(one).stop_time_update[0], "schedule_relationship", STU.NO_DATA),
    "E043": lambda one: update(one).stop_time_update[1].ClearField("arrival"),
    "E044": lambda one: update(one).stop_time_update[1].arrival.ClearField("time"),
    "E045": lambda one: setattr(update(one).stop_time_update[0], "stop_id", "2"),
    "E047": lambda one: setattr(update(one).trip, "trip_id", "1"),
    "E048": lambda one: one.header.ClearField("timestamp"),
    "E049": lambda one: one.header.ClearField("incrementality"),
    "E050": lambda one: setattr(one.header, "timestamp", NOW_S + 1000),
    "E051": lambda one: setattr(update(one).stop_time_update[2], "stop_sequence", 9),
    "E052": lambda one: one.entity.add(id="x").CopyFrom(one.entity[1]),
}  # fmt: skip


@pytest.mark.parametrize("rule", SPOILT)
def test_a_spoilt_message_is_found_out(rule):
    feed = good()
    SPOILT[rule](feed)
    assert rule in {found for found, _what in errors(feed, TOLD, NOW_S)}


def test_what_changes_without_a_newer_time_is_found_out():
    before, after = good(), good()
    update(after).timestamp -= 1
    assert [rule for rule, _what in changed_errors(before, after)] == ["E017"]
    after.header.timestamp -= 1
    assert [rule for rule, _what in changed_errors(before, after)] == ["E018"]


@pytest.mark.skipif(not RECORDED.exists(), reason="needs ../shared/data, which is not here")
@pytest.mark.parametrize(
    ("path", "own"),
    [("ct-trip-updates.pb", set()), ("ct-vehicle-positions.pb", set()), ("example.pb", {"E022"})],
)
def test_recorded_messages_have_the_errors_that_they_have(path, own):
    """Besides those against a timetable that is not theirs; in one, a train arrives before it has left."""
    feed = pb.FeedMessage()
    feed.ParseFromString((RECORDED / path).read_bytes())
    found = {rule for rule, _what in errors(feed, TOLD, feed.header.timestamp)}
    assert found - {"E003", "E004", "E011", "E028"} == own

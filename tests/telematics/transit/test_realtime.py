"""Messages of what is now: whatever is measured and predicted, their times only grow, and no rule is broken."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from telematics.transit.realtime import (
    AlertNews,
    Effect,
    Relation,
    StopNews,
    TripName,
    TripNews,
    VehicleNews,
    as_json,
    message,
)
from tests.feeds.rules import errors
from tests.telematics.transit.builders import schedule

TOLD = schedule(stops=6)
NOW_S = 1_788_000_000
NAME = TripName("0", "r", "20260901", "07:00:00", 0)
TIMES = st.none() | st.integers(NOW_S - 600, NOW_S + 600)


@st.composite
def stops(draw) -> list[StopNews]:
    """Any news of six stops, contradictions too."""
    return [
        StopNews(
            number + 1,
            str(number),
            arrived_s=draw(TIMES),
            departed_s=draw(TIMES),
            predicted_s=draw(TIMES),
            is_skipped=draw(st.booleans()),
        )
        for number in range(6)
    ]


@given(stops())
@settings(max_examples=300, deadline=None)
def test_no_news_however_it_contradicts_itself_breaks_a_rule(news):
    feed = message(NOW_S, trips=[TripNews(NAME, "7", news, NOW_S)])
    assert errors(feed, TOLD, NOW_S) == []


@given(stops())
@settings(max_examples=200, deadline=None)
def test_what_was_measured_is_told_as_it_was_or_not_at_all(news):
    feed = message(NOW_S, trips=[TripNews(NAME, "7", news, NOW_S)])
    for told, one in zip(feed.entity[0].trip_update.stop_time_update, news, strict=True):
        assert told.departure.time in (0, one.departed_s)
        assert told.arrival.time in (0, one.arrived_s) or one.predicted_s is not None


def test_a_bus_that_nobody_saw_arrive_is_told_by_its_departure():
    feed = message(NOW_S, trips=[TripNews(NAME, "7", [StopNews(1, "0", departed_s=NOW_S - 9)], NOW_S)])
    stop = feed.entity[0].trip_update.stop_time_update[0]
    assert (stop.HasField("arrival"), stop.departure.time) == (False, NOW_S - 9)


def test_a_cancelled_trip_has_no_stops_and_nothing_in_a_message_is_newer_than_it():
    cancelled = TripName("1", "r", "20260901", "08:00:00", 1, Relation.CANCELED)
    vehicle = VehicleNews(NAME, "7", 31.0, 120.0, NOW_S + 30, -90.0)
    news = TripNews(cancelled, "", [StopNews(1, "0", predicted_s=NOW_S)], NOW_S + 30)
    feed = message(NOW_S, trips=[news], vehicles=[vehicle])
    assert len(feed.entity[0].trip_update.stop_time_update) == 0
    assert feed.entity[1].vehicle.position.bearing == 270
    assert errors(feed, TOLD, NOW_S) == []


def test_the_json_form_tells_the_same():
    alert = AlertNews("1", NAME, Effect.NO_SERVICE, {"zh": "停运", "en": "Cancelled"}, NOW_S, NOW_S + 60)
    told = json.loads(json.dumps(as_json(message(NOW_S, alerts=[alert]))))
    assert told["header"]["gtfsRealtimeVersion"] == "2.0"
    assert told["entity"][0]["alert"]["informedEntity"][0]["trip"]["tripId"] == "0"
    assert as_json(message(NOW_S))["entity"] == []

"""Feeds that are written are valid, the same each time, and read back as they were."""

from datetime import date, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from telematics.transit.reading import read_schedule
from telematics.transit.schedule import Agency, Call, Route, Schedule, Stop, Trip, service_of
from telematics.transit.writing import write_schedule
from tests.feeds.validator import notices
from tests.telematics.transit.builders import FIRST, PUBLISHER, schedule, unzipped

TEXTS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
"""Names with commas, quotation marks and letters of all scripts."""
PLACES = st.tuples(
    st.floats(-80, 80).map(lambda one: round(one, 7)), st.floats(-170, 170).map(lambda one: round(one, 7))
)


@st.composite
def schedules(draw) -> Schedule:
    """Any timetable of one route."""
    places = draw(st.lists(PLACES, min_size=2, max_size=6, unique=True))
    stops = {
        str(number): Stop(str(number), draw(TEXTS), lat, lon, draw(st.just("") | TEXTS))
        for number, (lat, lon) in enumerate(places)
    }
    days = draw(
        st.sets(st.integers(0, 60), min_size=1).map(lambda some: [FIRST + timedelta(days=d) for d in some])
    )
    service = service_of("x", days, draw(st.integers(0, 127)))
    trips = {}
    for number in range(draw(st.integers(1, 3))):
        steps = draw(st.lists(st.integers(0, 4000), min_size=2 * len(stops), max_size=2 * len(stops)))
        times = [sum(steps[: one + 1]) for one in range(len(steps))]
        calls = tuple(
            Call(one + 1, stop, times[2 * one], times[2 * one + 1]) for one, stop in enumerate(stops)
        )
        trips[f"t{number}"] = Trip(f"t{number}", "r", "x", calls, draw(st.sampled_from([None, 0, 1])), "s")
    return Schedule(
        {"a": Agency("a", draw(TEXTS), "https://example.org/", "Asia/Shanghai", "zh")},
        stops,
        {"r": Route("r", draw(TEXTS), "a", draw(st.just("") | TEXTS))},
        {"x": service},
        {"s": tuple(places)},
        trips,
    )


def told(one: Schedule) -> dict[str, object]:
    """A timetable to compare: services by their days, for the same days can be told in two ways."""
    parts = msgspec.structs.asdict(one)
    return parts | {"services": {key: service.days() for key, service in one.services.items()}}


@given(schedules())
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_back_as_it_was(made):
    read = read_schedule(write_schedule(made, PUBLISHER))
    assert read.faults == []
    assert told(read.schedule) == told(made)


def test_the_independent_validator_finds_nothing(tmp_path):
    found = notices(write_schedule(schedule(), PUBLISHER), tmp_path, FIRST)
    assert found == {"ERROR": [], "WARNING": [], "INFO": []}


def test_the_same_timetable_gives_the_same_bytes_in_whatever_order_its_parts_come():
    one = schedule()
    turned = msgspec.structs.replace(
        one, stops=dict(reversed(list(one.stops.items()))), trips=dict(reversed(list(one.trips.items())))
    )
    assert write_schedule(one, PUBLISHER) == write_schedule(turned, PUBLISHER)


def test_days_that_differ_from_the_weekdays_stand_apart():
    days = {date(2026, 9, 7), date(2026, 9, 8), date(2026, 9, 10), date(2026, 9, 12)}
    service = service_of("x", days, 0b11111)
    assert service.removed == {date(2026, 9, 9), date(2026, 9, 11)}
    assert service.added == {date(2026, 9, 12)}
    assert service.days() == days


def test_a_new_version_has_another_name():
    one, other = (unzipped(write_schedule(schedule(trips=trips), PUBLISHER)) for trips in (1, 2))
    assert (
        one["feed_info"].splitlines()[1].split(",")[-1] != other["feed_info"].splitlines()[1].split(",")[-1]
    )

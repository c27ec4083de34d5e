"""Feeds as they come: read where they can be, and every fault told by file, line and field where not."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telematics.transit import tables
from telematics.transit.faults import FaultKind
from telematics.transit.reading import read_schedule
from telematics.transit.schedule import Schedule
from telematics.transit.writing import write_schedule
from tests.telematics.transit.builders import PUBLISHER, schedule, unzipped, zipped

DATA = Path(__file__).parents[4] / "shared" / "data"
GOOD = unzipped(write_schedule(schedule(), PUBLISHER))


def faults(**changed: str | bytes | None) -> list[str]:
    """What is told of a good feed with some files changed, or taken out."""
    files = {name: text for name, text in (GOOD | changed).items() if text is not None}
    return [str(fault) for fault in read_schedule(zipped(**files)).faults]


def read(**changed: str | bytes | None) -> Schedule:
    """The same, of a feed that is good."""
    files = {name: text for name, text in (GOOD | changed).items() if text is not None}
    found = read_schedule(zipped(**files))
    assert found.faults == []
    return found.schedule


def test_every_fault_is_told_with_its_file_line_and_field():
    stops = "stop_id,stop_name,stop_lat,stop_lon\n1,甲,91,120\n2,,31,x\n2,乙,31,120\n\n3,丙,31,120\n"
    times = (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "0,7:0:0,7:61:00,3,1\n9,,,3,1\n0,8:00:00,,7,2\n1,7:00:00,,1,1\n"
    )
    assert faults(stops=stops, stop_times=times) == [
        "stop_times.txt, line 2, departure_time: “7:61:00” is not a time such as 07:05:00",
        "stop_times.txt, line 3, trip_id: “9” is nowhere in the feed",
        "stop_times.txt, line 4, stop_id: “7” is nowhere in the feed",
        "stops.txt, line 2, stop_lat: 91 degrees are not on the earth",
        "stops.txt, line 3, stop_lon: “x” is not a number",
        "stops.txt, line 4, stop_id: “2” was there before",
    ]


def test_a_file_that_cannot_be_read_is_one_fault_and_not_one_for_each_line_that_refers_to_it():
    assert faults(stops="stop_id,stop_name,stop_lat\n") == [
        "stops.txt, line 1, stop_lon: there is no such column"
    ]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"stops": None}, "stops.txt: the feed has no such file"),
        ({"trips": "trip_id,route_id\n"}, "trips.txt, line 1, service_id: there is no such column"),
        ({"stops": b"stop_id,stop_name,stop_lat,stop_lon\n1,\xff,3,4"}, "stops.txt, line 2: this is not UTF-8 text"),
        ({"stops": ""}, "stops.txt, line 1: it is empty"),
        (
            {"agency": "agency_name,agency_timezone\na,Asia/Nowhere\n"},
            "agency.txt, line 2, agency_timezone: there is no time zone “Asia/Nowhere”",
        ),
        (
            {"calendar": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
             "daily,1,1,1,1,1,0,0,20260931,20261001\n"},
            "calendar.txt, line 2, start_date: “20260931” is not a date such as 20260901",
        ),
        (
            {"shapes": "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\ns,31,120,1\n"},
            "shapes.txt, line 2, shape_id: shape “s” has fewer than two points",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_told(changed, told):
    assert told in faults(**changed)


def test_times_that_go_back_are_told_where_they_stand():
    lines = GOOD["stop_times"].splitlines()
    lines[2] = lines[2].replace("07:03:00", "06:03:00")
    told = faults(stop_times="\n".join(lines))
    assert told == ["stop_times.txt, line 3, arrival_time: 06:03:00 is before the time at the stop before it"]


def test_no_more_faults_are_kept_than_a_person_reads_and_all_are_counted():
    rows = "".join(f"{number},甲,91,120\n" for number in range(3000))
    found = read_schedule(zipped(stops="stop_id,stop_name,stop_lat,stop_lon\n" + rows))
    assert len(found.faults) == 1000
    assert found.fault_count > 3000


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(tables, "LARGEST_TABLE_MB", 0)
    assert "stops.txt: it is larger than 0 MB" in faults()
    monkeypatch.setattr(tables, "LARGEST_FEED_MB", 0)
    assert faults() == [": it is larger than 0 MB"]


@pytest.mark.parametrize("content", [b"", b"PK", b"<html>", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_feed_is_told_as_such(content):
    assert read_schedule(content).fault_count >= 1


@given(st.binary(max_size=300), st.integers(0, 5000))
@settings(max_examples=100, deadline=None)
def test_broken_bytes_are_told_and_never_raise(noise, at):
    feed = write_schedule(schedule(), PUBLISHER)
    at %= len(feed)
    read_schedule(feed[:at] + noise + feed[at + len(noise) :])


def test_a_mark_before_the_first_byte_and_blank_lines_are_no_fault():
    text = "\ufeff\r\n" + GOOD["stops"].replace("\r\n", "\r\n\r\n")
    assert len(read(stops=text).stops) == 3


def test_files_that_need_not_be_there_need_not():
    found = read(shapes=None, trips=GOOD["trips"].replace(",s\r", ",\r"), calendar_dates=None, feed_info=None)
    assert found.shapes == {}
    assert len(found.trips) == 2


def test_a_feed_in_a_folder_is_read():
    found = read_schedule(zipped(**{f"feed/{name}": text for name, text in GOOD.items()}))
    assert found.faults == []
    assert len(found.schedule.stops) == 3


def test_hours_beyond_midnight_belong_to_the_day_before():
    found = read(stop_times=GOOD["stop_times"].replace("07:", "25:"))
    assert found.trips["0"].calls[0].arrival_s == 25 * 3600


def test_a_time_that_is_left_out_lies_between_by_the_distance():
    lines = GOOD["stop_times"].splitlines()
    lines[2] = "0,,,1,2,"
    assert read(stop_times="\n".join(lines)).trips["0"].calls[1].arrival_s == 7 * 3600 + 190


def test_a_trip_that_runs_every_so_often_is_so_many_trips():
    text = "trip_id,start_time,end_time,headway_secs\n0,07:00:00,08:00:00,1200\n"
    found = read(frequencies=text)
    starts = sorted(one.calls[0].departure_s for one in found.trips.values() if one.trip_id != "1")
    assert starts == [7 * 3600, 7 * 3600 + 1200, 7 * 3600 + 2400]


def test_days_told_one_by_one_are_a_calendar():
    text = "service_id,date,exception_type\ndaily,20260901,1\ndaily,20260903,1\n"
    found = read(calendar=None, calendar_dates=text)
    assert sorted(day.day for day in found.services["daily"].days()) == [1, 3]


def test_trips_that_go_nowhere_are_left_out_and_told():
    lines = GOOD["stop_times"].splitlines()[:5]
    found = read_schedule(zipped(**GOOD | {"stop_times": "\n".join(lines)}))
    assert (found.faults, list(found.left_out)) == ([], ["1"])


@pytest.mark.skipif(not DATA.exists(), reason="needs ../shared/data, which is not here")
@pytest.mark.parametrize(
    ("path", "stops", "routes", "trips"),
    [("gtfs/bullrunner-gtfs.zip", 125, 6, 1101), ("gtfs/cairns_gtfs.zip", 416, 22, 1339),
     ("avl/mta_b63/mta-b63-winter10.zip", 115, 1, 735)],
)  # fmt: skip
def test_real_feeds_are_read_whole(path, stops, routes, trips):
    found = read_schedule((DATA / path).read_bytes())
    assert [str(one) for one in found.faults] == []
    told = found.schedule
    assert (len(told.stops), len(told.routes), len(told.trips)) == (stops, routes, trips)


def test_a_kind_of_fault_has_words():
    from telematics.transit.faults import WORDS

    assert set(WORDS) == set(FaultKind)

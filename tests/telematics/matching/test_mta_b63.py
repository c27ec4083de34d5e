"""Agreement with the labels of a recorded week of Brooklyn's B63; labels are truth only, never input."""

import csv
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import pytest
from msgspec.structs import replace

from telematics.fix import Fix
from telematics.geometry import distance_m
from telematics.gtfs import read_feed
from telematics.match import Candidates, MatchState, Phase, step
from telematics.prediction.evaluate import roads_of

FOLDER = Path(__file__).parents[3] / ".." / "shared" / "data" / "avl" / "mta_b63"
AROUND_S = 2400.0
EARTH = 1.00065
"""The labels' metres are so much longer than ours: another radius of the earth."""

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the recordings of ../shared/data are not here")


@pytest.fixture(scope="module")
def agreement():
    """Shares of reports that agree, each bus matched among all trips of the route planned around that time."""
    feed = read_feed(FOLDER / "mta-b63-winter10.zip")
    roads = roads_of(feed)
    runs = defaultdict(list)
    with (FOLDER / "positions_labelled.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            runs[row["source_file"]].append(row)
    agree: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    apart_m: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for rows in runs.values():
        state, trips = MatchState(), ()
        for row in rows:
            time = datetime.fromisoformat(row["time_local"]).replace(tzinfo=feed.zone).astimezone(UTC)
            planned = around(feed, time.timestamp())
            if planned != trips:
                state, trips = renumbered(state, trips, planned), planned
            fix = Fix(time, float(row["lat"]), float(row["lon"]))
            state, position, _ = step(state, fix, Candidates(trips, lambda trip: roads.line(trip.pattern)))
            judge(row, position, roads=roads, feed=feed, agree=agree, counted=counted, apart_m=apart_m)
    for apart in apart_m.values():
        starts_m = median(apart)  # where the trip starts on its block, which the feed doesn't say
        counted["distance"] += len(apart)
        agree["distance"] += sum(abs(one - starts_m) <= 50 for one in apart)
    return {name: agree[name] / counted[name] for name in counted}


def around(feed, time_s):
    """Trips planned to run around that time, on their service days."""
    day = datetime.fromtimestamp(time_s, feed.zone).date()
    services = {5: "20101024AD", 6: "20101024DE"}
    found = []
    for offset in (-1, 0):
        service_day = day.fromordinal(day.toordinal() + offset)
        service = services.get(service_day.weekday(), "20101024E")
        midnight_s = feed.midnight_s(service_day)
        for trip in feed.trips.values():
            if service_day.weekday() == 4:
                runs = trip.trip_id.startswith("20101024EA")
            else:
                runs = trip.trip_id.startswith(service) and not trip.trip_id.startswith("20101024EA")
            near = midnight_s + trip.stop_clock_s[0] - AROUND_S <= time_s
            if runs and near and time_s <= midnight_s + trip.stop_clock_s[-1] + AROUND_S:
                found.append(feed.planned(trip.trip_id, time_s))
    return tuple(found)


def renumbered(state, before, after):
    """The state where the candidates have changed: trips that are candidates no more are forgotten."""
    number_of = {trip.trip_id: number for number, trip in enumerate(after)}

    def number(old):
        return -1 if old < 0 else number_of.get(before[old].trip_id, -1)

    kept = [
        replace(one, trip=number(one.trip), told_trip=number(one.told_trip))
        for one in state.hypotheses
        if one.trip < 0 or number(one.trip) >= 0
    ]
    return replace(state, hypotheses=tuple(kept), told=(number(state.told[0]), *state.told[1:]))


def judge(row, position, *, roads, feed, agree, counted, apart_m):
    label = row["actual_phase"]
    on_line = label == "IN_PROGRESS"
    if on_line or label in ("AT_BASE", "DEADHEAD_BEFORE"):
        counted["phase"] += 1
        agree["phase"] += (position.phase != Phase.OFF_ROUTE) == on_line
    if on_line and position.trip_id:
        labelled = feed.trips[row["trip_id"]]
        ours = feed.trips[position.trip_id]
        counted["pattern"] += 1
        agree["pattern"] += ours.pattern == labelled.pattern
        if ours.pattern == labelled.pattern:
            line = roads.line(ours.pattern)
            lat, lon = line.point_at(position.along_m)
            labelled_lat, labelled_lon = float(row["actual_block_lat"]), float(row["actual_block_lon"])
            counted["place"] += 1
            agree["place"] += distance_m(lat, lon, labelled_lat, labelled_lon) <= 50
            label_m = float(row["actual_distance_along_block"]) / EARTH
            apart_m[row["source_file"], row["trip_id"]].append(label_m - position.along_m)


def test_phase_agrees_with_the_labels(agreement):
    assert agreement["phase"] >= 0.95, agreement


def test_direction_agrees_with_the_labels(agreement):
    assert agreement["pattern"] >= 0.97, agreement


def test_distance_along_the_trip_agrees_within_fifty_metres(agreement):
    assert agreement["distance"] >= 0.99, agreement


def test_place_on_the_line_agrees_within_fifty_metres(agreement):
    assert agreement["place"] >= 0.99, agreement

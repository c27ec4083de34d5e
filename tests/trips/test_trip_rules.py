"""What the rules on trips find, kept as findings, whatever the order in which reports come."""

import random
from datetime import timedelta

import pytest

from fleet.dispatch.models import GateOverride, OverrideConfirmation
from fleet.findings.models import Finding
from fleet.trips.follow import follow
from fleet.trips.follower import Follower
from fleet.trips.models import Tracking
from fleet.trips.predictor import Predictor
from telematics.rules.trip.day import RULES
from tests.fleet.builders import person, store
from tests.pupils.builders import assigned, pupil
from tests.trips.drives import MPS, drive, metres_of, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(one):
    """A child at the second stop."""
    child = pupil(one.where)
    assigned(one.where, child, one.pattern, 2)
    return child


def astray(trip):
    """A run around the second stop, on another road."""
    second = trip.visits.get(order=2).distance_m
    return [
        report(fix.time, metres_of(fix), MPS, aside_m=250) if abs(metres_of(fix) - second) < 500 else fix
        for fix in drive(trip)
    ]


def standing():
    fields = (
        "subject",
        "rule",
        "started_at",
        "last_at",
        "ended_at",
        "peak",
        "severity",
        "details",
        "trip_id",
    )
    return sorted(Finding.objects.filter(rule__in=RULES, withdrawn_at=None).values_list(*fields), key=str)


def follow_all(trip, reports, **changes):
    return follow([trip.bus_id], Predictor(), reports[-1].time + timedelta(minutes=1), **changes)


def test_a_run_as_planned_finds_nothing(trip, unit, waiting):
    reports = drive(trip, late_s=60)
    store(reports, unit)
    done = follow_all(trip, reports)
    assert (done.findings, done.withdrawn, standing()) == ([], [], [])


def test_a_run_on_another_road_is_a_deviation_and_misses_its_stop(one, trip, unit, waiting):
    reports = astray(trip)
    store(reports, unit)
    done = follow_all(trip, reports)
    assert sorted(finding.rule for finding in done.findings) == ["missed_stop", "route_deviation"]
    found = {finding.rule: finding for finding in Finding.objects.filter(rule__in=RULES)}
    deviation, missed = found["route_deviation"], found["missed_stop"]
    assert (deviation.trip, deviation.bus, deviation.driver) == (trip, one.bus, trip.driver)
    assert deviation.subject == f"bus:{one.bus.pk}"
    assert deviation.profile.startswith("cn-")
    assert deviation.peak == pytest.approx(250, abs=2)
    assert missed.details == {"stops": "2", "pupils": 1}


def test_a_stop_at_which_nobody_waits_is_not_missed(trip, unit):
    reports = astray(trip)
    store(reports, unit)
    follow_all(trip, reports)
    assert [finding.rule for finding in Finding.objects.filter(rule__in=RULES)] == ["route_deviation"]


def test_a_bus_that_leaves_before_its_time_is_found(trip, unit, waiting):
    reports = drive(trip, late_s=-240)
    store(reports, unit)
    follow_all(trip, reports)
    (found,) = Finding.objects.filter(rule__in=RULES)
    assert (found.rule, found.details["stops"], found.limit_source) == ("early_departure", "2", "timetable")


def test_a_way_around_that_two_people_have_allowed_is_for_the_record(one, trip, unit):
    override = GateOverride(
        check_made=trip.gate_check, exception="works", reason="bridge", requested_by=one.where.coordinator
    )
    override.save()
    OverrideConfirmation(override=override, confirmed_by=person()).save()
    reports = astray(trip)
    store(reports, unit)
    follow_all(trip, reports)
    (found,) = Finding.objects.filter(rule__in=RULES)
    assert (found.severity, found.details) == ("record", {"exception": "works"})


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_arrival_does_not_matter(trip, unit, waiting, seed):
    reports = astray(trip)[::2]
    shuffled = random.Random(seed).sample(reports, len(reports))
    follower = Follower(lambda: reports[-1].time + timedelta(minutes=1))
    for start in range(0, len(shuffled), 25):
        log = store(shuffled[start : start + 25], unit)
        follower.follow({trip.bus_id}, log.stored.late)
    in_disorder = standing()
    assert {found[1] for found in in_disorder} == {"route_deviation", "missed_stop"}
    Finding.objects.update(withdrawn_at=reports[0].time)
    follow_all(trip, reports, late={trip.bus_id: reports[0].time})
    assert standing() == in_disorder


def test_report_by_report_gives_what_all_at_once_gives(trip, unit, waiting):
    reports, predictor = astray(trip)[::2], Predictor()
    for fix in reports:
        store([fix], unit)
        follow([trip.bus_id], predictor, fix.time)
    step_by_step = standing()
    Finding.objects.update(withdrawn_at=reports[0].time)
    follow_all(trip, reports, late={trip.bus_id: reports[0].time})
    assert standing() == step_by_step


@pytest.mark.parametrize("saved", [b"", b"\xc1", b"\x81\xa4what\x01"])
def test_what_the_rules_remember_can_be_dropped(trip, unit, waiting, saved):
    reports = astray(trip)
    half = len(reports) // 2
    store(reports[:half], unit)
    follow_all(trip, reports[:half])
    Tracking.objects.update(rules=saved)
    store(reports[half:], unit)
    follow_all(trip, reports)
    dropped = standing()
    follow_all(trip, reports, late={trip.bus_id: reports[0].time})
    assert standing() == dropped
    assert len(dropped) == 2


def test_a_late_report_takes_back_what_it_undoes(trip, unit, waiting):
    reports = astray(trip)
    log = store(reports, unit)
    follow_all(trip, reports)
    between = [
        report(fix.time + timedelta(seconds=2), metres_of(fix) + 2 * MPS)
        for fix in reports
        if fix in reports[::3]
    ]
    log = store(between, unit, log)
    done = follow_all(trip, reports, late={trip.bus_id: reports[0].time})
    assert "route_deviation" in {finding.rule for finding in done.withdrawn}


def test_what_is_told_again_is_no_news(trip, unit, waiting):
    reports = astray(trip)
    store(reports, unit)
    follow_all(trip, reports)
    again = follow_all(trip, reports, late={trip.bus_id: reports[0].time})
    assert (again.findings, again.withdrawn) == ([], [])

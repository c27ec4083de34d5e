"""Speed limiters of stretches and pupils outside a trip: what the database holds, as the rules on trips take it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fleet.alarms.models import Alarm
from fleet.findings.models import Finding
from fleet.ledger.changes import correct, record_pupil, report_occupancy
from fleet.ledger.models import CountingMachine, PupilDeed
from fleet.routes.route_changes import archive_of_pattern
from fleet.trips.changes import dispatch_trip
from fleet.trips.follow import follow
from fleet.trips.models import Tracking
from fleet.trips.predictor import Predictor
from fleet.trips.recount import follow_recounted
from telematics.rules.trip.limiter import ARTICLE
from telematics.units import kmh_to_mps
from tests.fleet.builders import store
from tests.pupils.builders import pupil
from tests.trips.builders import MONDAY, gate_check, trips_on
from tests.trips.drives import MPS, drive, metres_of, report
from tests.trips.limiters import limiter

pytestmark = pytest.mark.django_db


@pytest.fixture
def trip(one):
    (made,) = trips_on(MONDAY)
    made.driver, made.attendant = one.driver, one.attendant
    made.save()
    gate_check(made)
    return dispatch_trip(trip=made, by=one.where.coordinator)


@pytest.fixture
def child(one):
    return pupil(one.where)


@pytest.fixture
def tap(one, trip, child):
    """Record what the child did, told by the coordinator."""

    def recorded(deed, at, order):
        by = one.where.coordinator
        return record_pupil(trip=trip, pupil=child, deed=deed, by=by, at=at, order=order)

    return recorded


def follow_all(trip, reports):
    return follow([trip.bus_id], Predictor(), reports[-1].time + timedelta(minutes=1))


def standing():
    rules = ("speed_limiter", "pupils_outside_trip")
    return list(Finding.objects.filter(rule__in=rules, withdrawn_at=None))


def onward(reports, minutes=4):
    """The run, and the way from its end to the depot on another road."""
    last, metres = reports[-1], metres_of(reports[-1])
    away = [
        report(last.time + timedelta(seconds=60 + second), metres + MPS * second, MPS, aside_m=400)
        for second in range(0, minutes * 60, 5)
    ]
    return [*reports, *away]


def test_faster_than_the_limiter_of_a_stretch_is_an_alarm_with_limit_source_and_article(one, trip, unit):
    limiter(one)
    reports = drive(trip, until_m=700)
    store(reports, unit)
    follow_all(trip, reports)
    (found,) = standing()
    assert (found.rule, found.limit_source, found.article) == ("speed_limiter", "limiter", ARTICLE)
    assert found.limit == pytest.approx(kmh_to_mps(20))
    assert found.peak == pytest.approx(MPS)
    assert found.trip == trip
    assert Alarm.objects.get().rule == "speed_limiter"


@pytest.mark.parametrize("changes", [{"limit_kmh": 30}, {"ends_m": 230.0}, {"since": "after"}])
def test_a_limiter_holds_where_when_and_as_far_as_it_is_set(one, trip, unit, changes):
    since = {"since": trip.ends_at} if "since" in changes else {}
    limiter(one, **changes | since)
    reports = drive(trip)
    store(reports, unit)
    follow_all(trip, reports)
    assert standing() == []


def test_a_limiter_that_was_taken_off_since_is_held_against_what_was_driven_before(one, trip, unit):
    made = limiter(one)
    archive_of_pattern(made, by=one.where.coordinator, reason="works are over")
    reports = drive(trip)
    store(reports, unit)
    follow_all(trip, reports)
    assert len(standing()) == 1


def test_a_child_who_did_not_get_off_and_is_driven_on_is_found(trip, unit, tap):
    reports = onward(drive(trip))
    tap(PupilDeed.BOARDING, reports[0].time, 1)
    store(reports, unit)
    follow_all(trip, reports)
    (found,) = standing()
    assert (found.rule, found.severity, found.limit_source, found.peak) == (
        "pupils_outside_trip", "high", "ledger", 1.0,
    )  # fmt: skip
    assert Alarm.objects.filter(rule="pupils_outside_trip").exists()


def test_an_empty_bus_is_driven_where_it_likes(trip, unit, tap):
    reports = onward(drive(trip))
    last = reports[-60].time
    tap(PupilDeed.BOARDING, reports[0].time, 1)
    tap(PupilDeed.ALIGHTING, last, 4)
    store(reports, unit)
    follow_all(trip, reports)
    assert standing() == []


def test_a_leaving_that_is_told_of_late_takes_the_finding_back(trip, unit, tap):
    run = drive(trip)
    reports = onward(run)
    tap(PupilDeed.BOARDING, reports[0].time, 1)
    store(reports, unit)
    follow_all(trip, reports)
    assert len(standing()) == 1
    tap(PupilDeed.ALIGHTING, run[-1].time, 4)
    assert follow_recounted(reports[-1].time + timedelta(hours=1)) == 1
    assert standing() == []
    assert follow_recounted(reports[-1].time + timedelta(hours=1)) == 0


def test_a_boarding_that_is_told_of_late_is_found_with_the_next_report_and_taken_back_with_its_undoing(
    one, trip, unit, tap
):
    reports = onward(drive(trip))
    store(reports[:-1], unit)
    follow_all(trip, reports[:-1])
    assert standing() == []
    boarding = tap(PupilDeed.BOARDING, reports[0].time, 1)
    store(reports[-1:], unit)
    follow_all(trip, reports)
    assert len(standing()) == 1
    correct(trip=trip, undoes=boarding.key, reason="another child", by=one.where.coordinator)
    follow_recounted(timezone.now())
    assert standing() == []


def test_a_tap_on_a_trip_under_way_judges_no_day_anew(trip, unit, tap):
    reports = drive(trip)[:-30]
    store(reports, unit)
    follow_all(trip, reports)
    tap(PupilDeed.BOARDING, reports[-2].time, 2)
    assert Tracking.objects.get().trips == [trip.pk]


@pytest.mark.parametrize(("people", "found"), [(2, 0), (5, 1)])
def test_a_machine_that_sees_more_than_the_crew_long_after_the_trip_has_pupils_aboard(
    one, trip, unit, people, found
):
    run = drive(trip)
    later = timedelta(minutes=50)
    reports = [
        *run,
        *(report(fix.time + later, metres_of(fix), MPS, aside_m=400) for fix in onward(run)[-48:]),
    ]
    report_occupancy(
        bus=trip.bus, source=CountingMachine.COUNTER, at=reports[-40].time, lowest=people, highest=people,
        by=one.where.coordinator,
    )  # fmt: skip
    store(reports, unit)
    follow_all(trip, reports)
    assert len(standing()) == found

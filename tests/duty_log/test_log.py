"""Drivers' logs: who drove what, across buses, and what is not known; the same in whatever order it became known."""

import random
from datetime import timedelta

import pytest

from fleet.duty.follow import busy_drivers, follow_late
from fleet.duty.log import find_unidentified, rebuild
from fleet.duty.models import DutyStretch, Statement
from fleet.duty.queries import driving_time_left
from fleet.duty.tasks import follow_duty
from fleet.findings.models import Finding
from fleet.positions.models import Fix
from fleet.trips.models import Trip, TripState
from tests.duty_log.builders import EIGHT, drove, hours, log, reports, signed
from tests.people.builders import driver
from tests.routes.builders import route
from tests.vehicles.builders import place, registered

pytestmark = pytest.mark.django_db


@pytest.fixture
def there():
    return place()


@pytest.fixture
def bus(there):
    return registered(there)


@pytest.fixture
def someone(there):
    return driver(there)


def rebuilt(one, until=24.0):
    rebuild(one.pk, EIGHT - hours(1), EIGHT + hours(until))
    return log(one)


def trip_from(there, bus, start, end, one=None, **changes):
    pattern = route(there.school).patterns.get()
    return Trip.objects.create(
        pattern=pattern,
        service_date=EIGHT.date(),
        starts_at=EIGHT + hours(start),
        ends_at=EIGHT + hours(end),
        bus=bus,
        planned_bus=bus,
        driver=one,
        **changes,
    )


def findings(rule, **about):
    return list(Finding.objects.filter(rule=rule, withdrawn_at=None, **about).order_by("started_at"))


def test_who_is_signed_in_drives_what_the_bus_drives_and_rests_while_it_stands(someone, bus):
    signed(someone, bus, EIGHT, EIGHT + hours(3))
    drove(bus, EIGHT - hours(0.5), "D1h R30m D1h R2h")
    assert rebuilt(someone) == "driving 0-0.5, rest 0.5-1, driving 1-2, rest 2-3"


def test_a_short_stop_is_driving(someone, bus):
    signed(someone, bus, EIGHT, EIGHT + hours(2))
    drove(bus, EIGHT, "D1h R2m D58m")
    assert rebuilt(someone) == "driving 0-2"


def test_a_silent_bus_leaves_its_driver_unknown(someone, bus):
    signed(someone, bus, EIGHT, EIGHT + hours(4))
    drove(bus, EIGHT, "D1h ?1h D1h")
    assert rebuilt(someone) == "driving 0-0.98, driving 2-3"


def test_the_log_follows_a_driver_from_bus_to_bus(someone, bus, there):
    other = registered(there)
    signed(someone, bus, EIGHT, EIGHT + hours(1))
    signed(someone, other, EIGHT + hours(1), EIGHT + hours(2))
    for one in (bus, other):
        drove(one, EIGHT, "D2h")
    assert rebuilt(someone) == "driving 0-1, driving 1-2"
    assert list(someone.duty_log.values_list("bus", flat=True)) == [bus.pk, other.pk]


def test_whom_a_trip_names_drives_it_and_works_while_it_stands(someone, bus, there):
    trip_from(there, bus, 0, 1, someone)
    drove(bus, EIGHT - hours(1), "D1h30m R10m D1h")
    assert rebuilt(someone) == "driving 0-0.5, work 0.5-0.67, driving 0.67-1"


def test_who_is_signed_in_drove_and_not_whom_the_trip_names(someone, bus, there):
    other = driver(there)
    trip_from(there, bus, 0, 1, someone)
    signed(other, bus, EIGHT, EIGHT + hours(1))
    drove(bus, EIGHT, "D1h")
    assert (rebuilt(someone), rebuilt(other)) == ("", "driving 0-1")


def test_whom_a_trip_names_does_not_drive_it_while_signed_in_elsewhere(someone, bus, there):
    other = registered(there)
    trip_from(there, bus, 0, 1, someone)
    signed(someone, other, EIGHT, EIGHT + hours(1))
    drove(bus, EIGHT, "D1h")
    drove(other, EIGHT, "R1h")
    assert rebuilt(someone) == "rest 0-1"


def test_a_cancelled_trip_was_driven_by_nobody(someone, bus, there):
    trip_from(there, bus, 0, 1, someone, state=TripState.CANCELLED)
    drove(bus, EIGHT, "D1h")
    assert rebuilt(someone) == ""


def test_after_a_sign_out_the_driver_does_what_they_said(someone, bus):
    signed(someone, bus, EIGHT, EIGHT + hours(1), afterwards="rest")
    signed(someone, bus, EIGHT + hours(3), EIGHT + hours(4))
    drove(bus, EIGHT, "D1h ?2h D1h")
    assert rebuilt(someone) == "driving 0-0.98, rest 1-3, driving 3-4"


def test_what_people_enter_is_in_the_log_and_driving_weighs_more(someone, bus):
    signed(someone, bus, EIGHT, EIGHT + hours(1))
    drove(bus, EIGHT, "D1h")
    Statement.objects.create(
        driver=someone, activity="work", since=EIGHT - hours(1), until=EIGHT + hours(0.5)
    )
    assert rebuilt(someone) == "work -1-0, driving 0-1"


def test_too_much_driving_is_a_finding_about_the_driver(someone, bus):
    signed(someone, bus, EIGHT, EIGHT + hours(6))
    drove(bus, EIGHT, "D2h R10m D2h10m R30m D30m")
    rebuilt(someone)
    (one,) = findings("continuous_driving")
    assert (one.driver, one.started_at, one.peak, one.limit) == (someone, EIGHT, 15_000, 14_400)
    assert (one.severity, one.details["certain"], one.unit) == ("high", True, "s")


def test_driving_near_the_limit_is_a_warning(someone, bus):
    signed(someone, bus, EIGHT, EIGHT + hours(4))
    drove(bus, EIGHT, "D3h45m R15m")
    rebuilt(someone)
    assert findings("continuous_driving") == []
    (one,) = findings("driving_time_warning")
    assert (one.started_at, one.limit, one.severity) == (EIGHT + hours(3.5), 14_400, "medium")


def test_points_are_for_buses_that_are_not_small(someone, there):
    big, small = registered(there, capacity_pupils=30, capacity_adults=2), registered(there)
    small.capacity_pupils, small.capacity_adults = 7, 2
    small.save()
    for bus, start in ((big, 0), (small, 12)):
        signed(someone, bus, EIGHT + hours(start), EIGHT + hours(start + 4.5))
        drove(bus, EIGHT + hours(start), "D4h10m R20m")
    rebuilt(someone)
    assert [one.points for one in findings("continuous_driving")] == [9, None]


def test_what_stands_only_if_a_gap_was_no_rest_is_kept_for_the_record(someone, bus):
    signed(someone, bus, EIGHT, EIGHT + hours(6))
    drove(bus, EIGHT, "D2h ?1h D2h10m R20m")
    rebuilt(someone)
    (one,) = findings("continuous_driving")
    assert (one.severity, one.details["certain"], one.points) == ("record", False, None)
    assert one.details["unknown_s"] == 3660


def test_a_night_without_data_makes_no_spell_of_two_days(someone, bus):
    signed(someone, bus, EIGHT, EIGHT + hours(30))
    drove(bus, EIGHT, "D3h ?20h D3h R20m")
    rebuilt(someone, until=30)
    assert findings("continuous_driving") == []


def test_late_reports_correct_the_log_and_what_was_found(someone, bus):
    signed(someone, bus, EIGHT, EIGHT + hours(6))
    rows = reports(bus, EIGHT, "D2h R30m D2h10m R20m")
    late = [row for row in rows if EIGHT + hours(2.05) < row.time < EIGHT + hours(2.45)]
    Fix.objects.bulk_create(row for row in rows if row not in late)
    rebuilt(someone)
    assert [one.severity for one in findings("continuous_driving")] == ["record"]
    Fix.objects.bulk_create(late)
    follow_late({bus.pk: late[0].time}, EIGHT + hours(24))
    assert findings("continuous_driving") == []
    assert Finding.objects.filter(rule="continuous_driving", withdrawn_at__isnull=False).count() == 1


def test_the_log_is_the_same_made_at_once_or_bit_by_bit_in_any_order(someone, bus, there):
    other = registered(there)
    signed(someone, bus, EIGHT, EIGHT + hours(3), afterwards="rest")
    signed(someone, other, EIGHT + hours(5), EIGHT + hours(8))
    Statement.objects.create(
        driver=someone, activity="work", since=EIGHT + hours(4), until=EIGHT + hours(4.5)
    )
    drove(bus, EIGHT, "D1h R2m D40m ?10m D1h R1h")
    drove(other, EIGHT + hours(5), "D2h30m R10m D30m")
    whole = rebuilt(someone)
    told = list(Finding.objects.filter(withdrawn_at=None).values_list("rule", "started_at", "peak"))
    chance = random.Random(1)
    DutyStretch.objects.all().delete()
    starts = [EIGHT + hours(chance.uniform(-1, 9)) for _ in range(8)]
    for start in [*starts, EIGHT - hours(1)]:
        rebuild(someone.pk, start, EIGHT + hours(24))
    assert log(someone) == whole
    for start in starts:
        rebuild(someone.pk, start, EIGHT + hours(24))
    assert log(someone) == whole
    assert list(Finding.objects.filter(withdrawn_at=None).values_list("rule", "started_at", "peak")) == told


def test_a_bus_on_a_trip_that_nobody_is_known_to_drive_is_a_finding_until_somebody_is(someone, bus, there):
    trip = trip_from(there, bus, 0, 1)
    drove(bus, EIGHT - hours(0.5), "R30m D40m R20m D1h")
    now = EIGHT + hours(3)
    assert find_unidentified(EIGHT, now) == 1
    (one,) = findings("unidentified_driver", trip=trip)
    assert (one.started_at, one.last_at, one.peak) == (
        EIGHT - timedelta(minutes=0),
        EIGHT + hours(40 / 60),
        2400,
    )
    assert one.bus == bus and one.ended_at
    signed(someone, bus, EIGHT - hours(1), EIGHT + hours(2))
    assert find_unidentified(EIGHT, now) == 0
    assert findings("unidentified_driver") == []


def test_a_trip_whose_driver_is_named_is_no_finding(someone, bus, there):
    trip_from(there, bus, 0, 1, someone)
    drove(bus, EIGHT, "D1h")
    assert find_unidentified(EIGHT, EIGHT + hours(3)) == 0


def test_each_minute_the_logs_of_those_at_a_wheel_are_brought_up_to_date(someone, bus, there, monkeypatch):
    driver(there)
    signed(someone, bus, EIGHT)
    drove(bus, EIGHT, "D30m")
    monkeypatch.setattr("django.utils.timezone.now", lambda: EIGHT + hours(0.5))
    assert busy_drivers(EIGHT, EIGHT + hours(1)) == {someone.pk}
    assert follow_duty() == 1
    assert log(someone) == "driving 0.17-0.5"


def test_the_time_left_takes_what_is_unknown_as_rest(someone, bus):
    signed(someone, bus, EIGHT, EIGHT + hours(5))
    drove(bus, EIGHT, "D3h")
    rebuilt(someone)
    assert driving_time_left(someone, EIGHT + hours(3))[0].left_s == 3600
    assert driving_time_left(someone, EIGHT + hours(3.5))[0].left_s == 4 * 3600

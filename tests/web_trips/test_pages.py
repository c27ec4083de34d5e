"""The pages of trips: who sees which, what is done there, and that lists stay quick."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fleet.audit.models import AccessRecord, Action
from fleet.family.changes import set_privacy
from fleet.organisations.models import Role
from fleet.trips.models import StopVisit, Trip, TripState
from tests.duty_log.builders import signed
from tests.fleet.builders import bus, organisation, person
from tests.people.builders import driver
from tests.trips.builders import gate_check, line, trip_of

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def one():
    return line()


@pytest.fixture
def trip(one):
    return trip_of(one, timezone.now().replace(second=0, microsecond=0))


@pytest.fixture
def page(client, one):
    client.force_login(one.where.coordinator)
    return client


def text(answer):
    return answer.content.decode()


def test_the_board_says_what_blocks_a_trip_and_logs_who_was_named(page, one, trip):
    answer = page.get("/trips/", headers={"accept-language": "en"})
    assert answer.status_code == 200
    assert trip.bus.plate in text(answer)
    assert [str(obstacle) for obstacle in answer.context["page"].object_list[0].obstacles] == ["not_asked"]
    looked = AccessRecord.objects.filter(person=one.where.coordinator, action=Action.LIST)
    assert {record.object_id for record in looked} == {one.driver.pk, one.attendant.pk}


def test_late_trips_come_first(page, one, trip):
    late = trip_of(one, timezone.now() - timedelta(minutes=20))
    late.ends_at = timezone.now() + timedelta(minutes=10)
    late.save()
    early = trip_of(one, timezone.now() - timedelta(minutes=2))
    rows = page.get(f"/trips/?day={late.service_date}").context["page"].object_list
    assert rows[0].trip == late
    assert rows[0].is_late
    assert {row.trip.pk for row in rows} >= {early.pk, trip.pk}


def test_a_trip_is_let_go_with_one_button(page, trip):
    gate_check(trip)
    assert page.get(f"/trips/{trip.pk}/").context["may_dispatch"]
    answer = page.post(f"/trips/{trip.pk}/step/dispatch/", {"version": trip.version})
    assert answer.status_code == 302
    assert Trip.objects.get(pk=trip.pk).state == TripState.DISPATCHED


def test_what_is_in_the_way_is_said_on_the_trip_s_page(page, trip):
    answer = page.post(f"/trips/{trip.pk}/step/dispatch/", {"version": trip.version})
    assert answer.status_code == 409
    assert answer.context["problem"]
    assert Trip.objects.get(pk=trip.pk).state == TripState.PLANNED


def test_whoever_looked_before_it_changed_is_told(page, trip):
    Trip.objects.filter(pk=trip.pk).update(version=trip.version + 1)
    answer = page.post(f"/trips/{trip.pk}/step/cancel/", {"version": trip.version, "reason": "snow"})
    assert answer.status_code == 409


def test_a_trip_is_cancelled_with_a_reason(page, trip):
    page.post(f"/trips/{trip.pk}/step/cancel/", {"version": trip.version, "reason": "snow"})
    assert trip.events.get(kind="cancel").reason == "snow"


@pytest.mark.parametrize("step", ["plan_again", "nonsense"])
def test_steps_that_nobody_takes_by_hand_are_not_there(page, trip, step):
    assert page.post(f"/trips/{trip.pk}/step/{step}/").status_code == 404


def test_another_bus_is_named_in_one_form(page, one, trip):
    other = bus(one.where.operator)
    given = {
        "version": trip.version, "bus": other.pk, "driver": one.driver.pk, "attendant": one.attendant.pk,
        "reason": "flat tyre",
    }  # fmt: skip
    assert page.get(f"/trips/{trip.pk}/substitute/").status_code == 200
    assert page.post(f"/trips/{trip.pk}/substitute/", given).status_code == 302
    assert Trip.objects.get(pk=trip.pk).bus == other
    assert page.post(f"/trips/{trip.pk}/substitute/", given).status_code == 422


def test_who_is_at_the_wheel_instead_is_shown_and_becomes_the_driver_in_one_action(page, one, trip):
    other = driver(one.where)
    signed(other, trip.bus, trip.starts_at - timedelta(minutes=10))
    assert "Another driver is at the wheel" in text(page.get("/trips/", headers=ENGLISH))
    detail = page.get(f"/trips/{trip.pk}/", headers=ENGLISH)
    assert f"{other.name} has signed in" in text(detail)
    proposed = page.get(f"/trips/{trip.pk}/substitute/?driver={other.pk}").context["form"]
    assert str(proposed["driver"].value()) == str(other.pk)
    assert AccessRecord.objects.filter(person=one.where.coordinator, object_id=other.pk).exists()


@pytest.mark.parametrize(("begins_min", "is_own"), [(-10, True), (-50, False), (60, False)])
def test_the_planned_driver_and_who_signed_in_for_another_trip_are_no_news(
    page, one, trip, begins_min, is_own
):
    at_wheel = trip.driver if is_own else driver(one.where)
    signed(at_wheel, trip.bus, trip.starts_at + timedelta(minutes=begins_min))
    assert "Another driver is at the wheel" not in text(page.get("/trips/", headers=ENGLISH))


def test_lateness_is_explained(page, trip):
    page.post(f"/trips/{trip.pk}/lateness/", {"version": trip.version, "reason": "roadworks"})
    assert "roadworks" in text(page.get(f"/trips/{trip.pk}/"))


@pytest.mark.parametrize("path", ["", "step/cancel/", "step/dispatch/", "substitute/", "lateness/"])
def test_trips_of_others_are_not_there(client, trip, path):
    client.force_login(person(Role.COORDINATOR, organisation()))
    way = client.post if path else client.get
    assert way(f"/trips/{trip.pk}/{path}", {"reason": "x"}).status_code == 404


def test_the_school_sees_its_trips_but_changes_none(client, one, trip):
    client.force_login(one.where.principal)
    answer = client.get(f"/trips/{trip.pk}/")
    assert answer.status_code == 200
    assert not answer.context["may_cancel"]
    assert client.post(f"/trips/{trip.pk}/step/cancel/", {"reason": "x"}).status_code == 404
    assert client.get(f"/trips/{trip.pk}/substitute/").status_code == 404


def test_the_driver_sees_the_own_trip_only(client, one, trip):
    driving = person(Role.DRIVER, one.where.operator)
    one.driver.user = driving
    one.driver.save()
    stranger = trip_of(one)
    Trip.objects.filter(pk=stranger.pk).update(driver=None)
    client.force_login(driving)
    assert client.get(f"/trips/{trip.pk}/").status_code == 200
    assert client.get(f"/trips/{stranger.pk}/").status_code == 404


def test_an_export_is_logged(page, one, trip):
    answer = page.get(f"/trips/export.csv?day={trip.service_date}")
    assert trip.bus.plate in b"".join(answer.streaming_content).decode("utf-8-sig")
    assert AccessRecord.objects.filter(person=one.where.coordinator, action=Action.EXPORT).exists()
    assert page.get("/trips/export.pdf").status_code == 404


def test_who_may_export_nothing_finds_no_export(client, one, trip):
    client.force_login(person(Role.POLICE_OFFICER, one.where.district))
    assert client.get("/trips/export.csv").status_code == 404
    assert client.get("/punctuality/export.csv").status_code == 404


def test_figures_without_trips_say_what_to_do(page, one, trip):
    answer = page.get("/punctuality/")
    assert "/trips/" in text(answer)
    assert page.get(f"/accuracy/{one.where.school.pk}/").status_code == 200
    assert str(one.where.school) in text(page.get("/accuracy/"))


def test_days_in_the_wrong_order_are_told_at_their_field(page):
    answer = page.get("/punctuality/?first=2026-11-20&last=2026-11-10")
    assert answer.context["form"].errors["last"]


def test_strangers_read_a_school_s_accuracy_once_it_is_published(client, one):
    where = one.where
    address = f"/accuracy/{where.school.pk}/"
    assert client.get(address)["Location"].startswith("/sign-in/")
    set_privacy(school=where.school, changes={"publishes_accuracy": True}, by=where.principal)
    assert client.get(address).status_code == 200
    assert client.get("/accuracy/").status_code == 302
    set_privacy(school=where.school, changes={"publishes_accuracy": False}, by=where.principal)
    assert client.get(address).status_code == 302


def test_a_school_s_accuracy_is_open_to_everybody_signed_in(client, one):
    client.force_login(person())
    assert client.get(f"/accuracy/{one.where.school.pk}/").status_code == 200
    assert client.get("/punctuality/").status_code == 404


def test_a_board_of_two_thousand_trips_takes_few_queries(page, one, django_assert_max_num_queries):
    now = timezone.now()
    trips = Trip.objects.bulk_create(
        Trip(
            pattern=one.pattern, service_date=timezone.localdate(), starts_at=now + timedelta(seconds=number),
            ends_at=now + timedelta(hours=1), planned_bus=one.bus, bus=one.bus, driver=one.driver,
        )
        for number in range(2000)
    )  # fmt: skip
    stop = one.pattern.pattern_stops.first().stop
    StopVisit.objects.bulk_create(
        StopVisit(trip=trip, stop=stop, order=1, distance_m=0, planned_at=now) for trip in trips
    )
    page.get("/trips/")
    with django_assert_max_num_queries(22):
        answer = page.get("/trips/")
    assert answer.context["page"].paginator.count == 2000

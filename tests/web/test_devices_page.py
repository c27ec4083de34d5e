"""The page of devices: new ones are given to a bus with one click, by those who may."""

import pytest

from fleet.findings.models import Finding
from fleet.organisations.models import Kind, Role
from fleet.positions.models import LastPosition
from fleet.vehicles.models import DeviceAssignment
from tests.fleet.builders import bus, bus_with_device, buses, device, organisation, person, store
from tests.telematics.builders import drive

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator():
    return organisation(Kind.OPERATOR, organisation())


@pytest.fixture
def coordinator(client, operator):
    client.force_login(person(Role.COORDINATOR, operator))
    return client


def assign(client, unit, plate):
    return client.post(f"/devices/{unit.pk}/assign/", {"bus": plate}, follow=True)


def said(answer):
    return " ".join(str(message) for message in answer.context["messages"])


def test_a_new_device_is_shown_with_what_is_kept_for_it(coordinator):
    store(drive(50, 60, 70), "357001")
    (card,) = coordinator.get("/devices/").context["new_devices"]
    assert (card.identifier, card.reports_count) == ("357001", 3)
    assert card.last_position == pytest.approx((31.0, 121.0), abs=0.01)


def test_a_new_device_is_given_to_a_bus_with_all_that_it_has_sent(coordinator, operator):
    made, unit = bus(operator, plate="苏E12345"), device("357001")
    store(drive(50, 70, 72, 75, 40), "357001")
    answer = assign(coordinator, unit, " 苏e12345 ")
    assert "苏E12345" in said(answer)
    assert LastPosition.objects.get(device=unit).bus == made
    assert Finding.objects.get().bus == made
    assert not answer.context["new_devices"]
    assert [card.bus for card in answer.context["devices"]] == [made]


def test_a_device_can_be_given_to_another_bus_of_ones_own(coordinator, operator):
    _, unit = bus_with_device(operator)
    other = bus(operator)
    assign(coordinator, unit, other.plate)
    assert LastPosition.objects.get(device=unit).bus == other


def test_a_plate_that_is_not_there_is_told_and_changes_nothing(coordinator):
    unit = device()
    assert "NOPLATE" in said(assign(coordinator, unit, "noplate"))
    assert not DeviceAssignment.objects.exists()


def test_a_bus_of_others_is_as_if_it_were_not_there(coordinator):
    unit, foreign = device(), bus()
    told = said(assign(coordinator, unit, foreign.plate))
    assert told == said(assign(coordinator, unit, "NOPLATE")).replace("NOPLATE", foreign.plate)
    assert not DeviceAssignment.objects.exists()


def test_a_device_in_a_bus_of_others_can_not_be_taken_away(coordinator, operator):
    foreign, unit = bus_with_device()
    assert assign(coordinator, unit, bus(operator).plate).status_code == 404
    assert LastPosition.objects.get(device=unit).bus == foreign


def test_giving_a_device_to_its_own_bus_again_is_told(coordinator, operator):
    made, unit = bus_with_device(operator)
    assert str(unit) in said(assign(coordinator, unit, made.plate))
    assert DeviceAssignment.objects.count() == 1


@pytest.mark.parametrize("role", [Role.PRINCIPAL, None])
def test_those_who_may_not_assign_find_no_such_page(client, operator, role):
    unit, made = device(), bus(operator)
    client.force_login(person(role, operator))
    assert client.get("/devices/").status_code == 404
    assert assign(client, unit, made.plate).status_code == 404
    assert not DeviceAssignment.objects.exists()


def test_devices_of_other_operators_are_not_listed(coordinator):
    bus_with_device()
    page = coordinator.get("/devices/").context
    assert (list(page["devices"]), list(page["buses"]), list(page["new_devices"])) == ([], [], [])


def test_a_device_assignment_needs_a_post(coordinator):
    assert coordinator.get(f"/devices/{device().pk}/assign/").status_code == 405


def test_the_page_takes_as_many_queries_for_sixty_devices_as_for_three(
    coordinator, operator, django_assert_max_num_queries
):
    def fill(count):
        for _ in buses(count, operator):
            bus_with_device(operator)
            store(drive(30), device().identifier)

    fill(3)
    with django_assert_max_num_queries(20) as few:
        coordinator.get("/devices/")
    fill(20)
    with django_assert_max_num_queries(len(few)):
        assert coordinator.get("/devices/").status_code == 200

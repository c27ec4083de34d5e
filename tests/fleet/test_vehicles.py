"""Devices become known, wait for a bus, and move from bus to bus; what they sent stays where it was made."""

import pytest
from django.db import IntegrityError, transaction

from fleet.findings.models import Finding
from fleet.ingest.registry import Registry
from fleet.positions.models import LastPosition
from fleet.vehicles.changes import AssignmentError, give_device_to_bus, register_devices
from fleet.vehicles.models import Device, DeviceAssignment
from fleet.vehicles.queries import BusByTime, bus_of_device, new_devices, reports_of
from tests.fleet.builders import bus, bus_with_device, device, store
from tests.telematics.builders import at, drive

pytestmark = pytest.mark.django_db
SPEEDING = drive(50, 70, 72, 75, 40)


def test_a_device_is_registered_once_with_the_address_it_first_came_from():
    register_devices({"unit": "192.0.2.1:40000"})
    register_devices({"unit": "192.0.2.99:40000", "other": ""})
    assert dict(Device.objects.values_list("identifier", "peer")) == {"unit": "192.0.2.1:40000", "other": ""}
    assert LastPosition.objects.count() == 2


def test_a_device_that_was_in_no_bus_brings_along_all_that_it_has_sent():
    unit, made = device("held"), bus()
    store(SPEEDING, "held")
    give_device_to_bus(device=unit, bus=made)
    assert Finding.objects.get().bus == made
    assert LastPosition.objects.get(device=unit).bus == made
    assert bus_of_device([unit.pk]).at(unit.pk, at(0)) == made.pk


def test_a_device_that_moves_leaves_its_history_with_the_bus_before():
    before, unit = bus_with_device(identifier="moves")
    store(SPEEDING, "moves")
    after = bus()
    give_device_to_bus(device=unit, bus=after, at=at(60))
    assert Finding.objects.get().bus == before
    assert LastPosition.objects.get(device=unit).bus == after
    assert not LastPosition.objects.filter(bus=before).exists()
    history = bus_of_device([unit.pk])
    assert [history.at(unit.pk, time) for time in (at(59), at(60))] == [before.pk, after.pk]


def test_a_device_put_where_another_is_takes_its_place():
    made, replaced = bus_with_device()
    spare = device()
    give_device_to_bus(device=spare, bus=made)
    assert LastPosition.objects.get(bus=made).device == spare
    assert DeviceAssignment.objects.get(device=replaced).until is not None
    assert list(new_devices()) == [replaced]


def test_two_devices_can_change_places():
    (left, one), (right, other) = bus_with_device(), bus_with_device()
    give_device_to_bus(device=one, bus=right)
    give_device_to_bus(device=other, bus=left)
    current = DeviceAssignment.objects.filter(until__isnull=True)
    assert set(current.values_list("device", "bus")) == {(one.pk, right.pk), (other.pk, left.pk)}


def test_findings_made_while_a_device_was_in_no_bus_stay_without_one():
    """It had been in a bus before, so nobody knows whose speeding that was."""
    made, unit = bus_with_device(identifier="between")
    give_device_to_bus(device=device(), bus=made, at=at(-60))
    store(SPEEDING, "between")
    assert Finding.objects.get().bus is None
    give_device_to_bus(device=unit, bus=made, at=at(600))
    assert Finding.objects.get().bus is None


def test_giving_a_device_to_the_bus_that_it_is_in_is_refused_in_words():
    made, unit = bus_with_device()
    with pytest.raises(AssignmentError, match=str(unit)):
        give_device_to_bus(device=unit, bus=made)
    assert DeviceAssignment.objects.count() == 1


def test_the_database_itself_refuses_two_devices_in_a_bus_and_two_buses_for_a_device():
    made, unit = bus_with_device()
    for pair in ({"device": device(), "bus": made}, {"device": unit, "bus": bus()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DeviceAssignment.objects.create(since=at(0), **pair)
    with pytest.raises(IntegrityError), transaction.atomic():
        DeviceAssignment.objects.create(since=at(0), until=at(-1), device=device(), bus=bus())


def test_a_device_whose_time_in_a_bus_has_ended_waits_again_and_one_in_a_bus_does_not():
    made, ended = bus_with_device()
    aboard, never = device(), device()
    give_device_to_bus(device=aboard, bus=made)
    assert set(new_devices()) == {ended, never}
    give_device_to_bus(device=ended, bus=bus())
    assert set(new_devices()) == {never}


def test_devices_heard_last_wait_first_and_silent_ones_last():
    early, late, silent = device("early"), device("late"), device("silent")
    store(drive(30), "early")
    store(drive(30, start_s=60), "late")
    assert list(new_devices()) == [late, early, silent]


def test_no_bus_is_known_outside_of_the_times_in_one():
    unit, made = device(), bus()
    DeviceAssignment.objects.create(device=unit, bus=made, since=at(0), until=at(10))
    history = BusByTime(DeviceAssignment.objects.all())
    assert [history.at(unit.pk, at(s)) for s in (-1, 0, 9, 10)] == [None, made.pk, made.pk, None]


def test_reports_are_counted_for_each_device():
    store(drive(30, 30), "two")
    store(drive(30), "one")
    counts = reports_of(Device.objects.values_list("pk", flat=True))
    assert [counts[Device.objects.get(identifier=name).pk] for name in ("two", "one")] == [2, 1]


def test_strangers_are_admitted_up_to_a_bound_and_known_devices_always():
    device("waits")
    bus_with_device(identifier="aboard")
    registry = Registry(max_new_devices=2)
    assert [registry.admit(name, "peer") for name in ("new", "too-many", "new", "waits", "aboard")] == [
        True, False, True, True, True,
    ]  # fmt: skip
    assert registry.peer_of("new") == "peer"


def test_there_is_room_again_once_a_stranger_was_given_to_a_bus():
    waiting = device()
    registry = Registry(max_new_devices=1)
    assert not registry.admit("next", "peer")
    give_device_to_bus(device=waiting, bus=bus())
    registry.recount()
    assert registry.admit("next", "peer")
    registry.recount()
    assert not registry.admit("one too many", "peer")


def test_each_newcomer_is_to_be_registered_once():
    registry = Registry(max_new_devices=2)
    registry.admit("new", "peer")
    assert (registry.take_unregistered(), registry.take_unregistered()) == ({"new"}, set())

"""Buses are recorded with what can be right, by who may, and with who changed what and why."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from fleet.records import RecordError
from fleet.vehicles.changes import archive_bus, change_bus, create_bus, give_device_to_bus, restore_bus
from fleet.vehicles.models import Bus, BusType
from fleet.vehicles.queries import new_devices
from tests.fleet.builders import device, person
from tests.vehicles.builders import VIN, place, registered

pytestmark = pytest.mark.django_db


def test_a_bus_is_kept_as_its_plate_and_vin_are_written_properly_with_who_and_why():
    where = place()
    made = registered(where, plate=" 苏e·1234d ", vin="lsvam4187 c2184847", reason="bought")
    made.refresh_from_db()
    assert (made.plate, made.vin) == ("苏E1234D", VIN)
    entry = made.history.get()
    assert (entry.history_user, entry.history_change_reason) == (where.coordinator, "bought")


@pytest.mark.parametrize(
    ("field", "details"),
    [
        ("plate", {"plate": "苏EO2345"}),
        ("plate", {"plate": ""}),
        ("vin", {"vin": "LSVAM4188C2184847"}),
        ("bus_type", {"bus_type": "hovercraft"}),
        ("capacity_adults", {"capacity_pupils": 30}),
        ("capacity_pupils", {"capacity_pupils": 4, "capacity_adults": 2}),
        ("capacity_pupils", {"bus_type": BusType.KINDERGARTEN, "capacity_pupils": 43, "capacity_adults": 3}),
        ("capacity_pupils", {"bus_type": BusType.PRIMARY, "capacity_pupils": 54, "capacity_adults": 3}),
        ("first_registered_on", {"first_registered_on": timezone.localdate() + timedelta(2)}),
    ],
)
def test_what_cannot_be_right_is_refused_with_its_field_and_nothing_is_written(field, details):
    with pytest.raises(ValidationError) as refused:
        registered(place(), **details)
    assert set(refused.value.message_dict) == {field}
    assert not Bus.objects.exists()


def test_the_largest_buses_of_the_standard_are_taken():
    where = place()
    registered(where, bus_type=BusType.KINDERGARTEN, capacity_pupils=42, capacity_adults=3)
    assert (
        registered(where, bus_type=BusType.PRIMARY, capacity_pupils=52, capacity_adults=4).certified_capacity
        == 56
    )


def test_a_plate_and_a_vin_belong_to_one_bus_and_many_buses_may_have_no_vin():
    where = place()
    first = registered(where, vin=VIN)
    registered(where)
    registered(where)
    for twice in ({"plate": first.plate}, {"vin": VIN}):
        with pytest.raises(ValidationError):
            registered(where, **twice)
    with pytest.raises(IntegrityError), transaction.atomic():
        Bus.objects.create(plate="苏E99999", operator=where.operator, vin=VIN)


def test_a_change_keeps_what_was_before():
    where = place()
    made = registered(where, owner="A")
    changed = change_bus(made, {"owner": "B"}, by=where.coordinator, reason="sold")
    assert changed.owner == "B"
    assert [one.owner for one in made.history.order_by("history_id")] == ["A", "B"]


def test_only_data_of_a_bus_can_be_changed():
    where = place()
    made = registered(where)
    with pytest.raises(RecordError, match="archived_at"):
        change_bus(made, {"archived_at": None}, by=where.coordinator)


def test_an_archived_bus_stays_lets_its_device_go_and_is_not_changed():
    where = place()
    made, unit = registered(where), device()
    give_device_to_bus(device=unit, bus=made)
    with pytest.raises(RecordError):
        archive_bus(made, by=where.coordinator, reason=" ")
    archived = archive_bus(made, by=where.coordinator, reason="scrapped")
    assert unit in new_devices()
    assert Bus.objects.get().archived_at == archived.archived_at
    with pytest.raises(RecordError):
        archive_bus(made, by=where.coordinator, reason="again")
    with pytest.raises(RecordError):
        change_bus(made, {"owner": "B"}, by=where.coordinator)
    assert restore_bus(made, by=where.coordinator).archived_at is None
    with pytest.raises(RecordError):
        restore_bus(made, by=where.coordinator)


def test_who_may_not_change_buses_there_changes_nothing():
    where, elsewhere = place(), place()
    made = registered(where)
    for stranger in (where.principal, elsewhere.coordinator, person()):
        with pytest.raises(PermissionDenied):
            change_bus(made, {"owner": "B"}, by=stranger)
        with pytest.raises(PermissionDenied):
            archive_bus(made, by=stranger, reason="no")
        with pytest.raises(PermissionDenied):
            create_bus(by=stranger, plate="苏E77777", operator=where.operator)
    assert Bus.objects.get(pk=made.pk).owner == ""
    assert Bus.objects.count() == 1


def test_a_bus_is_not_moved_to_where_one_may_change_nothing():
    where, elsewhere = place(), place()
    made = registered(where, school=None)
    with pytest.raises(PermissionDenied):
        change_bus(made, {"operator": elsewhere.operator}, by=where.coordinator)
    assert Bus.objects.get().operator == where.operator

"""Stops are recorded, moved, approved, inspected and archived by who may, with who changed what and why."""

from datetime import date, timedelta

import pytest
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from fleet.organisations.models import Kind, Role
from fleet.records import RecordError
from fleet.routes.models import HazardKind, MarkingCondition, MarkingKind, Stop, StopMarking
from fleet.routes.stop_changes import (
    approve_stop,
    archive_stop,
    change_stop,
    create_stop,
    inspect_stop,
    record_hazard,
    record_marking,
)
from telematics.geometry import moved
from tests.fleet.builders import organisation, person
from tests.routes.builders import route
from tests.vehicles.builders import Place, place

pytestmark = pytest.mark.django_db
SIGN = MarkingKind.STOP_SIGN


@pytest.fixture
def where() -> Place:
    return place()


def stop_of(where: Place, **details) -> Stop:
    given = {
        "name": "村口",
        "place": Point(120, 30, srid=4326),
        "organisation": where.district,
        "school": where.school,
    } | details
    return create_stop(by=where.coordinator, reason="new village", **given)


def approved(where: Place) -> Stop:
    return approve_stop(
        stop=stop_of(where), number="站批001", approved_on=date(2026, 1, 1), by=officer(where)
    )


def officer(where: Place):
    return person(Role.POLICE_OFFICER, organisation(Kind.POLICE, where.district))


def metres_east(metres: float) -> Point:
    lat, lon = moved(30, 120, 90, metres)
    return Point(lon, lat, srid=4326)


def test_a_stop_is_kept_with_who_and_why(where):
    entry = stop_of(where).history.get()
    assert (entry.history_user, entry.history_change_reason) == (where.coordinator, "new village")


def test_a_principal_does_not_draw_stops(where):
    with pytest.raises(PermissionDenied):
        create_stop(by=where.principal, name="村口", place=Point(120, 30), organisation=where.school)


def test_a_stop_is_not_given_to_an_organisation_out_of_reach(where):
    with pytest.raises(ValidationError) as refused:
        stop_of(where, organisation=organisation(), school=where.school)
    assert set(refused.value.message_dict) == {"organisation"}


def test_an_approval_is_given_by_an_authority_and_not_by_a_form(where):
    stop = stop_of(where)
    with pytest.raises(PermissionDenied):
        approve_stop(stop=stop, number="1", approved_on=date(2026, 1, 1), by=where.coordinator)
    with pytest.raises(RecordError):
        change_stop(stop, {"approval_number": "1"}, by=where.coordinator)


@pytest.mark.parametrize(("metres", "number"), [(25, "站批001"), (35, "")])
def test_a_stop_moved_to_another_place_is_not_approved_there(where, metres, number):
    stop = change_stop(approved(where), {"place": metres_east(metres)}, by=where.coordinator)
    assert stop.approval_number == number
    assert bool(stop.approved_on) == bool(number)


def test_a_stop_that_a_route_serves_is_not_archived(where):
    served = route(where.school).patterns.get().pattern_stops.all()[0].stop
    with pytest.raises(RecordError, match="一号线"):
        archive_stop(served, by=where.coordinator, reason="road works")
    served.pattern_stops.get().pattern.delete()
    assert archive_stop(served, by=where.coordinator, reason="road works").archived_at


def test_an_inspection_gives_markings_their_condition_and_keeps_where_the_inspector_stood(where):
    stop = stop_of(where)
    known = record_marking(stop=stop, kind=SIGN, owner="公路站", by=where.coordinator)
    found: dict[str, str] = {SIGN: MarkingCondition.WORN, MarkingKind.ROAD_MARKING: MarkingCondition.MISSING}
    inspection = inspect_stop(
        stop=stop, conditions=found, place=metres_east(40), accuracy_m=6, by=where.principal
    )
    known.refresh_from_db()
    assert (known.condition, known.owner) == (MarkingCondition.WORN, "公路站")
    assert known.history.first().history_user == where.principal
    assert stop.markings.get(kind=MarkingKind.ROAD_MARKING).inspected_at == inspection.inspected_at
    assert inspection.from_stop_m == pytest.approx(40, abs=0.5)


def test_an_inspection_that_arrives_late_does_not_undo_a_newer_one(where):
    stop, now = stop_of(where), timezone.now()
    inspect_stop(stop=stop, conditions={SIGN: MarkingCondition.GOOD}, by=where.principal)
    inspect_stop(
        stop=stop,
        conditions={SIGN: MarkingCondition.MISSING},
        inspected_at=now - timedelta(hours=3),
        by=where.principal,
    )
    assert StopMarking.objects.get().condition == MarkingCondition.GOOD
    assert stop.inspections.count() == 2


@pytest.mark.parametrize(
    "details",
    [
        {"conditions": {}},
        {"conditions": {"neon_light": "good"}},
        {"conditions": {SIGN: "lovely"}},
        {"conditions": {SIGN: "good"}, "inspected_at": timezone.now() + timedelta(days=1)},
    ],
)
def test_an_inspection_that_cannot_be_right_leaves_nothing_behind(where, details):
    stop = stop_of(where)
    with pytest.raises(ValidationError):
        inspect_stop(stop=stop, by=where.principal, **details)
    assert not stop.inspections.exists()
    assert not stop.markings.exists()


def test_a_driver_does_not_inspect_stops(where):
    with pytest.raises(PermissionDenied):
        inspect_stop(stop=stop_of(where), conditions={SIGN: "good"}, by=person(Role.DRIVER, where.district))


def test_a_hazard_is_recorded_by_who_may_change_the_stop(where):
    stop = stop_of(where)
    assert record_hazard(stop=stop, kind=HazardKind.WATER, by=where.coordinator).stop == stop
    with pytest.raises(PermissionDenied):
        record_hazard(stop=stop, kind=HazardKind.WATER, by=where.principal)

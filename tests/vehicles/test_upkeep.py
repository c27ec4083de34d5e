"""A bus's papers: periods that clash are refused, defects are released by others, and what lapses is told."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from fleet.expiry import expiring
from fleet.organisations.models import Role
from fleet.records import RecordError
from fleet.vehicles import changes
from fleet.vehicles.models import Defect, Equipment, Insurance, SeatCheck, VehicleInspection
from fleet.vehicles.queries import equipment_on, insurance_on, newest_inspection, open_defects
from fleet.vehicles.upkeep import EquipmentKind, InspectionResult, InsuranceKind, MaintenanceKind, Severity
from tests.fleet.builders import person
from tests.vehicles.builders import place, registered

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 15)


@pytest.fixture(autouse=True)
def own_documents(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def insured(bus, by, first, last, **details):
    given = {
        "kind": InsuranceKind.CARRIER_LIABILITY,
        "insurer": "PICC",
        "policy_number": f"{first}",
    } | details
    return changes.record_insurance(bus=bus, by=by, valid_from=first, valid_until=last, **given)


def test_periods_of_one_kind_that_share_a_day_are_refused_with_both_fields():
    where = place()
    bus, by = registered(where), where.coordinator
    insured(bus, by, date(2026, 1, 1), date(2026, 12, 31))
    for first, last in (
        (date(2026, 12, 31), date(2027, 12, 30)),
        (date(2025, 1, 1), date(2026, 1, 1)),
        (date(2026, 3, 1), date(2026, 4, 1)),
        (date(2025, 3, 1), date(2027, 4, 1)),
    ):
        with pytest.raises(ValidationError) as refused:
            insured(bus, by, first, last, policy_number="other")
        assert set(refused.value.message_dict) == {"valid_from", "valid_until"}
    insured(bus, by, date(2027, 1, 1), date(2027, 12, 31))
    insured(
        bus, by, date(2026, 1, 1), date(2026, 12, 31), kind=InsuranceKind.THIRD_PARTY, policy_number="third"
    )
    insured(registered(where), by, date(2026, 1, 1), date(2026, 12, 31), policy_number="of another bus")
    assert Insurance.objects.count() == 4
    next_year = insurance_on(bus, InsuranceKind.CARRIER_LIABILITY, date(2027, 1, 1))
    assert next_year
    assert next_year.valid_until == date(2027, 12, 31)
    assert insurance_on(bus, InsuranceKind.CARRIER_LIABILITY, date(2028, 1, 1)) is None


def test_a_period_archived_by_mistake_makes_room_and_can_only_come_back_where_there_is_room():
    where = place()
    bus, by = registered(where), where.coordinator
    wrong = insured(bus, by, date(2026, 1, 1), date(2026, 12, 31))
    changes.archive_paper(wrong, by=by, reason="typed twice")
    right = insured(bus, by, date(2026, 2, 1), date(2027, 1, 31))
    assert insurance_on(bus, InsuranceKind.CARRIER_LIABILITY, TODAY) == right
    with pytest.raises(RecordError):
        changes.correct_paper(wrong, {"insurer": "CPIC"}, by=by, reason="")


def test_a_period_that_ends_before_it_begins_is_refused():
    where = place()
    with pytest.raises(ValidationError) as refused:
        insured(registered(where), where.coordinator, date(2026, 2, 1), date(2026, 1, 31))
    assert set(refused.value.message_dict) == {"valid_until"}


def test_a_correction_is_checked_and_kept():
    where = place()
    bus, by = registered(where), where.coordinator
    paper = insured(bus, by, date(2026, 1, 1), date(2026, 12, 31))
    insured(bus, by, date(2027, 1, 1), date(2027, 12, 31))
    changes.correct_paper(paper, {"insurer": "CPIC"}, by=by, reason="misread")
    assert paper.history.first().history_change_reason == "misread"
    with pytest.raises(ValidationError):
        changes.correct_paper(paper, {"valid_until": date(2027, 1, 1)}, by=by, reason="longer")
    with pytest.raises(RecordError, match="bus"):
        changes.correct_paper(paper, {"bus": registered(where)}, by=by, reason="other")
    assert Insurance.objects.get(pk=paper.pk).valid_until == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("result", "valid_until"),
    [
        (InspectionResult.PASSED, None),
        (InspectionResult.PASSED, date(2026, 4, 30)),
        (InspectionResult.FAILED, date(2026, 10, 31)),
    ],
)
def test_only_a_passed_inspection_is_valid_and_until_after_its_day(result, valid_until):
    where = place()
    with pytest.raises(ValidationError) as refused:
        changes.record_inspection(
            bus=registered(where), by=where.coordinator, inspected_on=date(2026, 5, 1), result=result,
            valid_until=valid_until,
        )  # fmt: skip
    assert set(refused.value.message_dict) == {"valid_until"}
    assert not VehicleInspection.objects.exists()


def test_the_newest_inspection_counts_also_when_it_was_failed():
    where = place()
    bus, by = registered(where), where.coordinator
    passed = changes.record_inspection(
        bus=bus, by=by, inspected_on=date(2026, 1, 5), result="passed", valid_until=date(2026, 7, 31)
    )
    failed = changes.record_inspection(bus=bus, by=by, inspected_on=date(2026, 6, 1), result="failed")
    assert newest_inspection(bus, date(2026, 5, 31)) == passed
    assert newest_inspection(bus, TODAY) == failed
    assert newest_inspection(bus, date(2025, 1, 1)) is None


def test_equipment_that_has_expired_is_not_aboard():
    where = place()
    bus, by = registered(where), where.coordinator
    for expires_on, count in ((TODAY, 1), (TODAY - timedelta(1), 5), (None, 2)):
        changes.record_equipment(
            bus=bus, by=by, kind=EquipmentKind.EXTINGUISHER, count=count, expires_on=expires_on
        )
    counts = equipment_on(bus, TODAY)
    assert counts[EquipmentKind.EXTINGUISHER] == 3
    assert counts[EquipmentKind.ESCAPE_HAMMER] == 0
    with pytest.raises(ValidationError):
        changes.record_equipment(bus=bus, by=by, kind=EquipmentKind.ESCAPE_HAMMER, count=0)
    assert Equipment.objects.count() == 3


def test_a_seat_check_tells_whether_the_seats_are_those_certified_and_takes_a_photograph():
    where = place()
    bus = registered(where, capacity_pupils=30, capacity_adults=2)
    seen = changes.record_seat_check(
        bus=bus,
        by=where.principal,
        seats_pupils=30,
        seats_adults=2,
        photograph=SimpleUploadedFile("seats.jpg", b"\xff\xd8\xff"),
    )
    assert seen.agrees
    assert seen.checked_by == where.principal
    more = changes.record_seat_check(bus=bus, by=where.principal, seats_pupils=34, seats_adults=2)
    assert not more.agrees
    with pytest.raises(ValidationError) as refused:
        changes.record_seat_check(
            bus=bus, by=where.principal, seats_pupils=30, seats_adults=2,
            photograph=SimpleUploadedFile("seats.exe", b"MZ"),
        )  # fmt: skip
    assert set(refused.value.message_dict) == {"photograph"}
    with pytest.raises(ValidationError) as refused:
        changes.record_seat_check(
            bus=bus, by=where.principal, seats_pupils=30, seats_adults=2,
            checked_at=timezone.now() + timedelta(hours=1),
        )  # fmt: skip
    assert set(refused.value.message_dict) == {"checked_at"}
    assert SeatCheck.objects.count() == 2


def test_maintenance_is_recorded_and_the_next_comes_after_it():
    where = place()
    given: dict[str, Any] = {"kind": MaintenanceKind.ROUTINE, "done_on": date(2026, 3, 1), "work": "brakes"}
    changes.record_maintenance(
        bus=registered(where), by=where.coordinator, next_due_on=date(2026, 9, 1), **given
    )
    with pytest.raises(ValidationError) as refused:
        changes.record_maintenance(
            bus=registered(where), by=where.coordinator, next_due_on=date(2026, 2, 1), **given
        )
    assert set(refused.value.message_dict) == {"next_due_on"}


def reported(bus, by, blocks_dispatch=True, severity=Severity.MAJOR):
    return changes.report_defect(
        bus=bus, by=by, description="left rear tyre worn", severity=severity, blocks_dispatch=blocks_dispatch
    )


def test_a_defect_that_blocks_dispatch_is_released_by_another_for_a_reason():
    where = place()
    defect = reported(registered(where), where.coordinator)
    assert list(open_defects(defect.bus)) == [defect]
    with pytest.raises(RecordError):
        changes.release_defect(defect, by=where.coordinator, reason="mended")
    with pytest.raises(PermissionDenied):
        changes.release_defect(defect, by=where.principal, reason="mended")
    other = person(Role.COORDINATOR, where.operator)
    with pytest.raises(RecordError):
        changes.release_defect(defect, by=other, reason="  ")
    released = changes.release_defect(defect, by=other, reason="tyre changed")
    assert (released.released_by, released.release_reason) == (other, "tyre changed")
    assert not open_defects(defect.bus)
    with pytest.raises(RecordError):
        changes.release_defect(defect, by=other, reason="again")


def test_a_defect_that_does_not_block_may_be_released_by_who_reported_it():
    where = place()
    defect = reported(registered(where), where.coordinator, blocks_dispatch=False, severity=Severity.MINOR)
    assert changes.release_defect(defect, by=where.coordinator, reason="wiped").released_at


def test_a_critical_defect_blocks_and_no_defect_is_archived_or_reworded():
    where = place()
    bus = registered(where)
    with pytest.raises(ValidationError) as refused:
        reported(bus, where.coordinator, blocks_dispatch=False, severity=Severity.CRITICAL)
    assert set(refused.value.message_dict) == {"blocks_dispatch"}
    defect = reported(bus, where.coordinator)
    with pytest.raises(RecordError):
        changes.archive_paper(defect, by=where.coordinator, reason="away")
    with pytest.raises(RecordError):
        changes.correct_paper(defect, {"blocks_dispatch": False}, by=where.coordinator, reason="away")


def test_the_database_itself_refuses_that_the_reporter_releases_what_blocks():
    where = place()
    defect = reported(registered(where), where.coordinator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Defect.objects.filter(pk=defect.pk).update(
            released_by=where.coordinator, released_at=timezone.now(), release_reason="mine"
        )


def test_papers_are_recorded_by_who_may_and_not_of_an_archived_bus():
    where = place()
    bus = registered(where)
    with pytest.raises(PermissionDenied):
        insured(bus, where.principal, date(2026, 1, 1), date(2026, 12, 31))
    changes.archive_bus(bus, by=where.coordinator, reason="scrapped")
    with pytest.raises(RecordError):
        insured(bus, where.coordinator, date(2026, 1, 1), date(2026, 12, 31))


def test_what_lapses_is_told_once_renewed_no_more_and_only_to_who_sees_the_bus():
    where = place()
    bus, by = registered(where), where.coordinator
    insured(bus, by, date(2025, 1, 1), date(2025, 12, 31))
    insured(bus, by, date(2026, 1, 1), date(2026, 6, 30))
    changes.record_inspection(
        bus=bus, by=by, inspected_on=date(2026, 1, 5), result="passed", valid_until=date(2026, 6, 20)
    )
    changes.record_equipment(bus=bus, by=by, kind=EquipmentKind.FIRST_AID_KIT, expires_on=date(2026, 6, 1))
    changes.record_equipment(bus=bus, by=by, kind=EquipmentKind.STOP_ARM)
    for done_on, next_due_on in ((date(2026, 1, 1), date(2026, 4, 1)), (date(2026, 4, 1), date(2026, 6, 18))):
        changes.record_maintenance(
            bus=bus, by=by, kind="routine", done_on=done_on, work="brakes", next_due_on=next_due_on
        )
    until = date(2026, 6, 30)
    assert {(one.object, one.lapses_on) for one in expiring(by, until, until)} == {
        (bus, date(2026, 6, 30)),
        (bus, date(2026, 6, 20)),
        (bus, date(2026, 6, 18)),
        (bus, date(2026, 6, 1)),
    }
    assert len(list(expiring(by, date(2026, 6, 19), until))) == 2
    assert list(expiring(person(Role.COORDINATOR, place().district), until, until)) == []
    insured(bus, by, date(2026, 7, 1), date(2026, 12, 31))
    assert len(list(expiring(by, until, until))) == 3
    changes.archive_bus(bus, by=by, reason="scrapped")
    assert list(expiring(by, until, until)) == []

"""Writes: drivers and attendants, and what is recorded of each."""

from collections.abc import Mapping
from typing import TypeVar

from django.db import transaction

from fleet.people.attendants import Attendant, AttendantCheck
from fleet.people.crew import CrewMember
from fleet.people.drivers import (
    AnnualReview,
    Driver,
    DriverCondition,
    DriverQualification,
    DriverRecord,
    MedicalCertificate,
    PointsRecord,
    TrainingHours,
)
from fleet.people.models import User
from fleet.records import (
    archive_record,
    create_record,
    refuse_archived,
    refuse_unless_allowed,
    restore_record,
    save_record,
    set_fields,
)

Member = TypeVar("Member", bound=CrewMember)
AnyRecord = TypeVar("AnyRecord", DriverCondition, DriverQualification, AnnualReview, MedicalCertificate,
                    PointsRecord, TrainingHours, AttendantCheck)  # fmt: skip

ATTENDANT_FIELDS = frozenset({"name", "identity_number", "born_on", "telephone", "operator"})
DRIVER_FIELDS = ATTENDANT_FIELDS | {
    "licence_class",
    "licence_first_issued_on",
    "licence_class_since",
    "licence_valid_until",
}
RECORD_FIELDS: Mapping[type[DriverRecord | AttendantCheck], frozenset[str]] = {
    DriverCondition: frozenset({"condition", "state", "established_on", "evidence", "document"}),
    DriverQualification: frozenset(
        {"number", "issuer", "issued_on", "valid_from", "valid_until", "document"}
    ),
    AnnualReview: frozenset({"cycle_ended_on", "reviewed_on", "passed", "document"}),
    MedicalCertificate: frozenset({"examined_on", "valid_until", "fit", "hospital", "document"}),
    PointsRecord: frozenset({"cycle_from", "points", "checked_on"}),
    TrainingHours: frozenset({"held_on", "hours", "subject", "document"}),
    AttendantCheck: frozenset({"kind", "done_on", "passed", "valid_until", "evidence", "document"}),
}
"""What can be given for each kind of record, and corrected."""


def create_driver(*, by: User, reason: str = "", **details: object) -> Driver:
    """Put a driver into the registry; see `create_member`."""
    return create_member(Driver(), details, DRIVER_FIELDS, by=by, reason=reason)


def create_attendant(*, by: User, reason: str = "", **details: object) -> Attendant:
    """Put an attendant into the registry; see `create_member`."""
    return create_member(Attendant(), details, ATTENDANT_FIELDS, by=by, reason=reason)


def change_driver(driver: Driver, changes: Mapping[str, object], *, by: User, reason: str = "") -> Driver:
    """Change the data of a driver; see `change_member`."""
    return change_member(driver, changes, DRIVER_FIELDS, by=by, reason=reason)


def change_attendant(
    attendant: Attendant, changes: Mapping[str, object], *, by: User, reason: str = ""
) -> Attendant:
    """Change the data of an attendant; see `change_member`."""
    return change_member(attendant, changes, ATTENDANT_FIELDS, by=by, reason=reason)


@transaction.atomic
def create_member(
    member: Member, details: Mapping[str, object], allowed: frozenset[str], *, by: User, reason: str
) -> Member:
    """Put someone who works aboard into the registry.

    Args:
        member: still empty.
        details: `name`, `identity_number` and `operator` at least.
        allowed: the fields that can be given.
        by: who does it.
        reason: kept in the history.

    Raises:
        PermissionDenied: where `by` may not change people of that employer.
        RecordError: for a field that can't be given.
        ValidationError: naming each field that can't be right.
    """
    set_fields(member, details, allowed)
    refuse_unless_allowed(by, permission("change", member), member)
    save_record(member, by=by, reason=reason)
    return member


@transaction.atomic
def change_member(
    member: Member, changes: Mapping[str, object], allowed: frozenset[str], *, by: User, reason: str
) -> Member:
    """Change the data of someone; who moves them to another employer needs the permission there too.

    Returns:
        The record as it is stored now.

    Raises:
        PermissionDenied: where `by` may not change it.
        RecordError: where it is archived, or a field can't be changed so.
        ValidationError: naming each field that can't be right.
    """
    member = locked(member)
    refuse_unless_allowed(by, permission("change", member), member)
    refuse_archived(member)
    set_fields(member, changes, allowed)
    refuse_unless_allowed(by, permission("change", member), member)
    save_record(member, by=by, reason=reason)
    return member


@transaction.atomic
def archive_member(member: Member, *, by: User, reason: str) -> Member:
    """Take a driver or an attendant out of use.

    Returns:
        The record as it is stored now.

    Raises:
        PermissionDenied: where `by` may not archive it.
        RecordError: where it is archived already, or no reason is given.
    """
    member = locked(member)
    refuse_unless_allowed(by, permission("archive", member), member)
    archive_record(member, by=by, reason=reason)
    return member


@transaction.atomic
def restore_member(member: Member, *, by: User, reason: str = "") -> Member:
    """Bring an archived driver or attendant back.

    Returns:
        The record as it is stored now.

    Raises:
        PermissionDenied: where `by` may not archive it.
        RecordError: where it is not archived.
        ValidationError: where the same person has been recorded again since.
    """
    member = locked(member)
    refuse_unless_allowed(by, permission("archive", member), member)
    restore_record(member, by=by, reason=reason)
    return member


def record_condition(*, driver: Driver, by: User, reason: str = "", **details: object) -> DriverCondition:
    """Record what was found out about a condition of Art 23; see `add_record`."""
    return add_record(DriverCondition(driver=driver), driver, details, by=by, reason=reason)


def record_qualification(
    *, driver: Driver, by: User, reason: str = "", **details: object
) -> DriverQualification:
    """Record a qualification to drive school buses; see `add_record`."""
    return add_record(DriverQualification(driver=driver), driver, details, by=by, reason=reason)


def record_review(*, driver: Driver, by: User, reason: str = "", **details: object) -> AnnualReview:
    """Record an annual review; see `add_record`."""
    return add_record(AnnualReview(driver=driver), driver, details, by=by, reason=reason)


def record_medical(*, driver: Driver, by: User, reason: str = "", **details: object) -> MedicalCertificate:
    """Record a medical examination; see `add_record`."""
    return add_record(MedicalCertificate(driver=driver), driver, details, by=by, reason=reason)


def record_points(*, driver: Driver, by: User, reason: str = "", **details: object) -> PointsRecord:
    """Record the points of a cycle; see `add_record`."""
    return add_record(PointsRecord(driver=driver), driver, details, by=by, reason=reason)


def record_training(*, driver: Driver, by: User, reason: str = "", **details: object) -> TrainingHours:
    """Record hours of study; see `add_record`."""
    return add_record(TrainingHours(driver=driver), driver, details, by=by, reason=reason)


def record_attendant_check(
    *, attendant: Attendant, by: User, reason: str = "", **details: object
) -> AttendantCheck:
    """Record training, health or background of an attendant; see `add_record`."""
    return add_record(AttendantCheck(attendant=attendant), attendant, details, by=by, reason=reason)


@transaction.atomic
def add_record(
    record: AnyRecord, member: Driver | Attendant, details: Mapping[str, object], *, by: User, reason: str
) -> AnyRecord:
    """Record something of a driver or an attendant.

    Raises:
        PermissionDenied: where `by` may not change that person's records.
        RecordError: where the person is archived, or a field can't be given.
        ValidationError: naming each field that can't be right.
    """
    member = locked(member)
    refuse_unless_allowed(by, permission("change", member), member)
    refuse_archived(member)
    create_record(record, details, RECORD_FIELDS[type(record)], by=by, reason=reason)
    return record


@transaction.atomic
def correct_record(record: AnyRecord, changes: Mapping[str, object], *, by: User, reason: str) -> AnyRecord:
    """Correct what was recorded; what it was before stays in the history.

    Raises:
        PermissionDenied: where `by` may not change that person's records.
        RecordError: where the record is archived, or a field can't be changed so.
        ValidationError: naming each field that can't be right.
    """
    member = locked(member_of(record))
    refuse_unless_allowed(by, permission("change", member), member)
    record.refresh_from_db()
    refuse_archived(record)
    set_fields(record, changes, RECORD_FIELDS[type(record)])
    save_record(record, by=by, reason=reason)
    return record


@transaction.atomic
def withdraw_record(record: AnyRecord, *, by: User, reason: str) -> AnyRecord:
    """Archive what was recorded by mistake.

    Raises:
        PermissionDenied: where `by` may not change that person's records.
        RecordError: where it is archived already, or no reason is given.
    """
    member = locked(member_of(record))
    refuse_unless_allowed(by, permission("change", member), member)
    record.refresh_from_db()
    archive_record(record, by=by, reason=reason)
    return record


def member_of(record: DriverRecord | AttendantCheck) -> Driver | Attendant:
    """Whose record it is."""
    return record.attendant if isinstance(record, AttendantCheck) else record.driver


def permission(action: str, member: CrewMember) -> str:
    """The name of a permission for a driver or an attendant."""
    return f"people.{action}_{member._meta.model_name}"


def locked(member: Member) -> Member:
    """Someone as they are stored, with the row locked until the transaction ends: records can't clash unseen."""
    stored: Member = type(member).objects.select_for_update().get(pk=member.pk)
    return stored

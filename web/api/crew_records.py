"""What is recorded of drivers (Art 23, 24, 26 of 校车安全管理条例) and of attendants."""

from datetime import date
from typing import Annotated

from ninja import Field, Router

from fleet.people import changes
from fleet.people.attendants import CheckKind
from fleet.people.drivers import Condition, State
from fleet.people.models import (
    AnnualReview,
    AttendantCheck,
    DriverCondition,
    DriverQualification,
    MedicalCertificate,
    PointsRecord,
    TrainingHours,
)
from web.api.attendants import ATTENDANT
from web.api.drivers import DRIVER
from web.api.fields import Count, Day, Flag, GivenLine, Line, MaybeText, Text, omitted
from web.api.payload import Change
from web.api.records import RecordAnswer, RecordKind, WithDocument, add_record_operations

router = Router(tags=["records of drivers and attendants"])

Hours = Annotated[float, Field(ge=0.5, lt=1000, multiple_of=0.1, strict=True)]


class ConditionRecordAnswer(WithDocument):
    """What was found out about a condition on a day; the newest counts."""

    driver_id: int
    condition: Condition
    state: State
    established_on: date
    evidence: MaybeText


class ConditionRecordChange(Change):
    """Fields of what was found out about a condition."""

    condition: Condition = omitted()
    state: State = omitted()
    established_on: Day = omitted()
    evidence: Text | None = omitted()


class NewConditionRecord(ConditionRecordChange):
    """Something that was found out about a condition."""

    condition: Condition
    state: State
    established_on: Day


class QualificationAnswer(WithDocument):
    """The qualification to drive school buses."""

    driver_id: int
    number: str
    issuer: str
    issued_on: date
    valid_from: date
    valid_until: date


class QualificationChange(Change):
    """Fields of a qualification."""

    number: GivenLine = omitted()
    issuer: GivenLine = omitted()
    issued_on: Day = omitted()
    valid_from: Day = omitted()
    valid_until: Day = omitted()


class NewQualification(QualificationChange):
    """A qualification to be recorded."""

    number: GivenLine
    issuer: GivenLine
    issued_on: Day
    valid_from: Day
    valid_until: Day


class ReviewAnswer(WithDocument):
    """An annual review."""

    driver_id: int
    cycle_ended_on: date
    reviewed_on: date
    passed: bool


class ReviewChange(Change):
    """Fields of an annual review."""

    cycle_ended_on: Day = omitted()
    reviewed_on: Day = omitted()
    passed: Flag = omitted()


class NewReview(ReviewChange):
    """An annual review to be recorded."""

    cycle_ended_on: Day
    reviewed_on: Day
    passed: Flag


class MedicalAnswer(WithDocument):
    """A medical certificate."""

    driver_id: int
    examined_on: date
    valid_until: date
    fit: bool
    hospital: MaybeText


class MedicalChange(Change):
    """Fields of a medical certificate."""

    examined_on: Day = omitted()
    valid_until: Day = omitted()
    fit: Flag = omitted()
    hospital: Line | None = omitted()


class NewMedical(MedicalChange):
    """A medical certificate to be recorded."""

    examined_on: Day
    valid_until: Day
    fit: Flag


class PointsAnswer(RecordAnswer):
    """Points in a cycle of twelve months."""

    driver_id: int
    cycle_from: date
    points: int
    checked_on: date


class PointsChange(Change):
    """Fields of points."""

    cycle_from: Day = omitted()
    points: Count = omitted()
    checked_on: Day = omitted()


class NewPoints(PointsChange):
    """Points to be recorded."""

    cycle_from: Day
    points: Count
    checked_on: Day


class TrainingAnswer(WithDocument):
    """Hours of study."""

    driver_id: int
    held_on: date
    hours: float
    subject: str


class TrainingChange(Change):
    """Fields of hours of study."""

    held_on: Day = omitted()
    hours: Hours = omitted()
    subject: GivenLine = omitted()


class NewTraining(TrainingChange):
    """Hours of study to be recorded."""

    held_on: Day
    hours: Hours
    subject: GivenLine


class CheckAnswer(WithDocument):
    """A check of an attendant: training, health or background."""

    attendant_id: int
    kind: CheckKind
    done_on: date
    passed: bool
    valid_until: date | None
    evidence: MaybeText


class CheckChange(Change):
    """Fields of a check."""

    kind: CheckKind = omitted()
    done_on: Day = omitted()
    passed: Flag = omitted()
    valid_until: Day | None = omitted()
    evidence: Text | None = omitted()


class NewCheck(CheckChange):
    """A check to be recorded."""

    kind: CheckKind
    done_on: Day
    passed: Flag


OF_DRIVERS = (
    RecordKind(
        "conditions", DriverCondition, ConditionRecordAnswer, NewConditionRecord, ConditionRecordChange,
        changes.record_condition, changes.correct_record, changes.withdraw_record,
    ),
    RecordKind(
        "qualifications", DriverQualification, QualificationAnswer, NewQualification, QualificationChange,
        changes.record_qualification, changes.correct_record, changes.withdraw_record,
    ),
    RecordKind(
        "reviews", AnnualReview, ReviewAnswer, NewReview, ReviewChange,
        changes.record_review, changes.correct_record, changes.withdraw_record,
    ),
    RecordKind(
        "medicals", MedicalCertificate, MedicalAnswer, NewMedical, MedicalChange,
        changes.record_medical, changes.correct_record, changes.withdraw_record,
    ),
    RecordKind(
        "points", PointsRecord, PointsAnswer, NewPoints, PointsChange,
        changes.record_points, changes.correct_record, changes.withdraw_record,
    ),
    RecordKind(
        "training", TrainingHours, TrainingAnswer, NewTraining, TrainingChange,
        changes.record_training, changes.correct_record, changes.withdraw_record,
    ),
)  # fmt: skip

OF_ATTENDANTS = RecordKind(
    "checks", AttendantCheck, CheckAnswer, NewCheck, CheckChange,
    changes.record_attendant_check, changes.correct_record, changes.withdraw_record,
)  # fmt: skip

for _kind in OF_DRIVERS:
    add_record_operations(router, DRIVER, _kind)
add_record_operations(router, ATTENDANT, OF_ATTENDANTS)

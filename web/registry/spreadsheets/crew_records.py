"""Spreadsheets of what is recorded of drivers and attendants: Art 23's conditions, reviews, health, points, training."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fleet.bulk import Bulk
from fleet.people import bulk
from fleet.people.attendants import CheckKind
from fleet.people.drivers import Condition, State
from fleet.people.models import (
    AttendantCheck,
    DriverCondition,
    DriverQualification,
    MedicalCertificate,
    TrainingHours,
    User,
)
from fleet.people.queries import attendants_for, drivers_for
from web.registry.spreadsheets.columns import Column
from web.registry.spreadsheets.contents import Day, Lookup, Number, WholeNumber
from web.registry.spreadsheets.modelled import enumeration, field_code, field_text, yes_or_no
from web.registry.spreadsheets.subjects import Subject

PEOPLE_FOR: dict[str, Callable[[User, str], Any]] = {"driver": drivers_for, "attendant": attendants_for}
HEADERS = {"driver": ("驾驶人", "Driver"), "attendant": ("随车照管人员", "Attendant")}


def named(member: Any) -> str:
    """A person as an export names them: so that two of one name can be told apart."""
    return f"{member.name} {member.masked_identity_number}"


def person_column(person: User, owner: str) -> Column:
    """The driver or the attendant."""

    def found() -> Iterator[tuple[Any, tuple[str, ...]]]:
        for one in PEOPLE_FOR[owner](person, f"people.change_{owner}").current():
            whole = f"{one.name} {one.identity_number}"
            yield one, (one.name, named(one), one.identity_number, whole)

    return Column(
        owner,
        *HEADERS[owner],
        Lookup(found, text_of=named),
        required=True,
        example="王师傅 110*************2X",
        note=_("The identity number, or the name, or both; the number may be masked, as in an export."),
    )


def condition_columns(person: User) -> Sequence[Column]:
    """What was found out about a condition of Art 23."""
    conditions, states = enumeration(Condition), enumeration(State)
    return [
        person_column(person, "driver"),
        Column("condition", "条件", "Condition", conditions, required=True, example=conditions.choices()[0]),
        Column("state", "是否符合", "State", states, required=True, example=states.choices()[0]),
        Column("established_on", "核实日期", "Established", Day(), required=True, example="2026-08-20"),
        Column(
            "evidence",
            "依据",
            "Evidence",
            field_text(DriverCondition, "evidence"),
            empty="",
            note=_("What shows it; needed unless the state is unknown."),
        ),
    ]


def qualification_columns(person: User) -> Sequence[Column]:
    """What is known of a qualification to drive school buses."""
    return [
        person_column(person, "driver"),
        Column("number", "资格编号", "Number", field_code(DriverQualification, "number"), required=True),
        Column("issuer", "发证机关", "Issuer", field_text(DriverQualification, "issuer"), required=True),
        Column("issued_on", "发证日期", "Issued", Day(), required=True, example="2024-03-02"),
        Column("valid_from", "有效期起", "Valid from", Day(), required=True, example="2024-03-02"),
        Column("valid_until", "有效期至", "Valid until", Day(), required=True, example="2030-03-01"),
    ]


def review_columns(person: User) -> Sequence[Column]:
    """What is known of an annual review."""
    return [
        person_column(person, "driver"),
        Column("cycle_ended_on", "记分周期截止", "Cycle ended", Day(), required=True, example="2026-08-31"),
        Column("reviewed_on", "审验日期", "Reviewed", Day(), required=True, example="2026-09-10"),
        Column("passed", "是否通过", "Passed", yes_or_no(), required=True, example=yes_or_no().choices()[0]),
    ]


def medical_columns(person: User) -> Sequence[Column]:
    """What is known of a medical examination."""
    return [
        person_column(person, "driver"),
        Column("examined_on", "体检日期", "Examined", Day(), required=True, example="2026-06-01"),
        Column("valid_until", "有效期至", "Valid until", Day(), required=True, example="2026-12-01"),
        Column(
            "fit",
            "是否适宜驾驶",
            "Fit to drive",
            yes_or_no(),
            required=True,
            example=yes_or_no().choices()[0],
        ),
        Column("hospital", "体检医院", "Hospital", field_text(MedicalCertificate, "hospital"), empty=""),
    ]


def points_columns(person: User) -> Sequence[Column]:
    """Points in a cycle."""
    return [
        person_column(person, "driver"),
        Column("cycle_from", "记分周期起", "Cycle begins", Day(), required=True, example="2025-09-01"),
        Column("points", "记分", "Points", WholeNumber(0, 1000), required=True, example="0"),
        Column("checked_on", "查询日期", "Checked", Day(), required=True, example="2026-08-20"),
    ]


def training_columns(person: User) -> Sequence[Column]:
    """Hours of study."""
    hours = Number(Decimal("0.5"), Decimal("999.9"))
    return [
        person_column(person, "driver"),
        Column("held_on", "培训日期", "Held", Day(), required=True, example="2026-08-20"),
        Column("hours", "学时", "Hours", hours, required=True, example="3"),
        Column("subject", "培训内容", "Subject", field_text(TrainingHours, "subject"), required=True),
    ]


def check_columns(person: User) -> Sequence[Column]:
    """What was found out about an attendant."""
    kinds = enumeration(CheckKind)
    return [
        person_column(person, "attendant"),
        Column("kind", "类别", "Kind", kinds, required=True, example=kinds.choices()[0]),
        Column("done_on", "日期", "Done", Day(), required=True, example="2026-08-20"),
        Column("passed", "是否合格", "Passed", yes_or_no(), required=True, example=yes_or_no().choices()[0]),
        Column("valid_until", "有效期至", "Valid until", Day(), example="2027-08-19"),
        Column("evidence", "依据", "Evidence", field_text(AttendantCheck, "evidence"), required=True),
    ]


def of_people(
    slug: str,
    sheet_zh: str,
    sheet_en: str,
    title: str | Promise,
    key: tuple[str, ...],
    stored_by: Bulk,
    columns: Callable[[User], Sequence[Column]],
) -> Subject:
    """A kind of record; whoever may change or export a person may do so with what is recorded of them."""
    owner = stored_by.owner

    def records_for(person: User, permission: str) -> QuerySet[Any]:
        people = PEOPLE_FOR[owner](person, permission)
        found: QuerySet[Any] = stored_by.model.objects.filter(**{f"{owner}__in": people})
        return found.select_related(owner)

    return Subject(
        slug=slug,
        sheet_zh=sheet_zh,
        sheet_en=sheet_en,
        title=title,
        key=(owner, *key),
        bulk=stored_by,
        export=f"people.export_{owner}",
        columns=columns,
        records_for=records_for,
        list_page=f"{owner}_list",
        related=(owner,),
        person_of=lambda record: getattr(record, owner),
    )


CREW_RECORDS = (
    of_people(
        "conditions",
        "驾驶人条件",
        "Conditions",
        _("Conditions of drivers"),
        ("condition", "established_on"),
        bulk.CONDITIONS,
        condition_columns,
    ),
    of_people(
        "qualifications",
        "校车驾驶资格",
        "Qualifications",
        _("Drivers' qualifications"),
        ("number",),
        bulk.QUALIFICATIONS,
        qualification_columns,
    ),
    of_people(
        "reviews",
        "驾驶人审验",
        "Annual reviews",
        _("Annual reviews of drivers"),
        ("cycle_ended_on", "reviewed_on"),
        bulk.REVIEWS,
        review_columns,
    ),
    of_people(
        "medicals",
        "驾驶人体检",
        "Medical certificates",
        _("Medical certificates of drivers"),
        ("examined_on",),
        bulk.MEDICALS,
        medical_columns,
    ),
    of_people(
        "points",
        "驾驶人记分",
        "Points",
        _("Points of drivers"),
        ("cycle_from",),
        bulk.POINTS,
        points_columns,
    ),
    of_people(
        "training",
        "驾驶人培训",
        "Training",
        _("Training of drivers"),
        ("held_on", "subject"),
        bulk.TRAINING,
        training_columns,
    ),
    of_people(
        "attendant-checks",
        "照管人员核查",
        "Attendants' checks",
        _("Checks of attendants"),
        ("kind", "done_on"),
        bulk.CHECKS,
        check_columns,
    ),
)

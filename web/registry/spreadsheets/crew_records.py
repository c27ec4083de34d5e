"""Spreadsheets of what is recorded of drivers and attendants: conditions, reviews, health, points, training."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

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
from web.registry.spreadsheets.owned import records_of

PEOPLE_FOR: dict[str, Callable[[User, str], Any]] = {"driver": drivers_for, "attendant": attendants_for}
HEADERS = {"driver": ("驾驶人", "Driver"), "attendant": ("随车照管人员", "Attendant")}


def named(member: Any) -> str:
    """A person as an export names them: so that two of one name can be told apart."""
    return f"{member.name} {member.masked_identity_number}"


def person_lookup(person: User, owner: str, permission: str) -> Lookup:
    """One of the drivers or attendants for whom a person has a permission."""

    def found() -> Iterator[tuple[Any, tuple[str, ...]]]:
        for one in PEOPLE_FOR[owner](person, permission).current():
            whole = f"{one.name} {one.identity_number}"
            yield one, (one.name, named(one), one.identity_number, whole)

    return Lookup(found, text_of=named)


def person_column(person: User, owner: str) -> Column:
    """The driver or the attendant."""
    return Column(
        owner,
        *HEADERS[owner],
        person_lookup(person, owner, f"people.change_{owner}"),
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


of_drivers = partial(
    records_of, drivers_for, export="people.export_driver", list_page="driver_list", is_personal=True
)
of_attendants = partial(
    records_of, attendants_for, export="people.export_attendant", list_page="attendant_list", is_personal=True
)

CREW_RECORDS = (
    of_drivers(
        bulk.CONDITIONS,
        slug="conditions",
        sheet_zh="驾驶人条件",
        sheet_en="Conditions",
        title=_("Conditions of drivers"),
        key=("condition", "established_on"),
        columns=condition_columns,
    ),
    of_drivers(
        bulk.QUALIFICATIONS,
        slug="qualifications",
        sheet_zh="校车驾驶资格",
        sheet_en="Qualifications",
        title=_("Drivers' qualifications"),
        key=("number",),
        columns=qualification_columns,
    ),
    of_drivers(
        bulk.REVIEWS,
        slug="reviews",
        sheet_zh="驾驶人审验",
        sheet_en="Annual reviews",
        title=_("Annual reviews of drivers"),
        key=("cycle_ended_on", "reviewed_on"),
        columns=review_columns,
    ),
    of_drivers(
        bulk.MEDICALS,
        slug="medicals",
        sheet_zh="驾驶人体检",
        sheet_en="Medical certificates",
        title=_("Medical certificates of drivers"),
        key=("examined_on",),
        columns=medical_columns,
    ),
    of_drivers(
        bulk.POINTS,
        slug="points",
        sheet_zh="驾驶人记分",
        sheet_en="Points",
        title=_("Points of drivers"),
        key=("cycle_from",),
        columns=points_columns,
    ),
    of_drivers(
        bulk.TRAINING,
        slug="training",
        sheet_zh="驾驶人培训",
        sheet_en="Training",
        title=_("Training of drivers"),
        key=("held_on", "subject"),
        columns=training_columns,
    ),
    of_attendants(
        bulk.CHECKS,
        slug="attendant-checks",
        sheet_zh="照管人员核查",
        sheet_en="Attendants' checks",
        title=_("Checks of attendants"),
        key=("kind", "done_on"),
        columns=check_columns,
    ),
)

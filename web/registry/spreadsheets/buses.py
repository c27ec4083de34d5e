"""Spreadsheets of buses."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from fleet.grants import reach_with
from fleet.organisations.models import Kind, Organisation
from fleet.people.models import User
from fleet.vehicles.bulk import archive_buses, store_buses
from fleet.vehicles.models import Bus, BusType
from web.registry.access import changeable_buses, may_add_buses
from web.registry.spreadsheets.columns import Column, Day, WholeNumber
from web.registry.spreadsheets.modelled import enumeration, field_text, organisations
from web.registry.spreadsheets.subjects import Subject


def bus_columns(person: User) -> Sequence[Column]:
    """The columns of a spreadsheet of buses, with the organisations that a person may name."""
    reached = Organisation.objects.filter(pk__in=reach_with(person, "vehicles.change_bus"))
    operators = organisations(reached.filter(kind=Kind.OPERATOR))
    schools = organisations(reached.filter(kind=Kind.SCHOOL))
    types = enumeration(BusType)
    return [
        Column(
            "plate",
            "车牌号",
            "Plate",
            field_text(Bus, "plate"),
            required=True,
            example="苏E12345",
            note=_("A bus is recognised by its plate."),
        ),
        Column(
            "operator",
            "运营单位",
            "Operator",
            operators,
            required=True,
            example=first(operators.choices()),
            note=_("The operator's name, as it is in the registry."),
        ),
        Column(
            "school",
            "服务学校",
            "School",
            schools,
            example=first(schools.choices()),
            note=_("The school's name, as it is in the registry."),
        ),
        Column(
            "bus_type",
            "车辆类型",
            "Type",
            types,
            example=types.choices()[1],
            empty="",
            note=_("Choose from the list."),
        ),
        Column("capacity_pupils", "核定学生人数", "Pupils", WholeNumber(0, 200), example="36"),
        Column("capacity_adults", "核定成人人数", "Adults", WholeNumber(0, 200), example="3"),
        Column(
            "vin",
            "车辆识别代号",
            "VIN",
            field_text(Bus, "vin"),
            example="LZYTBTD64N1000001",
            empty="",
            unique=True,
        ),
        Column("engine_number", "发动机号", "Engine number", field_text(Bus, "engine_number"), empty=""),
        Column("make", "品牌", "Make", field_text(Bus, "make"), example="宇通", empty=""),
        Column("model", "型号", "Model", field_text(Bus, "model"), example="ZK6805", empty=""),
        Column("owner", "所有人", "Owner", field_text(Bus, "owner"), empty=""),
        Column("first_registered_on", "注册日期", "First registered", Day(), example="2023-08-15"),
    ]


def first(texts: Sequence[str]) -> str:
    """The first text, if any."""
    return texts[0] if texts else ""


BUSES = Subject(
    slug="buses",
    sheet_zh="校车",
    sheet_en="Buses",
    title=_("Buses"),
    key="plate",
    model=Bus,
    related=("operator", "school"),
    columns=bus_columns,
    in_reach=changeable_buses,
    may_import=may_add_buses,
    store=store_buses,
    archive=archive_buses,
)

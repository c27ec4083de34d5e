"""Spreadsheets of buses."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from fleet.organisations.models import Kind
from fleet.people.models import User
from fleet.vehicles.bulk import BUSES as BULK
from fleet.vehicles.models import Bus, BusType
from fleet.vehicles.queries import buses_for
from web.registry.forms import EMPLOYERS
from web.registry.spreadsheets.columns import Column
from web.registry.spreadsheets.contents import Day, WholeNumber
from web.registry.spreadsheets.modelled import (
    enumeration,
    field_code,
    field_text,
    organisation_column,
    reached_organisations,
)
from web.registry.spreadsheets.subjects import Subject


def bus_columns(person: User) -> Sequence[Column]:
    """The columns of a spreadsheet of buses, with the organisations that a person may name."""
    operators = reached_organisations(person, BULK.change, EMPLOYERS)
    schools = reached_organisations(person, BULK.change, (Kind.SCHOOL,))
    types = enumeration(BusType)
    return [
        Column(
            "plate",
            "车牌号",
            "Plate",
            field_code(Bus, "plate"),
            required=True,
            example="苏E12345",
            note=_("A bus is recognised by its plate."),
        ),
        organisation_column("operator", "运营单位", "Operator", operators, required=True),
        organisation_column("school", "服务学校", "School", schools),
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
        Column("vin", "车辆识别代号", "VIN", field_code(Bus, "vin"), example="LZYTBTD64N1000001", empty=""),
        Column("engine_number", "发动机号", "Engine number", field_code(Bus, "engine_number"), empty=""),
        Column("make", "品牌", "Make", field_text(Bus, "make"), example="宇通", empty=""),
        Column("model", "型号", "Model", field_text(Bus, "model"), example="ZK6805", empty=""),
        Column("owner", "所有人", "Owner", field_text(Bus, "owner"), empty=""),
        Column("first_registered_on", "注册日期", "First registered", Day(), example="2023-08-15"),
    ]


BUSES = Subject(
    slug="buses",
    sheet_zh="校车",
    sheet_en="Buses",
    title=_("Buses"),
    key=("plate",),
    bulk=BULK,
    export="vehicles.export_bus",
    columns=bus_columns,
    records_for=buses_for,
    list_page="bus_list",
    related=("operator", "school"),
    is_known_for_ever=True,
)

"""Spreadsheets of what is recorded of buses: inspections, insurances, equipment, maintenance."""

from collections.abc import Iterator, Sequence
from functools import partial

from django.utils.translation import gettext_lazy as _

from fleet.people.models import User
from fleet.vehicles import bulk
from fleet.vehicles.models import Bus, Equipment, Insurance, Maintenance, VehicleInspection
from fleet.vehicles.plates import normalise_plate
from fleet.vehicles.queries import buses_for
from fleet.vehicles.upkeep import EquipmentKind, InspectionResult, InsuranceKind, MaintenanceKind
from web.registry.spreadsheets.columns import Column
from web.registry.spreadsheets.contents import Day, Lookup, WholeNumber
from web.registry.spreadsheets.modelled import enumeration, field_code, field_text
from web.registry.spreadsheets.owned import records_of


def plate_lookup(person: User, permission: str) -> Lookup:
    """One of the buses for which a person has a permission, by its plate."""

    def found() -> Iterator[tuple[Bus, tuple[str, ...]]]:
        for bus in buses_for(person, permission).filter(archived_at__isnull=True):
            yield bus, (bus.plate,)

    return Lookup(found, text_of=str, fold=normalise_plate)


def plate_column(person: User, permission: str = "vehicles.change_bus") -> Column:
    """The bus, by its plate."""
    return Column(
        "bus",
        "车牌号",
        "Plate",
        plate_lookup(person, permission),
        required=True,
        example="苏E12345",
        note=_("The plate of a bus that is in the registry."),
    )


def inspection_columns(person: User) -> Sequence[Column]:
    """What is known of an inspection."""
    results = enumeration(InspectionResult)
    return [
        plate_column(person),
        Column("inspected_on", "检验日期", "Inspected", Day(), required=True, example="2026-03-02"),
        Column("result", "检验结果", "Result", results, required=True, example=results.choices()[0]),
        Column(
            "valid_until",
            "有效期至",
            "Valid until",
            Day(),
            example="2026-09-30",
            note=_("Only of one that was passed."),
        ),
        Column("station", "检验机构", "Station", field_text(VehicleInspection, "station"), empty=""),
    ]


def insurance_columns(person: User) -> Sequence[Column]:
    """What is known of an insurance."""
    kinds = enumeration(InsuranceKind)
    return [
        plate_column(person),
        Column("kind", "险种", "Kind", kinds, required=True, example=kinds.choices()[0]),
        Column("insurer", "保险公司", "Insurer", field_text(Insurance, "insurer"), required=True),
        Column(
            "policy_number", "保单号", "Policy number", field_code(Insurance, "policy_number"), required=True
        ),
        Column("valid_from", "起保日期", "Valid from", Day(), required=True, example="2026-01-01"),
        Column("valid_until", "终保日期", "Valid until", Day(), required=True, example="2026-12-31"),
    ]


def equipment_columns(person: User) -> Sequence[Column]:
    """What is known of equipment."""
    kinds = enumeration(EquipmentKind)
    return [
        plate_column(person),
        Column("kind", "设备", "Kind", kinds, required=True, example=kinds.choices()[0]),
        Column("count", "数量", "Count", WholeNumber(1, 100), required=True, example="4"),
        Column("expires_on", "有效期至", "Expires", Day(), example="2028-06-30"),
        Column("checked_on", "检查日期", "Checked", Day(), example="2026-08-20"),
        Column("note", "备注", "Note", field_text(Equipment, "note"), empty=""),
    ]


def maintenance_columns(person: User) -> Sequence[Column]:
    """What is known of work done on a bus."""
    kinds = enumeration(MaintenanceKind)
    return [
        plate_column(person),
        Column("kind", "类别", "Kind", kinds, required=True, example=kinds.choices()[0]),
        Column("done_on", "完成日期", "Done", Day(), required=True, example="2026-08-20"),
        Column("work", "维护内容", "Work", field_text(Maintenance, "work"), required=True),
        Column("workshop", "维修单位", "Workshop", field_text(Maintenance, "workshop"), empty=""),
        Column("odometer_km", "里程（公里）", "Odometer (km)", WholeNumber(0, 5_000_000), example="48200"),
        Column("next_due_on", "下次维护日期", "Next due", Day(), example="2027-02-20"),
    ]


of_buses = partial(records_of, buses_for, export="vehicles.export_bus", list_page="bus_list")

BUS_PAPERS = (
    of_buses(
        bulk.INSPECTIONS,
        slug="inspections",
        sheet_zh="校车检验",
        sheet_en="Inspections",
        title=_("Inspections of buses"),
        key=("inspected_on", "result"),
        columns=inspection_columns,
    ),
    of_buses(
        bulk.INSURANCES,
        slug="insurances",
        sheet_zh="校车保险",
        sheet_en="Insurances",
        title=_("Insurances of buses"),
        key=("insurer", "policy_number"),
        columns=insurance_columns,
    ),
    of_buses(
        bulk.EQUIPMENT,
        slug="equipment",
        sheet_zh="校车设备",
        sheet_en="Equipment",
        title=_("Equipment of buses"),
        key=("kind", "expires_on", "note"),
        columns=equipment_columns,
    ),
    of_buses(
        bulk.MAINTENANCE,
        slug="maintenance",
        sheet_zh="校车维护",
        sheet_en="Maintenance",
        title=_("Maintenance of buses"),
        key=("kind", "done_on", "work"),
        columns=maintenance_columns,
    ),
)

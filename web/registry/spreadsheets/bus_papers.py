"""Spreadsheets of what is recorded of buses: inspections, insurances, equipment, maintenance."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fleet.bulk import Bulk
from fleet.people.models import User
from fleet.vehicles import bulk
from fleet.vehicles.models import Bus, Equipment, Insurance, Maintenance, VehicleInspection
from fleet.vehicles.plates import normalise_plate
from fleet.vehicles.queries import buses_for
from fleet.vehicles.upkeep import EquipmentKind, InspectionResult, InsuranceKind, MaintenanceKind
from web.registry.spreadsheets.columns import Column
from web.registry.spreadsheets.contents import Day, Lookup, WholeNumber
from web.registry.spreadsheets.modelled import enumeration, field_code, field_text
from web.registry.spreadsheets.subjects import Subject


def plate_column(person: User) -> Column:
    """The bus, by its plate."""

    def found() -> Iterator[tuple[Bus, tuple[str, ...]]]:
        for bus in buses_for(person, "vehicles.change_bus").filter(archived_at__isnull=True):
            yield bus, (bus.plate,)

    return Column(
        "bus",
        "车牌号",
        "Plate",
        Lookup(found, text_of=str, fold=normalise_plate),
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


def of_buses(
    slug: str,
    sheet_zh: str,
    sheet_en: str,
    title: str | Promise,
    key: tuple[str, ...],
    stored_by: Bulk,
    columns: Callable[[User], Sequence[Column]],
) -> Subject:
    """A kind of paper; whoever may change or export a bus may do so with its papers."""

    def records_for(person: User, permission: str) -> QuerySet[Any]:
        found: QuerySet[Any] = stored_by.model.objects.filter(bus__in=buses_for(person, permission))
        return found.select_related("bus")

    return Subject(
        slug=slug,
        sheet_zh=sheet_zh,
        sheet_en=sheet_en,
        title=title,
        key=("bus", *key),
        bulk=stored_by,
        export="vehicles.export_bus",
        columns=columns,
        records_for=records_for,
        list_page="bus_list",
        related=("bus",),
    )


BUS_PAPERS = (
    of_buses(
        "inspections",
        "校车检验",
        "Inspections",
        _("Inspections of buses"),
        ("inspected_on", "result"),
        bulk.INSPECTIONS,
        inspection_columns,
    ),
    of_buses(
        "insurances",
        "校车保险",
        "Insurances",
        _("Insurances of buses"),
        ("insurer", "policy_number"),
        bulk.INSURANCES,
        insurance_columns,
    ),
    of_buses(
        "equipment",
        "校车设备",
        "Equipment",
        _("Equipment of buses"),
        ("kind", "expires_on", "note"),
        bulk.EQUIPMENT,
        equipment_columns,
    ),
    of_buses(
        "maintenance",
        "校车维护",
        "Maintenance",
        _("Maintenance of buses"),
        ("kind", "done_on", "work"),
        bulk.MAINTENANCE,
        maintenance_columns,
    ),
)

"""What is recorded of a bus: inspections, insurances, equipment, seat checks, maintenance and defects."""

from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Status

from fleet.vehicles import changes
from fleet.vehicles.models import Defect, Equipment, Insurance, Maintenance, SeatCheck, VehicleInspection
from fleet.vehicles.upkeep import EquipmentKind, InspectionResult, InsuranceKind, MaintenanceKind, Severity
from web.api.auth import reading, writing
from web.api.buses import BUS, found_bus
from web.api.fields import (
    Count,
    Day,
    Flag,
    GivenLine,
    GivenText,
    Id,
    Kilometres,
    Line,
    MaybeText,
    Moment,
    omitted,
)
from web.api.paging import Page, Paging, RecordFilter, page_of
from web.api.payload import Change, Input, WithReason
from web.api.records import RecordAnswer, RecordKind, WithDocument, add_record_operations
from web.person import person_of

router = Router(tags=["papers of buses"])


class InspectionAnswer(WithDocument):
    """A technical inspection (校车安全管理条例 Art 20)."""

    bus_id: int
    inspected_on: date
    result: InspectionResult
    valid_until: date | None
    station: MaybeText


class InspectionChange(Change):
    """Fields of an inspection."""

    inspected_on: Day = omitted()
    result: InspectionResult = omitted()
    valid_until: Day | None = omitted()
    station: Line | None = omitted()


class NewInspection(InspectionChange):
    """An inspection to be recorded."""

    inspected_on: Day
    result: InspectionResult


class InsuranceAnswer(WithDocument):
    """An insurance."""

    bus_id: int
    kind: InsuranceKind
    insurer: str
    policy_number: str
    valid_from: date
    valid_until: date


class InsuranceChange(Change):
    """Fields of an insurance."""

    kind: InsuranceKind = omitted()
    insurer: GivenLine = omitted()
    policy_number: GivenLine = omitted()
    valid_from: Day = omitted()
    valid_until: Day = omitted()


class NewInsurance(InsuranceChange):
    """An insurance to be recorded."""

    kind: InsuranceKind
    insurer: GivenLine
    policy_number: GivenLine
    valid_from: Day
    valid_until: Day


class EquipmentAnswer(RecordAnswer):
    """Pieces of equipment of one kind."""

    bus_id: int
    kind: EquipmentKind
    count: int
    expires_on: date | None
    checked_on: date | None
    note: MaybeText


class EquipmentChange(Change):
    """Fields of equipment."""

    kind: EquipmentKind = omitted()
    count: Count = omitted()
    expires_on: Day | None = omitted()
    checked_on: Day | None = omitted()
    note: Line | None = omitted()


class NewEquipment(EquipmentChange):
    """Equipment to be recorded."""

    kind: EquipmentKind


class SeatCheckAnswer(RecordAnswer):
    """Seats that were counted."""

    bus_id: int
    checked_at: datetime
    checked_by_id: int
    seats_pupils: int
    seats_adults: int
    agrees: bool = Field(description="Whether the bus has exactly the seats that it is certified for.")
    has_photograph: bool

    @staticmethod
    def resolve_has_photograph(check: SeatCheck) -> bool:
        """Whether there is a photograph."""
        return bool(check.photograph)


class SeatCheckChange(Change):
    """Fields of a seat check."""

    seats_pupils: Count = omitted()
    seats_adults: Count = omitted()


class NewSeatCheck(SeatCheckChange):
    """Seats that you have counted now."""

    seats_pupils: Count
    seats_adults: Count


class MaintenanceAnswer(WithDocument):
    """Work done on a bus."""

    bus_id: int
    kind: MaintenanceKind
    done_on: date
    work: str
    workshop: MaybeText
    odometer_km: int | None
    next_due_on: date | None


class MaintenanceChange(Change):
    """Fields of maintenance."""

    kind: MaintenanceKind = omitted()
    done_on: Day = omitted()
    work: GivenText = omitted()
    workshop: Line | None = omitted()
    odometer_km: Kilometres | None = omitted()
    next_due_on: Day | None = omitted()


class NewMaintenance(MaintenanceChange):
    """Maintenance to be recorded."""

    kind: MaintenanceKind
    done_on: Day
    work: GivenText


PAPERS = (
    RecordKind(
        "inspections", VehicleInspection, InspectionAnswer, NewInspection, InspectionChange,
        changes.record_inspection, changes.correct_paper, changes.archive_paper,
    ),
    RecordKind(
        "insurances", Insurance, InsuranceAnswer, NewInsurance, InsuranceChange,
        changes.record_insurance, changes.correct_paper, changes.archive_paper,
    ),
    RecordKind(
        "equipment", Equipment, EquipmentAnswer, NewEquipment, EquipmentChange,
        changes.record_equipment, changes.correct_paper, changes.archive_paper,
    ),
    RecordKind(
        "seat-checks", SeatCheck, SeatCheckAnswer, NewSeatCheck, SeatCheckChange,
        changes.record_seat_check, changes.correct_paper, changes.archive_paper,
    ),
    RecordKind(
        "maintenance", Maintenance, MaintenanceAnswer, NewMaintenance, MaintenanceChange,
        changes.record_maintenance, changes.correct_paper, changes.archive_paper,
    ),
)  # fmt: skip

for _kind in PAPERS:
    add_record_operations(router, BUS, _kind)


class DefectAnswer(RecordAnswer):
    """Something wrong with a bus, until it is released."""

    bus_id: int
    description: str
    severity: Severity
    blocks_dispatch: bool
    found_at: datetime
    reported_by_id: int
    released_at: datetime | None
    released_by_id: int | None
    release_reason: MaybeText


class NewDefect(Input):
    """Something that you have found wrong; a critical defect always blocks dispatch."""

    description: GivenText
    severity: Severity
    blocks_dispatch: Flag
    found_at: Moment | None = omitted()


class DefectFilter(RecordFilter):
    """Which defects."""

    is_open: bool | None = None

    def filter_is_open(self, value: bool | None) -> Q:
        """Those that are released, or those that are not."""
        return Q() if value is None else Q(released_at__isnull=value)


@router.get("/buses/{pk}/defects", auth=reading(BUS.read), response=Page[DefectAnswer])
def list_defects(
    request: HttpRequest, pk: Id, filters: Query[DefectFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """The defects of a bus, the newest first."""
    bus = found_bus(person_of(request), pk)
    return page_of(filters.filter(bus.defect_set.all()), paging, "-found_at")


@router.get("/buses/{pk}/defects/{record_pk}", auth=reading(BUS.read), response=DefectAnswer)
def show_defect(request: HttpRequest, pk: Id, record_pk: Id) -> Defect:
    """One defect."""
    return found_defect(request, pk, record_pk)


@router.post("/buses/{pk}/defects", auth=writing(BUS.write), response={201: DefectAnswer})
def report_defect(request: HttpRequest, pk: Id, payload: NewDefect) -> Status[Defect]:
    """Report something wrong with a bus."""
    bus = found_bus(person_of(request), pk)
    return Status(201, changes.report_defect(bus=bus, by=person_of(request), **payload.given()))


@router.post("/buses/{pk}/defects/{record_pk}/release", auth=writing(BUS.write), response=DefectAnswer)
def release_defect(request: HttpRequest, pk: Id, record_pk: Id, payload: WithReason) -> Defect:
    """Declare a defect mended; one that blocks dispatch, by another person than who reported it."""
    defect = found_defect(request, pk, record_pk)
    return changes.release_defect(defect, by=person_of(request), reason=payload.reason)


def found_defect(request: HttpRequest, pk: int, record_pk: int) -> Defect:
    """A defect of a bus that the person may see; 404 otherwise."""
    bus = found_bus(person_of(request), pk)
    found: Defect = get_object_or_404(bus.defect_set, pk=record_pk)
    return found

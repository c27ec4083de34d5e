"""Spreadsheets of stops with their approvals, and of the markings of stops."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.grants import reach_with
from fleet.organisations.models import Kind
from fleet.people.models import User
from fleet.routes import bulk, queries
from fleet.routes.models import (
    MarkingCondition,
    MarkingKind,
    SideOfRoad,
    Stop,
    StopKind,
    StopMarking,
)
from web.registry.spreadsheets.checking import Checked, key_of
from web.registry.spreadsheets.columns import Column
from web.registry.spreadsheets.contents import CellError, Day, Lookup, tidy
from web.registry.spreadsheets.modelled import (
    enumeration,
    field_code,
    field_text,
    organisation_column,
    reached_organisations,
)
from web.registry.spreadsheets.owned import records_of
from web.registry.spreadsheets.subjects import Subject

EXPORT = "routes.export_stop"
KEY = ("name", "organisation", "approach_deg")
APPROVAL = ("approval_number", "approved_on", "approved_until")


@dataclass(frozen=True)
class Degrees:
    """Degrees with some decimals."""

    least: float
    most: float
    digits: int

    def parse(self, text: str) -> float:
        """The number."""
        try:
            degrees = float(tidy(text).removesuffix("°"))
        except ValueError:
            raise CellError(_("“%s” is no number.") % text) from None
        if not self.least <= degrees <= self.most:
            told = {"least": f"{self.least:g}", "most": f"{self.most:g}"}
            raise CellError(_("Give a number from %(least)s to %(most)s.") % told)
        return round(degrees, self.digits)

    def show(self, value: float) -> str:
        """Digits."""
        return f"{value:.{self.digits}f}".rstrip("0").rstrip(".")

    def choices(self) -> list[str]:
        """Free."""
        return []


APPROACH = Degrees(0, 360, 1)


def approach_of(stop: Stop) -> float | None:
    """The approach heading as a file has it."""
    return None if stop.approach_deg is None else round(stop.approach_deg, APPROACH.digits)


def named(stop: Stop) -> str:
    """A stop as files name it: those on both sides of a road are told apart by their approach heading."""
    heading = approach_of(stop)
    return stop.name if heading is None else f"{stop.name} ({APPROACH.show(heading)}°)"


def stops_by_name(found: Callable[[], QuerySet[Stop]]) -> Lookup:
    """One of some stops, by its name, with its approach heading where several have the name."""

    def stops() -> Iterator[tuple[Stop, tuple[str, ...]]]:
        for one in found():
            yield one, tuple(filter(None, (named(one), one.name, one.name_en)))

    return Lookup(stops, text_of=named)


def stop_columns(person: User) -> Sequence[Column]:
    """The columns of a spreadsheet of stops."""
    keepers = reached_organisations(person, bulk.STOPS.change)
    schools = reached_organisations(person, bulk.STOPS.change, (Kind.SCHOOL,))
    sides, kinds = enumeration(SideOfRoad), enumeration(StopKind)
    return [
        Column(
            "name",
            "站点名称",
            "Name",
            field_text(Stop, "name"),
            required=True,
            example="村口",
            note=gettext_lazy("A stop is recognised by its name, who keeps it, and its approach heading."),
        ),
        Column("name_en", "英文名称", "English name", field_text(Stop, "name_en"), empty=""),
        organisation_column("organisation", "管理单位", "Kept by", keepers, required=True),
        Column(
            "lon",
            "经度",
            "Longitude",
            Degrees(-180, 180, bulk.DIGITS),
            required=True,
            example="120.123456",
            note=gettext_lazy(
                "Degrees, WGS-84. Coordinates of Chinese maps: use “From a file” on the map of stops."
            ),
            value_of=lambda stop: bulk.rounded(stop.place)[0],
        ),
        Column(
            "lat",
            "纬度",
            "Latitude",
            Degrees(-90, 90, bulk.DIGITS),
            required=True,
            example="31.123456",
            value_of=lambda stop: bulk.rounded(stop.place)[1],
        ),
        Column(
            "approach_deg",
            "驶入方向（度）",
            "Approach heading (degrees)",
            APPROACH,
            example="90",
            note=gettext_lazy("Course of a bus that comes to the stop: 0 is north, 90 is east."),
            value_of=approach_of,
        ),
        Column("side", "道路侧", "Side of the road", sides, example=sides.choices()[0], empty=""),
        Column("kind", "类别", "Kind", kinds, example=kinds.choices()[0], empty=""),
        organisation_column("school", "服务学校", "School", schools),
        Column(
            "approval_number",
            "审批文号",
            "Approval",
            field_code(Stop, "approval_number"),
            empty="",
            note=gettext_lazy("Only an authority that approves stops fills in the approval."),
        ),
        Column("approved_on", "批准日期", "Approved", Day(), example="2026-09-01"),
        Column("approved_until", "有效期至", "Approved until", Day(), example="2028-08-31"),
    ]


def stops_for(person: User, permission: str) -> QuerySet[Stop]:
    """The stops for which a person has a permission; a file changes those that are kept by or serve theirs."""
    if permission == bulk.STOPS.change:
        reached = reach_with(person, permission)
        return Stop.objects.filter(Q(organisation__in=reached) | Q(school__in=reached))
    return queries.stops_for(person, permission)


def refuse_own_approval(checked: Checked, person: User) -> None:
    """An approval that a person brings who may not approve the stop is a problem, unless it is recorded so."""
    reached = reach_with(person, bulk.APPROVE)
    for row in checked.rows:
        row.values.setdefault("approach_deg", None)
    brought = [row for row in checked.rows if any(row.values.get(name) for name in APPROVAL)]
    existing = STOPS.existing(stop_columns(person), {key_of(row.values, KEY) for row in brought}, person)
    for row in brought:
        owners = {row.values["organisation"], row.values.get("school")}
        if any(owner and owner.pk in reached for owner in owners):
            continue
        there = existing.get(key_of(row.values, KEY))
        if there and all(there.values[name] == row.values[name] for name in APPROVAL if name in row.values):
            continue
        checked.refuse(row, "approval_number", _("You may not approve stops: leave the approval empty."))


def marking_columns(person: User) -> Sequence[Column]:
    """The columns of a spreadsheet of markings of stops."""
    kinds, conditions = enumeration(MarkingKind), enumeration(MarkingCondition)
    found = stops_by_name(lambda: stops_for(person, bulk.STOPS.change).filter(archived_at=None))
    return [
        Column(
            "stop",
            "站点",
            "Stop",
            found,
            required=True,
            example="村口 (90°)",
            note=gettext_lazy("The name of the stop, with its approach heading where several have the name."),
        ),
        Column("kind", "标志标线", "Marking", kinds, required=True, example=kinds.choices()[0]),
        Column("condition", "状况", "Condition", conditions, example=conditions.choices()[0], empty=""),
        Column("owner", "维护单位", "Kept by", field_text(StopMarking, "owner"), empty=""),
        Column(
            "inspected_on",
            "最近检查日期",
            "Last inspected",
            Day(),
            example="2026-09-01",
            value_of=bulk.inspected_on,
        ),
    ]


def markable_stops(person: User, permission: str) -> QuerySet[Stop]:
    """The stops in use for whose markings a person has a permission."""
    return stops_for(person, permission).filter(archived_at=None)


STOPS = Subject(
    slug="stops",
    sheet_zh="站点",
    sheet_en="Stops",
    title=gettext_lazy("Stops"),
    key=KEY,
    bulk=bulk.STOPS,
    export=EXPORT,
    columns=stop_columns,
    records_for=stops_for,
    list_page="stop_list",
    related=("organisation", "school"),
    complete=refuse_own_approval,
)
STOP_MARKINGS = records_of(
    markable_stops,
    bulk.MARKINGS,
    slug="stop-markings",
    sheet_zh="站点标志标线",
    sheet_en="Markings of stops",
    title=gettext_lazy("Markings of stops"),
    key=("kind",),
    columns=marking_columns,
    export=EXPORT,
    list_page="stop_list",
)

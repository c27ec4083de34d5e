"""Spreadsheets of permits and plate cards that exist on paper already.

A permit is one row with the plates of all its buses in one cell, as it is on paper. What is recorded changes by the
procedure on its page, not by a file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.grants import reach_with
from fleet.people.models import User
from fleet.permits import existing
from fleet.permits.cards import checked_times
from fleet.permits.models import CardState, PermitState, PlateCard, UsePermit
from fleet.permits.permissions import DECIDE
from fleet.records import RecordError
from fleet.routes.models import Route
from fleet.routes.queries import routes_for
from web.registry.forms import EMPLOYERS
from web.registry.permits_forms import run
from web.registry.spreadsheets.bus_papers import plate_column, plate_lookup
from web.registry.spreadsheets.checking import Checked, Row
from web.registry.spreadsheets.columns import Column
from web.registry.spreadsheets.contents import CellError, Day, Lookup, Several, tidy
from web.registry.spreadsheets.crew_records import person_lookup
from web.registry.spreadsheets.modelled import (
    field_code,
    field_text,
    organisation_column,
    reached_organisations,
)
from web.registry.spreadsheets.subjects import Subject

EXPORT = "permits.export_usepermit"
ISSUE = existing.PLATE_CARDS.change


@dataclass(frozen=True)
class Run:
    """The first and the last minute of a run, as a plate card keeps them."""

    def parse(self, text: str) -> list[str]:
        """Both, written as 06:40-07:30."""
        try:
            ((first, last),) = checked_times([run(tidy(text))])
        except ValidationError as error:
            raise CellError(" ".join(error.messages)) from error
        return [f"{first:%H:%M}", f"{last:%H:%M}"]

    def show(self, value: Sequence[str]) -> str:
        """With a dash between."""
        return "–".join(value)

    def choices(self) -> list[str]:
        """Free."""
        return []


def permits_for(person: User, permission: str) -> QuerySet[Any]:
    """The permits, of whatever state, of the applicants for whom a person has a permission."""
    return UsePermit.objects.filter(applicant__in=reach_with(person, permission))


def cards_for(person: User, permission: str) -> QuerySet[Any]:
    """The plate cards of the permits of the applicants for whom a person has a permission."""
    return PlateCard.objects.filter(permit__applicant__in=reach_with(person, permission))


def permit_columns(person: User) -> Sequence[Column]:
    """What a permit on paper says."""
    applicants = reached_organisations(person, DECIDE, EMPLOYERS)
    return [
        Column(
            "number",
            "许可编号",
            "Permit number",
            field_code(UsePermit, "number"),
            required=True,
            example="XK2026-001",
        ),
        organisation_column("applicant", "申请单位", "Applicant", applicants, required=True),
        Column("valid_from", "有效期起", "Valid from", Day(), required=True, example="2026-01-01"),
        Column("valid_until", "有效期至", "Valid until", Day(), required=True, example="2028-12-31"),
        Column(
            "buses",
            "校车车牌号",
            "Plates of the buses",
            Several(plate_lookup(person, "vehicles.view_bus")),
            required=True,
            example="苏E12345、苏E12346",
            note=gettext_lazy("All buses of the permit, with a comma between."),
            value_of=lambda permit: frozenset(permit.buses.all()),
        ),
    ]


def permit_lookup(person: User) -> Lookup:
    """One of the permits under which a person may issue plate cards, by its number."""

    def found() -> Iterator[tuple[UsePermit, tuple[str, ...]]]:
        for permit in permits_for(person, ISSUE).exclude(number="").filter(archived_at__isnull=True):
            yield permit, (permit.number,)

    return Lookup(found, text_of=lambda permit: permit.number)


def route_lookup(person: User) -> Lookup:
    """One of the routes that a person may see, by its name and its school's."""

    def found() -> Iterator[tuple[Route, tuple[str, ...]]]:
        for route in routes_for(person).current():
            names = [name for name in (route.name, route.name_en) if name]
            schools = [name for name in (route.school.name, route.school.name_en) if name]
            yield route, (*names, *(f"{school} {name}" for school in schools for name in names))

    return Lookup(found, text_of=lambda route: f"{route.school} {route}")


def card_columns(person: User) -> Sequence[Column]:
    """What a plate card on paper says (校车安全管理条例 Art 16)."""
    return [
        plate_column(person, "vehicles.view_bus"),
        Column(
            "number",
            "标牌编号",
            "Card number",
            field_code(PlateCard, "number"),
            required=True,
            example="BP000123",
        ),
        Column(
            "permit", "许可编号", "Permit number", permit_lookup(person), required=True, example="XK2026-001"
        ),
        Column("issuer", "发牌单位", "Issuer", field_text(PlateCard, "issuer"), required=True),
        Column("issued_on", "发牌日期", "Issued", Day(), required=True, example="2026-08-20"),
        Column(
            "owner",
            "所有人",
            "Owner",
            field_text(PlateCard, "owner"),
            note=gettext_lazy("Where it is empty, the owner that is recorded of the bus."),
        ),
        Column(
            "drivers",
            "驾驶人",
            "Drivers",
            Several(person_lookup(person, "driver", "people.view_driver")),
            required=True,
            example="王师傅、李师傅 110*************2X",
            note=gettext_lazy("Names or identity numbers, or both, with a comma between the drivers."),
            value_of=lambda card: frozenset(card.drivers.all()),
        ),
        Column(
            "route",
            "线路",
            "Route",
            route_lookup(person),
            required=True,
            example="实验小学 1号线",
            note=gettext_lazy(
                "Its name; the school's name before it, where several have a route of this name."
            ),
        ),
        Column(
            "times",
            "运行时间",
            "Times",
            Several(Run(), in_order=True),
            required=True,
            example="06:40–07:30、16:30–17:20",
            note=gettext_lazy("First and last minute of each run, with a comma between the runs."),
        ),
        Column(
            "stops",
            "停靠站点",
            "Stops",
            Several(field_text(Route, "name"), in_order=True),
            required=True,
            example="村口、桥头、学校",
            note=gettext_lazy("In their order, with a comma between."),
        ),
        Column(
            "valid_from",
            "有效期起",
            "Valid from",
            Day(),
            example="2026-08-20",
            note=gettext_lazy("Where it is empty, the day of issue, or the first day of the permit."),
        ),
        Column(
            "valid_until",
            "有效期至",
            "Valid until",
            Day(),
            example="2027-02-19",
            note=gettext_lazy(
                "Where it is empty, the end of the inspection or of the permit, whichever is first."
            ),
        ),
    ]


def complete_cards(checked: Checked, person: User) -> None:
    """Fill in what a card's row leaves out: what is recorded of it, else what follows from the rules."""
    inspections = existing.inspections_of({row.values["bus"].pk for row in checked.rows})
    numbers = {row.values["number"] for row in checked.rows}
    recorded = {
        card.number: card
        for card in cards_for(person, ISSUE).filter(number__in=numbers, archived_at__isnull=True)
    }
    for row in list(checked.rows):
        values = row.values
        bus, card = values["bus"], recorded.get(values["number"])
        if card:
            fill(row, owner=card.owner, valid_from=card.valid_from, valid_until=card.valid_until)
            continue
        try:
            first, last = existing.validity(values["permit"], bus, values["issued_on"], inspections)
        except RecordError as error:
            checked.refuse(row, "bus", str(error))
            continue
        fill(row, owner=bus.owner, valid_from=first, valid_until=last)
        if not values["owner"]:
            checked.refuse(row, "owner", _("The owner is not recorded of the bus. Give it here."))


def fill(row: Row, **values: Any) -> None:
    """Give a row the values that it leaves out."""
    row.values.update({name: value for name, value in values.items() if not row.values.get(name)})


PERMITS = Subject(
    slug="permits",
    sheet_zh="校车使用许可",
    sheet_en="Use permits",
    title=gettext_lazy("Use permits"),
    key=("number",),
    bulk=existing.PERMITS,
    export=EXPORT,
    columns=permit_columns,
    records_for=permits_for,
    list_page="permit_list",
    related=("applicant",),
    is_known_for_ever=True,
    prefetched=("buses",),
    in_force=Q(state=PermitState.GRANTED),
    is_recorded_once=True,
)
PLATE_CARDS = Subject(
    slug="plate-cards",
    sheet_zh="校车标牌",
    sheet_en="Plate cards",
    title=gettext_lazy("Plate cards"),
    key=("number",),
    bulk=existing.PLATE_CARDS,
    export=EXPORT,
    columns=card_columns,
    records_for=cards_for,
    list_page="permit_list",
    related=("permit__applicant", "bus", "route__school"),
    is_known_for_ever=True,
    complete=complete_cards,
    persons_of=lambda card: card.drivers.all(),
    prefetched=("drivers",),
    in_force=Q(state=CardState.CURRENT),
    is_recorded_once=True,
)

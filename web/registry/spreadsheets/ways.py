"""Spreadsheets of routes: their ways with stops in order, times and departures."""

import re
from collections.abc import Iterator, Sequence
from datetime import time
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.grants import reach_with
from fleet.organisations.models import Kind
from fleet.people.models import User
from fleet.routes import queries
from fleet.routes.models import Departure, Direction, Route, RoutePattern
from fleet.routes.patterns import EVERY_WEEKDAY
from fleet.routes.way_bulk import WAYS as BULK
from fleet.vehicles.models import Bus
from fleet.vehicles.queries import buses_for
from web.registry.spreadsheets.checking import Checked
from web.registry.spreadsheets.columns import Column
from web.registry.spreadsheets.contents import CellError, Day, Lookup, Number, Several, tidy
from web.registry.spreadsheets.modelled import (
    enumeration,
    field_text,
    organisation_column,
    reached_organisations,
)
from web.registry.spreadsheets.stops import stops_by_name
from web.registry.spreadsheets.subjects import Subject
from web.registry.spreadsheets.weekdays import weekdays_column

FEWEST_STOPS = 2
CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::00)?")
"""A time of day; the seconds that some programs write behind it do not count."""


class Clock:
    """A time of day."""

    def parse(self, text: str) -> time:
        """The time, written as 6:50 or 06:50."""
        found = CLOCK.fullmatch(tidy(text))
        if found is None:
            raise CellError(_("“%s” is no time. Write it like 06:50.") % text)
        return time(int(found[1]), int(found[2]))

    def show(self, value: time) -> str:
        """Hours and minutes."""
        return f"{value:%H:%M}"

    def choices(self) -> list[str]:
        """Free."""
        return []


def way_columns(person: User) -> Sequence[Column]:
    """The columns of a spreadsheet of ways of routes."""
    schools = reached_organisations(person, BULK.change, (Kind.SCHOOL,))
    directions = enumeration(Direction)
    stops = stops_by_name(lambda: queries.stops_for(person).filter(archived_at=None))

    def buses() -> Iterator[tuple[Bus, tuple[str, ...]]]:
        for bus in buses_for(person).filter(archived_at=None):
            yield bus, (bus.plate,)

    return [
        Column(
            "route",
            "线路",
            "Route",
            field_text(Route, "name"),
            required=True,
            example="一号线",
            note=gettext_lazy("A route that is not there yet is made."),
            value_of=lambda pattern: pattern.route.name,
        ),
        Column(
            "route_en",
            "线路英文名称",
            "English name",
            field_text(Route, "name_en"),
            empty="",
            value_of=lambda pattern: pattern.route.name_en,
        ),
        organisation_column_of_way(schools),
        Column("direction", "方向", "Direction", directions, required=True, example=directions.choices()[0]),
        weekdays_column(),
        Column("valid_from", "起始日期", "Valid from", Day(), required=True, example="2026-09-01"),
        Column("valid_until", "截止日期", "Valid until", Day()),
        Column(
            "stops",
            "站点（按顺序）",
            "Stops in order",
            Several(stops, in_order=True),
            required=True,
            example="村口、桥头、学校",
            note=gettext_lazy(
                "With commas between them. The line is straight between them until it is drawn or taken from a file."
            ),
            value_of=lambda pattern: [one.stop for one in in_order(pattern)],
        ),
        Column(
            "minutes",
            "到站时间（发车后分钟）",
            "Arrives after (min)",
            Several(Number(Decimal(0), Decimal(600), 1), in_order=True),
            example="0、4、9.5",
            note=gettext_lazy("One for each stop; estimated from the distance where it is empty."),
            value_of=lambda pattern: [minutes_of(one.offset_s) for one in in_order(pattern)],
        ),
        Column(
            "departures",
            "发车时间",
            "Departures",
            Several(Clock()),
            example="06:50、07:30",
            value_of=lambda pattern: frozenset(one.at for one in departures_of(pattern)) or None,
        ),
        Column(
            "bus",
            "校车",
            "Bus",
            Lookup(buses, text_of=str),
            example="苏E12345",
            note=gettext_lazy("That runs all of these departures."),
            value_of=bus_of,
        ),
    ]


def organisation_column_of_way(schools: Any) -> Column:
    """The column of the school, which is that of the route."""
    column = organisation_column("school", "学校", "School", schools, required=True)
    return Column(
        column.name,
        column.header_zh,
        column.header_en,
        column.content,
        required=True,
        example=column.example,
        note=column.note,
        value_of=lambda pattern: pattern.route.school,
    )


def in_order(pattern: RoutePattern) -> list[Any]:
    """The stops of a way as they are served, from what has been read already."""
    return sorted(pattern.pattern_stops.all(), key=lambda one: one.order)


def minutes_of(offset_s: int) -> Decimal:
    """Seconds as minutes with one decimal, as a file has them."""
    return (Decimal(offset_s) / 60).quantize(Decimal("0.1")).normalize() + 0


def departures_of(pattern: RoutePattern) -> list[Departure]:
    """The departures of a way in use, from what has been read already."""
    return [one for one in pattern.departures.all() if one.archived_at is None]


def bus_of(pattern: RoutePattern) -> Bus | None:
    """The bus of all departures of a way; None where there are several, or it is not known."""
    buses = {one.bus for one in departures_of(pattern)}
    return buses.pop() if len(buses) == 1 else None


def complete_ways(checked: Checked, _person: User) -> None:
    """Fill in what a row leaves out, and refuse ways of a single stop."""
    for row in list(checked.rows):
        row.values.setdefault("weekdays", EVERY_WEEKDAY)
        row.values.setdefault("valid_until", None)
        stops = row.values["stops"]
        if len(stops) < FEWEST_STOPS:
            checked.refuse(row, "stops", _("A way has two stops or more."))
        elif any(before == after for before, after in pairwise(stops)):
            checked.refuse(row, "stops", _("The same stop is there twice, one after the other."))


def ways_for(person: User, permission: str) -> QuerySet[RoutePattern]:
    """The ways of routes for which a person has a permission; added by a file are those of their schools."""
    if permission == BULK.change:
        return RoutePattern.objects.filter(route__school__in=reach_with(person, permission))
    return RoutePattern.objects.filter(route__in=queries.routes_for(person, permission).values("pk"))


WAYS = Subject(
    slug="route-ways",
    sheet_zh="线路",
    sheet_en="Routes",
    title=gettext_lazy("Routes with their stops and departures"),
    key=("valid_from", "route", "school", "direction", "weekdays"),
    bulk=BULK,
    export="routes.export_route",
    columns=way_columns,
    records_for=ways_for,
    list_page="route_list",
    related=("route__school",),
    complete=complete_ways,
    prefetched=("pattern_stops__stop", "departures__bus"),
    in_force=Q(route__archived_at__isnull=True),
    is_recorded_once=True,
)

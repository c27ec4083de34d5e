"""Spreadsheets of where pupils board and alight, by weekday and direction."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.people.models import User
from fleet.pupils import bulk
from fleet.pupils.models import Pupil, StopAssignment
from fleet.pupils.periods import Period, days_that_clash
from fleet.pupils.queries import pupils_at_school_for
from fleet.routes.models import Direction, RoutePattern, Stop
from fleet.routes.patterns import EVERY_WEEKDAY
from web.registry.spreadsheets.checking import Checked, Row
from web.registry.spreadsheets.columns import Column
from web.registry.spreadsheets.contents import Day, Lookup
from web.registry.spreadsheets.modelled import labels
from web.registry.spreadsheets.subjects import Subject
from web.registry.spreadsheets.weekdays import weekdays_column


def named(pupil: Pupil) -> str:
    """A pupil as an export names it: so that two of one name can be told apart."""
    return f"{pupil.name} {pupil.number}"


def stop_columns(person: User) -> Sequence[Column]:
    """The columns of a spreadsheet of stops of pupils."""

    def pupils() -> Iterator[tuple[Pupil, tuple[str, ...]]]:
        for one in pupils_at_school_for(person, bulk.STOPS.change).current():
            yield one, (one.number, one.name, named(one))

    def patterns() -> Iterator[tuple[RoutePattern, tuple[str, ...]]]:
        schools = pupils_at_school_for(person, bulk.STOPS.change).order_by().values("school")
        found = RoutePattern.objects.current().filter(route__school__in=schools)
        for one in found.select_related("route"):
            yield one, tuple(f"{one.route} · {label}" for label in direction_labels(one))

    def stops() -> Iterator[tuple[Stop, tuple[str, ...]]]:
        for one in Stop.objects.current().filter(pattern_stops__isnull=False).distinct():
            yield one, tuple(filter(None, (str(one), one.name, one.name_en)))

    return [
        Column(
            "pupil",
            "学生",
            "Pupil",
            Lookup(pupils, text_of=named),
            required=True,
            example="王小明 20260101",
            note=gettext_lazy("The pupil number, or the name, or both."),
        ),
        Column(
            "pattern",
            "线路与方向",
            "Route and direction",
            Lookup(patterns, text_of=str),
            required=True,
            example="一号线 · 上学",
        ),
        Column("stop", "站点", "Stop", Lookup(stops, text_of=str), required=True, example="村口"),
        weekdays_column(),
        Column("valid_from", "起始日期", "Valid from", Day(), required=True, example="2026-09-01"),
        Column("valid_until", "截止日期", "Valid until", Day(), example="2027-01-20"),
    ]


def direction_labels(pattern: RoutePattern) -> list[str]:
    """The direction of a pattern in each language."""
    return labels(Direction(pattern.direction))


def refuse_clashing_rows(checked: Checked, _person: User) -> None:
    """Of two rows that give a pupil two stops for one day and direction, the later is a problem."""
    for row in checked.rows:
        row.values.setdefault("weekdays", EVERY_WEEKDAY)
        row.values.setdefault("valid_until", None)
    by_way: dict[tuple[Any, str], list[Row]] = {}
    for row in checked.rows:
        by_way.setdefault((row.values["pupil"], row.values["pattern"].direction), []).append(row)
    for rows in by_way.values():
        for first, second in combinations(rows, 2):
            if days_that_clash(period_of(first), period_of(second)):
                message = _("Row %d gives this pupil a stop on some of these days already.") % first.number
                checked.refuse(second, "weekdays", message)


def period_of(row: Row) -> Period:
    """The days of a row."""
    return Period(row.values["weekdays"], row.values["valid_from"], row.values["valid_until"])


def stops_for(person: User, permission: str) -> QuerySet[StopAssignment]:
    """The stops of the pupils for whom a person has a permission."""
    found = StopAssignment.objects.filter(pupil__in=pupils_at_school_for(person, permission))
    return found.select_related("pupil", "pattern__route", "stop")


PUPIL_STOPS = Subject(
    slug="pupil-stops",
    sheet_zh="学生站点",
    sheet_en="Stops of pupils",
    title=gettext_lazy("Stops of pupils"),
    key=("pupil", "pattern", "stop", "valid_from"),
    bulk=bulk.STOPS,
    export="pupils.export_pupil",
    columns=stop_columns,
    records_for=stops_for,
    list_page="pupil_list",
    related=("pupil", "pattern__route", "stop"),
    complete=refuse_clashing_rows,
    persons_of=lambda assignment: (assignment.pupil,),
)

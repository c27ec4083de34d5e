"""Routes on the registry's pages: what of a route is listed, searched, asked for and shown."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import django_tables2 as tables
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.grants import reach_with
from fleet.organisations.models import Kind
from fleet.people.models import User
from fleet.pupils.riders import capacity_of, riders_by_weekday
from fleet.routes import route_changes as changes
from fleet.routes.check_facts import concerns_of
from fleet.routes.models import (
    Departure,
    HazardousStretch,
    LimiterStretch,
    PatternStop,
    Route,
    RoutePattern,
    Stop,
)
from fleet.routes.queries import patterns_from, routes_for
from fleet.routes.stop_states import with_state
from web.registry.filters import RecordFilter, organisation_filter, search_filter
from web.registry.forms import RecordForm
from web.registry.register import Register
from web.registry.sections import Row, Section, written
from web.registry.tables import RecordTable
from web.routes.concerns import Told, told
from web.routes.maps import map_config
from web.routes.words import weekdays_in_words

MOST_OVER = 20


class RouteFilter(RecordFilter):
    """Search, and whose route it is."""

    q = search_filter(gettext_lazy("Name of the route"))
    school = organisation_filter(gettext_lazy("All schools"))

    class Meta:
        model = Route
        fields = ("q", "school", "state")

    def wanted(self, text: str) -> Q:
        """Routes whose name has the text."""
        return Q(name__icontains=text) | Q(name_en__icontains=text)


class RouteTable(RecordTable):
    """Routes, with whom they serve."""

    name = tables.Column(linkify=("route_detail", {"pk": tables.A("pk")}), order_by=("name", "pk"))
    school = tables.Column(order_by=("school__name", "name"))

    class Meta(RecordTable.Meta):
        model = Route
        order_by = "name"
        fields = ("name", "school", "state")

    def render_name(self, record: Route) -> str:
        """In the language of the page."""
        return str(record)


class RouteForm(RecordForm):
    """What a route is called, and why that changes."""

    class Meta(RecordForm.Meta):
        model = Route
        fields = ("name", "name_en", "school")

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose_organisation("school", reach_with(person, "routes.change_route"), (Kind.SCHOOL,))


@dataclass(frozen=True)
class WayShown:
    """A way of a route, as its page shows it."""

    pattern: RoutePattern
    weekdays: str
    stops: list[PatternStop]
    departures: list[Departure]
    stretches: list[HazardousStretch]
    limiters: list[LimiterStretch]
    concerns: list[Told]
    riders: int
    capacity: int | None
    is_ahead: bool

    @property
    def minutes(self) -> int:
        """From the first stop to the last."""
        return round((self.stops[-1].offset_s - self.stops[0].offset_s) / 60) if self.stops else 0

    @property
    def kilometres(self) -> float:
        """The length of the line."""
        return self.pattern.length_m / 1000


def way_shown(pattern: RoutePattern, today: date) -> WayShown:
    """A way with its stops, departures and what is questionable about it."""
    stops = list(pattern.pattern_stops.select_related("stop").order_by("order"))
    names = {one.stop_id: str(one.stop) for one in stops}
    day = max(today, pattern.valid_from)
    return WayShown(
        pattern=pattern,
        weekdays=weekdays_in_words(pattern.weekdays),
        stops=stops,
        departures=list(Departure.objects.current().filter(pattern=pattern).select_related("bus")),
        stretches=list(HazardousStretch.objects.current().filter(pattern=pattern)),
        limiters=list(LimiterStretch.objects.current().filter(pattern=pattern)),
        concerns=[told(one, names) for one in concerns_of(pattern, day)],
        riders=max(riders_by_weekday(pattern, day).values()),
        capacity=capacity_of(pattern),
        is_ahead=pattern.valid_from > today,
    )


def more_of_route(route: Route, person: User) -> dict[str, Any]:
    """What its page shows besides: the ways that it runs today and later, on a map."""
    today = timezone.localdate()
    patterns = list(patterns_from(today).filter(route=route).order_by("valid_from", "-direction", "pk"))
    served = Stop.objects.filter(pattern_stops__pattern__in=patterns).distinct()
    return {
        "ways": [way_shown(pattern, today) for pattern in patterns],
        "map_config": map_config(with_state(served, today), patterns),
    }


def route_sections(route: Route) -> list[Section]:
    """The ways that are over, and the buses that run the route."""
    today = timezone.localdate()
    over = RoutePattern.objects.current().filter(route=route, valid_until__lt=today).order_by("-valid_until")
    newest = list(over[: MOST_OVER + 1])
    buses = route.buses.filter(archived_at=None).select_related("operator")
    return [
        Section(
            slug="buses",
            title=_("Buses"),
            headers=[_("Bus"), _("Operator")],
            rows=[Row([str(bus), str(bus.operator)]) for bus in buses],
            empty=_("No bus is given this route."),
        ),
        Section(
            slug="over",
            title=_("Earlier ways"),
            headers=[_("Direction"), _("Weekdays"), _("Valid from"), _("Valid until")],
            rows=[
                Row(
                    [
                        str(one.get_direction_display()),
                        weekdays_in_words(one.weekdays),
                        written(one.valid_from),
                        written(one.valid_until),
                    ]
                )
                for one in newest[:MOST_OVER]
            ],
            empty=_("No way of this route is over."),
            is_cut=len(newest) > MOST_OVER,
        ),
    ]


ROUTE_REGISTER = Register(
    name="route",
    path="routes",
    model=Route,
    title=gettext_lazy("Routes"),
    add=gettext_lazy("Add a route"),
    empty=gettext_lazy("No routes yet"),
    records_for=routes_for,
    filters=RouteFilter,
    table=RouteTable,
    form=RouteForm,
    data=RouteForm.Meta.fields,
    create=changes.create_route,
    change=changes.change_route,
    archive=changes.archive_route,
    restore=changes.restore_route,
    more_sections=route_sections,
    more=more_of_route,
    list_template="routes/route_list.html",
    detail_template="routes/route_detail.html",
)

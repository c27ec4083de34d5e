"""Stops on the registry's pages: what of a stop is listed, searched, asked for and shown."""

from typing import Any

import django_filters
import django_tables2 as tables
import rules
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.people.models import User
from fleet.routes import stop_changes as changes
from fleet.routes.models import Hazard, Stop, StopMarking
from fleet.routes.queries import duplicates_of, patterns_from, stops_for
from fleet.routes.stop_states import StopState, state_of, with_state
from web.registry.filters import RecordFilter, organisation_filter, search_filter
from web.registry.papers import Paper
from web.registry.register import Register
from web.registry.sections import NOT_RECORDED, Link, Row, Section, written
from web.registry.tables import RecordTable, badge
from web.routes.forms import StopForm
from web.routes.maps import map_config

BADGES = {
    StopState.GOOD: "current",
    StopState.WORN: "soon",
    StopState.MISSING: "failed",
    StopState.LAPSED: "failed",
    StopState.UNAPPROVED: "failed",
    StopState.UNKNOWN: "unknown",
}
MOST_INSPECTIONS = 20


class StopFilter(RecordFilter):
    """Search, who keeps a stop, whom it serves, and how it stands."""

    q = search_filter(gettext_lazy("Name of the stop or number of the approval"))
    organisation = organisation_filter(gettext_lazy("Kept by anybody"))
    school = organisation_filter(gettext_lazy("All schools"))
    stop_state = django_filters.ChoiceFilter(
        label=gettext_lazy("Markings and approval"),
        choices=StopState.choices,
        empty_label=gettext_lazy("Whatever"),
    )

    class Meta:
        model = Stop
        fields = ("q", "organisation", "school", "state")

    def wanted(self, text: str) -> Q:
        """Stops whose name or approval has the text."""
        return Q(name__icontains=text) | Q(name_en__icontains=text) | Q(approval_number__icontains=text)


class StopTable(RecordTable):
    """Stops, with how they stand."""

    name = tables.Column(linkify=("stop_detail", {"pk": tables.A("pk")}), order_by=("name", "pk"))
    organisation = tables.Column(order_by=("organisation__name", "name"))
    school = tables.Column(order_by=("school__name", "name"))
    stop_state = tables.Column(gettext_lazy("Markings and approval"), order_by=("stop_state", "name"))

    class Meta(RecordTable.Meta):
        model = Stop
        order_by = "name"
        fields = ("name", "organisation", "school", "stop_state", "state")

    def render_name(self, record: Stop) -> str:
        """In the language of the page."""
        return str(record)

    def render_stop_state(self, value: str) -> SafeString:
        """In words, marked by urgency."""
        return state_badge(StopState(value))


def state_badge(state: StopState) -> SafeString:
    """How a stop stands, in words."""
    return badge(BADGES[state], str(state.label))


def listed_stops(person: User, permission: str = "routes.view_stop") -> QuerySet[Stop]:
    """The stops for which a person has a permission, each with its state today."""
    found = stops_for(person, permission).select_related("organisation", "school")
    return with_state(found, timezone.localdate())


def stop_sections(stop: Stop) -> list[Section]:
    """Its inspections, and the ways that serve it."""
    return [inspection_section(stop), serving_section(stop)]


def inspection_section(stop: Stop) -> Section:
    """What inspectors found, the newest first."""
    found = stop.inspections.select_related("inspected_by", "stop")[: MOST_INSPECTIONS + 1]
    return Section(
        slug="inspections",
        title=_("Inspections"),
        headers=[_("Inspected"), _("By"), _("Found"), _("Distance from the stop"), _("Note")],
        rows=[
            Row(
                [
                    written(one.inspected_at),
                    str(one.inspected_by),
                    found_in_words(one.conditions),
                    distance_in_words(one.from_stop_m, one.accuracy_m),
                    one.note or NOT_RECORDED,
                ],
                [Link(reverse("stop_photograph", args=[stop.pk, one.pk]), _("Photograph"))]
                if one.photograph
                else [],
            )
            for one in found[:MOST_INSPECTIONS]
        ],
        empty=_("Nobody has inspected this stop yet."),
        is_cut=len(found) > MOST_INSPECTIONS,
    )


def found_in_words(conditions: dict[str, str]) -> str:
    """The condition of each marking, as it was found."""
    kinds = dict(StopMarking._meta.get_field("kind").flatchoices)
    words = dict(StopMarking._meta.get_field("condition").flatchoices)
    return "; ".join(
        f"{kinds.get(kind, kind)}: {words.get(condition, condition)}"
        for kind, condition in conditions.items()
    )


def distance_in_words(metres: float | None, accuracy_m: float | None) -> str:
    """How far from the stop an inspector stood."""
    if metres is None:
        return _("unknown")
    if accuracy_m is None:
        return _("%(metres)d m") % {"metres": metres}
    return _("%(metres)d m (± %(accuracy)d m)") % {"metres": metres, "accuracy": accuracy_m}


def serving_section(stop: Stop) -> Section:
    """The ways that serve a stop today or later."""
    served = stop.pattern_stops.filter(pattern__in=patterns_from(timezone.localdate()))
    return Section(
        slug="routes",
        title=_("Routes"),
        headers=[_("Route"), _("School"), _("Direction"), _("Order"), _("Valid from"), _("Valid until")],
        rows=[
            Row(
                [
                    str(one.pattern.route),
                    str(one.pattern.route.school),
                    str(one.pattern.get_direction_display()),
                    str(one.order),
                    written(one.pattern.valid_from),
                    written(one.pattern.valid_until),
                ],
                [Link(reverse("route_detail", args=[one.pattern.route_id]), _("Open"))],
            )
            for one in served.select_related("pattern__route__school")
        ],
        empty=_("No route serves this stop."),
    )


def more_of_stop(stop: Stop, person: User) -> dict[str, Any]:
    """What its page shows besides: a map, how it stands, stops that may be the same, what the person may do."""
    shown = with_state(Stop.objects.filter(pk=stop.pk), timezone.localdate()).get()
    return {
        "map_config": map_config(stops=[shown]),
        "stop_state": state_badge(state_of(shown)),
        "duplicates": duplicates_of(stop),
        "may_inspect": rules.has_perm("routes.inspect_stop", person, stop),
        "may_approve": rules.has_perm("routes.approve_stop", person, stop),
    }


MARKINGS = Paper(
    slug="markings",
    title=gettext_lazy("Markings"),
    add=gettext_lazy("Add a marking"),
    empty=gettext_lazy("No marking is recorded: nobody knows how this stop is marked. Inspect it."),
    model=StopMarking,
    owner="stop",
    shown=("kind", "condition", "owner", "inspected_at"),
    asked=("kind", "condition", "owner", "photograph"),
    record=changes.record_marking,
)
HAZARDS = Paper(
    slug="hazards",
    title=gettext_lazy("Hazards"),
    add=gettext_lazy("Add a hazard"),
    empty=gettext_lazy("No hazard is recorded."),
    model=Hazard,
    owner="stop",
    shown=("kind", "note"),
    asked=("kind", "note"),
    record=changes.record_hazard,
)

STOP_REGISTER = Register(
    name="stop",
    path="stops",
    model=Stop,
    title=gettext_lazy("Stops"),
    add=gettext_lazy("Add a stop"),
    empty=gettext_lazy("No stops yet"),
    records_for=listed_stops,
    filters=StopFilter,
    table=StopTable,
    form=StopForm,
    data=(
        "name",
        "name_en",
        "kind",
        "side",
        "approach_deg",
        "organisation",
        "school",
        "approval_number",
        "approved_on",
        "approved_until",
    ),
    create=changes.create_stop,
    change=changes.change_stop,
    archive=changes.archive_stop,
    restore=changes.restore_stop,
    papers=(MARKINGS, HAZARDS),
    correct_paper=changes.correct_at_stop,
    archive_paper=changes.archive_at_stop,
    more_sections=stop_sections,
    more=more_of_stop,
    list_template="routes/stop_list.html",
    detail_template="routes/stop_detail.html",
)

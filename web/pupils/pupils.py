"""Pupils on the school's pages: who sees what of them follows from the role."""

from collections import defaultdict
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.grants import reach_with
from fleet.organisations.models import Kind
from fleet.people.models import User
from fleet.pupils import changes
from fleet.pupils.models import Pupil, SchoolClass, StopAssignment
from fleet.pupils.queries import absences_on, assignments_on, pupils_at_school_for
from fleet.routes.models import Direction, Route, Stop
from web.pupils.sections import page_of_pupil
from web.registry.filters import RecordFilter, organisation_filter, search_filter
from web.registry.forms import RecordForm
from web.registry.register import Register
from web.registry.tables import RecordTable, badge

SCHOOLS = (Kind.SCHOOL,)
WITHOUT_STOP, ABSENT, RIDING = "without_stop", "absent", "riding"
RIDES = [
    (RIDING, gettext_lazy("With a stop")),
    (WITHOUT_STOP, gettext_lazy("Without a stop")),
    (ABSENT, gettext_lazy("Absent today")),
]


class PupilFilter(RecordFilter):
    """Pupils, narrowed down."""

    q = search_filter(gettext_lazy("Name or pupil number"))
    school = organisation_filter(gettext_lazy("All schools"))
    school_class = django_filters.ModelChoiceFilter(
        queryset=SchoolClass.objects.none(), empty_label=gettext_lazy("All classes")
    )
    route = django_filters.ModelChoiceFilter(
        field_name="stop_assignments__pattern__route",
        queryset=Route.objects.none(),
        method="by_route",
        label=gettext_lazy("Route"),
        empty_label=gettext_lazy("All routes"),
    )
    stop = django_filters.ModelChoiceFilter(
        field_name="stop_assignments__stop",
        queryset=Stop.objects.none(),
        method="by_stop",
        label=gettext_lazy("Stop"),
        empty_label=gettext_lazy("All stops"),
    )
    rides = django_filters.ChoiceFilter(
        method="by_rides", label=gettext_lazy("Rides"), choices=RIDES, empty_label=gettext_lazy("All")
    )

    class Meta:
        model = Pupil
        fields = ("q", "school", "school_class", "route", "stop", "rides", "state")

    def wanted(self, text: str) -> Q:
        """Pupils whose name has the text, or whose number begins with it."""
        return Q(name__icontains=text) | Q(number__istartswith=text)

    def by_route(self, pupils: QuerySet[Pupil], _name: str, route: Route) -> QuerySet[Pupil]:
        """Those who have a stop of the route today or later."""
        return pupils.filter(pk__in=current_stops().filter(pattern__route=route).values("pupil"))

    def by_stop(self, pupils: QuerySet[Pupil], _name: str, stop: Stop) -> QuerySet[Pupil]:
        """Those who board or alight there."""
        return pupils.filter(pk__in=current_stops().filter(stop=stop).values("pupil"))

    def by_rides(self, pupils: QuerySet[Pupil], _name: str, wanted: str) -> QuerySet[Pupil]:
        """Those who have a stop, have none, or are absent today."""
        if wanted == ABSENT:
            return pupils.filter(pk__in=absences_on(timezone.localdate()).values("pupil"))
        with_stop = Q(pk__in=current_stops().values("pupil"))
        return pupils.filter(with_stop if wanted == RIDING else ~with_stop)


def current_stops() -> QuerySet[StopAssignment]:
    """The stops of pupils that hold today, whatever its weekday."""
    return assignments_on(timezone.localdate())


class PupilTable(RecordTable):
    """Pupils, where they board and alight, and who is absent."""

    name = tables.Column(linkify=("pupil_detail", {"pk": tables.A("pk")}), order_by=("name", "pk"))
    number = tables.Column()
    school_class = tables.Column(order_by=("school_class__name", "name"))
    stops = tables.Column(gettext_lazy("Stops"), empty_values=(), orderable=False)
    today = tables.Column(gettext_lazy("Today"), empty_values=(), orderable=False)

    class Meta(RecordTable.Meta):
        model = Pupil
        fields = ("name", "number", "school_class", "stops", "today", "state")
        order_by = "name"

    def before_render(self, _request: HttpRequest) -> None:
        """Find the stops and absences of those on the page that is open, all at once."""
        pks = [one.pk for one in self.shown]
        self.stops_of: dict[int, dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
        held = current_stops().filter(pupil__in=pks).select_related("stop", "pattern")
        for one in held.order_by("pk"):
            self.stops_of[one.pupil_id][one.pattern.direction][str(one.stop)] = None
        absences = absences_on(timezone.localdate()).filter(pupil__in=pks)
        self.absences = {one.pupil_id: one for one in absences}

    def render_stops(self, record: Pupil) -> SafeString:
        """The stops by direction."""
        found = self.stops_of.get(record.pk)
        if not found:
            return badge("unknown", _("No stop"))
        lines = (
            (direction.label, ", ".join(found[direction])) for direction in Direction if found[direction]
        )
        return format_html('<span class="wraps">{}</span>', format_html_join(" · ", "{}: {}", lines))

    def render_today(self, record: Pupil) -> SafeString:
        """Whether an absence is reported."""
        absence = self.absences.get(record.pk)
        if absence is None:
            return format_html("{}", "—")
        word = _("Absent") if not absence.direction else _("Absent: %s") % absence.get_direction_display()
        return badge("soon", word)


class PupilForm(RecordForm):
    """What is kept of a pupil: no more than riding needs."""

    class Meta(RecordForm.Meta):
        model = Pupil
        fields = ("school", "school_class", "number", "name")

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reached = reach_with(person, "pupils.change_pupil")
        self.choose_organisation("school", reached, SCHOOLS)
        classes = SchoolClass.objects.current().filter(school__in=reached)
        if self.instance.pk:
            self.fields["school"].disabled = True
            classes = classes.filter(school=self.instance.school_id)
        self.choose_from("school_class", classes)
        self.fields["number"].help_text = _("The school's own number; no identity number.")


PUPIL_REGISTER = Register(
    name="pupil",
    path="pupils",
    model=Pupil,
    title=gettext_lazy("Pupils"),
    add=gettext_lazy("Add a pupil"),
    empty=gettext_lazy("No pupils yet"),
    records_for=pupils_at_school_for,
    filters=PupilFilter,
    table=PupilTable,
    form=PupilForm,
    data=("number", "school_class", "school"),
    create=changes.create_pupil,
    change=changes.change_pupil,
    archive=changes.archive_pupil,
    restore=changes.restore_pupil,
    more=page_of_pupil,
    detail_template="pupils/pupil.html",
    is_personal=True,
)

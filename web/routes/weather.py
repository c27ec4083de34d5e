"""Low visibility on the registry's pages: the coordinator's switch, with its history."""

from typing import Any

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from fleet.grants import reach_with
from fleet.organisations.models import Kind
from fleet.people.models import User
from fleet.routes import weather_changes as changes
from fleet.routes.models import LowVisibility
from fleet.routes.queries import low_visibility_for
from web.person import person_of
from web.registry.filters import RecordFilter, organisation_filter, search_filter
from web.registry.forms import RecordForm
from web.registry.register import Register
from web.registry.tables import RecordTable, badge, state_badge

AREAS = (Kind.DISTRICT, Kind.OPERATOR, Kind.SCHOOL)
LOCAL_TIME = "%Y-%m-%dT%H:%M"


class LowVisibilityFilter(RecordFilter):
    """Search, and whose area it was declared for."""

    q = search_filter(gettext_lazy("Note"))
    organisation = organisation_filter(gettext_lazy("All areas"))

    class Meta:
        model = LowVisibility
        fields = ("q", "organisation", "state")

    def wanted(self, text: str) -> Q:
        """Those whose note has the text."""
        return Q(note__icontains=text)


class LowVisibilityTable(RecordTable):
    """Times of low visibility, the newest first."""

    weather = tables.Column(linkify=("lowvisibility_detail", {"pk": tables.A("pk")}))
    organisation = tables.Column(order_by=("organisation__name",))
    standing = tables.Column(gettext_lazy("Now"), empty_values=(), orderable=False)

    class Meta(RecordTable.Meta):
        model = LowVisibility
        order_by = "-since"
        fields = ("weather", "organisation", "since", "until", "standing", "note", "state")

    def render_standing(self, record: LowVisibility) -> SafeString:
        """Whether it is in force."""
        now = timezone.now()
        if record.archived_at:
            return state_badge(record)
        if record.since > now:
            return badge("current", _("To come"))
        if record.until and record.until <= now:
            return badge("archived", _("Over"))
        return badge("current", _("In force"))


class LowVisibilityForm(RecordForm):
    """Where, when and what."""

    class Meta(RecordForm.Meta):
        model = LowVisibility
        fields = ("organisation", "weather", "since", "until", "note")

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose_organisation("organisation", reach_with(person, changes.CHANGE), AREAS)
        for name in ("since", "until"):
            self.fields[name].widget = forms.DateTimeInput(
                attrs={"type": "datetime-local"}, format=LOCAL_TIME
            )
        self.fields["since"].required = False
        self.fields["since"].help_text = _("At once where it is left empty; never in the past.")
        self.fields["until"].help_text = _("Until it is ended where it is left empty.")

    def clean_since(self) -> Any:
        """At once where it is left empty; as it was where it was not touched, since forms know no seconds."""
        since, stored = self.cleaned_data["since"], self.instance.since
        if since is None:
            return stored or timezone.now()
        return stored if stored and since == stored.replace(second=0, microsecond=0) else since


LOW_VISIBILITY_REGISTER = Register(
    name="lowvisibility",
    path="weather",
    model=LowVisibility,
    title=gettext_lazy("Low visibility"),
    add=gettext_lazy("Declare low visibility"),
    empty=gettext_lazy("No low visibility has been declared: limits hold as they are posted"),
    records_for=low_visibility_for,
    filters=LowVisibilityFilter,
    table=LowVisibilityTable,
    form=LowVisibilityForm,
    data=LowVisibilityForm.Meta.fields,
    create=changes.declare_low_visibility,
    change=changes.change_low_visibility,
    archive=changes.archive,
    restore=changes.restore,
    detail_template="routes/weather_detail.html",
    more=lambda one, person: {"is_over": one.until is not None and one.until <= timezone.now()},
)


@require_POST
def weather_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Let low visibility end now."""
    person = person_of(request)
    one = LOW_VISIBILITY_REGISTER.found(person, pk, "change")
    try:
        changes.end_low_visibility(one, by=person)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The usual limits hold again."))
    return redirect("lowvisibility_detail", pk)

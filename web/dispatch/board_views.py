"""The dispatch board: today's runs, what the gate said of each, and what it would say now."""

from collections.abc import Mapping

import django_tables2 as tables
import rules
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET
from django_tables2 import RequestConfig

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.dispatch.board import BoardRow, Foreseen, RowState, foresee, rows_of, without_card
from fleet.dispatch.words import wrong_in_words
from fleet.people.models import User
from fleet.regulations.queries import NoProfileError
from web.dispatch.forms import BoardFilter
from web.person import person_of
from web.registry.sections import NOT_RECORDED
from web.registry.tables import badge

PER_PAGE = 50
BADGES = {
    RowState.NOT_ASKED: "unknown",
    RowState.REFUSED: "refused",
    RowState.OVERRIDDEN: "soon",
    RowState.ALLOWED: "current",
}


class BoardTable(tables.Table):  # type: ignore[misc]  # the library has no types
    """Runs; what is foreseen of those that are shown is put in once the page is known."""

    first = tables.TimeColumn(verbose_name=gettext_lazy("Time"), order_by=("first", "plate"), format="H:i")
    plate = tables.Column(gettext_lazy("Bus"), order_by=("plate", "first"))
    state = tables.Column(gettext_lazy("Asked"), order_by=("state", "first"))
    ahead = tables.Column(gettext_lazy("Gate would say"), empty_values=(), orderable=False)
    route = tables.Column(gettext_lazy("Route"), orderable=False)
    crew = tables.Column(gettext_lazy("Usual crew"), empty_values=(), orderable=False)

    class Meta:
        template_name = "registry/table.html"
        default = NOT_RECORDED

    foreseen: Mapping[BoardRow, Foreseen] = {}

    def render_first(self, record: BoardRow) -> str:
        """From when to when the plate card lets the bus run."""
        return f"{record.first:%H:%M}–{record.last:%H:%M}"

    def render_plate(self, record: BoardRow) -> SafeString:
        """With a link to the gate."""
        url = f"{reverse('dispatch_gate', args=[record.bus])}?run={record.first:%H:%M}"
        return format_html('<a class="plate" href="{}">{}</a>', url, record.plate)

    def render_route(self, record: BoardRow) -> str:
        """Its name."""
        found = self.foreseen.get(record)
        return str(found.plan.route) if found and found.plan.route else NOT_RECORDED

    def render_crew(self, record: BoardRow) -> str:
        """The driver and the attendant."""
        found = self.foreseen.get(record)
        if not found or not (found.plan.driver or found.plan.attendant):
            return NOT_RECORDED
        return " · ".join(
            (str(found.plan.driver or _("no driver")), str(found.plan.attendant or _("no attendant")))
        )

    def render_ahead(self, record: BoardRow) -> SafeString | str:
        """The first reason against the run, and how many there are."""
        found = self.foreseen.get(record)
        if found is None:
            return _("Unknown")
        reasons = found.decision.ahead
        if not reasons:
            return _("Nothing known against it")
        first = wrong_in_words({"code": reasons[0].code, "unknown": reasons[0].unknown})
        if len(reasons) == 1:
            return first
        more = ngettext("and %(n)d more", "and %(n)d more", len(reasons) - 1) % {"n": len(reasons) - 1}
        return format_html('{} <span class="muted">{}</span>', first, more)

    def render_state(self, record: BoardRow) -> SafeString:
        """What the gate said last, with a link to it."""
        word = str(record.state.label)
        if record.refusals:
            word = f"{word} ({record.refusals})"
        shown = badge(BADGES[record.state], word)
        if record.check is None:
            return shown
        return format_html('<a href="{}">{}</a>', reverse("dispatch_check", args=[record.check]), shown)


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Today's runs of the buses in the person's reach."""
    person, today = person_of(request), timezone.localdate()
    if not rules.has_perm("dispatch.view_gatecheck", person):
        raise Http404
    form = BoardFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {"q": "", "state": ""}
    table = BoardTable(rows_of(person, today, asked["q"].strip(), asked["state"]))
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    shown = [row.record for row in table.paginated_rows]
    try:
        table.foreseen = dict(zip(shown, foresee(shown, today), strict=True))
        trouble = ""
    except NoProfileError as error:
        trouble = str(error)
    note_crews(person, table.foreseen)
    context = {
        "table": table,
        "form": form,
        "today": today,
        "trouble": trouble,
        "is_filtered": any(asked.values()),
        "without_card": without_card(person, today),
    }
    return render(request, "dispatch/board.html", context)


def note_crews(person: User, foreseen: Mapping[BoardRow, Foreseen]) -> None:
    """Add to the access log of whom it was shown what stands against them."""
    plans = [one.plan for one in foreseen.values()]
    drivers = {plan.driver for plan in plans if plan.driver}
    attendants = {plan.attendant for plan in plans if plan.attendant}
    for crew in (drivers, attendants):
        record_access(by=person, action=Action.LIST, objects=sorted(crew, key=lambda one: one.pk))

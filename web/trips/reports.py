"""On-time performance and ride times, and how good each school's predictions were."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from fleet.audit.changes import record_export
from fleet.family.privacy import privacy_of
from fleet.grants import reach_with
from fleet.organisations.models import Kind, Organisation
from fleet.trips.accuracy import PROMISED, accuracy_of, held_of_school
from fleet.trips.punctuality import EARLY_AT, LATE_AT
from fleet.trips.queries import EXPORT, VIEW
from fleet.trips.statistics import Punctuality, punctuality
from web.person import person_of
from web.registry.table_files import table_file
from web.registry.views_imports import download

DEFAULT_DAYS = 28
LONGEST_DAYS = 366


def day_field(label: Any) -> forms.DateField:
    """A day, chosen from a calendar."""
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class PunctualityForm(forms.Form):
    """What is compared, and when."""

    by = forms.ChoiceField(
        label=gettext_lazy("By"),
        required=False,
        choices=[
            ("route", gettext_lazy("Route")),
            ("school", gettext_lazy("School")),
            ("operator", gettext_lazy("Operator")),
        ],
    )
    first = day_field(gettext_lazy("From"))
    last = day_field(gettext_lazy("Until"))

    def clean(self) -> dict[str, Any]:
        """Days in order, a year at most."""
        given = super().clean() or {}
        last = given.get("last") or timezone.localdate()
        first = given.get("first") or last - timedelta(days=DEFAULT_DAYS - 1)
        if first > last:
            self.add_error("last", _("This is before the first day."))
        elif (last - first).days > LONGEST_DAYS:
            self.add_error("first", _("At most a year can be shown at once."))
        return given | {"first": first, "last": last, "by": given.get("by") or "route"}


def asked(request: HttpRequest) -> tuple[PunctualityForm, dict[str, Any]]:
    """The form, and what it asks for; the last four weeks where that can't be."""
    form = PunctualityForm({name: request.GET.get(name, "") for name in ("by", "first", "last")})
    today = timezone.localdate()
    if form.is_valid():
        given = form.cleaned_data
        shown = PunctualityForm(initial=given)
        return shown, {"group": given["by"], "first": given["first"], "last": given["last"]}
    return form, {"group": "route", "first": today - timedelta(days=DEFAULT_DAYS - 1), "last": today}


@require_GET
def punctuality_page(request: HttpRequest) -> HttpResponse:
    """How punctual trips were, the worst first.

    Raises:
        Http404: for who may see no trips.
    """
    person = person_of(request)
    if not reach_with(person, VIEW):
        raise Http404
    form, wanted = asked(request)
    context = {
        "form": form,
        "rows": punctuality(person, **wanted),
        "wanted": wanted,
        "query": request.GET.urlencode(),
        "may_export": bool(reach_with(person, EXPORT)),
        "early_min": int(-EARLY_AT.total_seconds() // 60),
        "late_min": int(LATE_AT.total_seconds() // 60),
    }
    return render(request, "trips/punctuality.html", context)


@require_GET
def punctuality_export(request: HttpRequest, kind: str) -> FileResponse:
    """The same as a spreadsheet; the access log has it.

    Raises:
        Http404: for who may take no trips away.
    """
    person = person_of(request)
    if not reach_with(person, EXPORT):
        raise Http404
    _form, wanted = asked(request)
    heads = [
        _("Name"), _("Trips"), _("Stops"), _("Early"), _("On time"), _("Late"), _("Missed"), _("Unknown"),
        _("On time (%)"), _("Mean delay (min)"), _("Planned ride (min)"), _("Mean ride (min)"),
        _("Longest ride (min)"),
    ]  # fmt: skip
    rows = punctuality(person, **wanted, permission=EXPORT)
    content, content_type = table_file(kind, [heads, *map(cells, rows)])
    title = _("On-time performance")
    record_export(by=person, what=f"{title} {wanted['first']} – {wanted['last']}")
    return download(content, f"{title}-{wanted['first']}-{wanted['last']}.{kind}", content_type)


def cells(row: Punctuality) -> list[str]:
    """A group's cells in the spreadsheet; what is unknown stays empty."""
    share = row.on_time_share
    times = (row.mean_delay, row.planned_ride, row.ride, row.longest_ride)
    counts = (row.trips, row.stops, row.early, row.on_time, row.late, row.missed, row.unknown)
    return [
        row.name,
        *map(str, counts),
        "" if share is None else f"{share * 100:.1f}",
        *("" if one is None else f"{one.total_seconds() / 60:.1f}" for one in times),
    ]


@require_GET
def accuracy_list(request: HttpRequest) -> HttpResponse:
    """The schools whose predictions are reported: open to everybody who is signed in."""
    schools = Organisation.objects.filter(kind=Kind.SCHOOL, routes__patterns__trips__isnull=False)
    return render(request, "trips/accuracy_list.html", {"schools": schools.distinct().order_by("name")})


@require_GET
@login_not_required
def accuracy_of_school(request: HttpRequest, pk: int) -> HttpResponse:
    """How good a school's predictions were in the last four weeks: figures that name no person and no bus.

    They are open to everybody who is signed in, and to strangers once the school publishes them.
    """
    is_published = privacy_of(pk).publishes_accuracy
    if not is_published and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    school = get_object_or_404(Organisation, kind=Kind.SCHOOL, pk=pk)
    last = timezone.localdate()
    first: date = last - timedelta(days=DEFAULT_DAYS - 1)
    context = {
        "school": school,
        "is_published": is_published,
        "first": first,
        "last": last,
        "accuracy": accuracy_of(held_of_school(school.pk, first, last)),
        "promised": PROMISED,
    }
    return render(request, "trips/accuracy.html", context)

"""What a report is asked about, and for which days: this week where nothing is said."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.grants import reach_with
from fleet.people.models import User
from fleet.reports.periods import DAY, LONGEST_DAYS, MONTH, RANGE, SEMESTER, WEEK, period_around
from fleet.reports.permissions import VIEW
from fleet.reports.subjects import VIEW_DRIVER, Subject, SubjectKind, subjects_for, terms_of
from web.trips.reports import day_field

MOST_OFFERED = 60
BY_DEFAULT = (SubjectKind.AREA, SubjectKind.OPERATOR, SubjectKind.SCHOOL)


class ReportForm(forms.Form):
    """What the report is about, and which days.

    `of` is the subject that is open, as "bus:3": it stays where neither another kind nor a name is asked for.
    """

    of = forms.CharField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=gettext_lazy("About"), required=False, choices=SubjectKind.choices)
    q = forms.CharField(
        label=gettext_lazy("Search"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": gettext_lazy("Name or plate")}),
    )
    period = forms.ChoiceField(
        label=gettext_lazy("Period"),
        required=False,
        choices=[
            (DAY, gettext_lazy("Day")),
            (WEEK, gettext_lazy("Week")),
            (MONTH, gettext_lazy("Month")),
            (SEMESTER, gettext_lazy("Semester")),
            (RANGE, gettext_lazy("From … until")),
        ],
    )
    day = day_field(gettext_lazy("Day in it, or first day"))
    last = day_field(gettext_lazy("Last day (from … until)"))

    def clean(self) -> dict[str, Any]:
        """This week by default; days of a range in order, a year at most."""
        given = super().clean() or {}
        given["day"] = given.get("day") or timezone.localdate()
        given["period"] = given.get("period") or WEEK
        if given["period"] == RANGE:
            given["last"] = given.get("last") or max(given["day"], timezone.localdate())
            if given["last"] < given["day"]:
                self.add_error("last", _("This is before the first day."))
            elif (given["last"] - given["day"]).days > LONGEST_DAYS:
                self.add_error("day", _("At most a year can be shown at once."))
        return given


@dataclass(frozen=True)
class Choice:
    """What is asked.

    Attributes:
        form: as it is shown.
        subject: that was found; None where several can be meant, or none.
        offered: those that can be meant, one more than are offered where there are more.
        first: day.
        last: day, included.
        query: that asks for the same days and the subject; `days_query` for the days alone.
    """

    form: ReportForm
    kind: SubjectKind
    subject: Subject | None
    offered: list[Any]
    first: date
    last: date
    query: str
    days_query: str


def choice_of(person: User, asked: Any) -> Choice:
    """What a person asks by the parameters of an address.

    Raises:
        Http404: for who may read no reports, and for a subject out of reach.
    """
    if not reach_with(person, VIEW):
        raise Http404
    form = ReportForm(asked)
    is_valid = form.is_valid()
    given = form.cleaned_data if is_valid else {}
    kind, subject, offered = subject_asked(person, given)
    day = given.get("day") or timezone.localdate()
    days = {"period": given.get("period", WEEK), "day": day.isoformat()}
    if given.get("period") == RANGE:
        first, last = day, given["last"]
        days["last"] = last.isoformat()
    else:
        terms = terms_of(subject) if subject and days["period"] == SEMESTER else []
        first, last = period_around(days["period"], day, terms)
    of = f"{subject.kind}:{subject.one.pk}" if subject else ""
    shown = ReportForm(initial={**days, "of": of, "kind": kind}) if is_valid else form
    offer_kinds(shown, person)
    query = urlencode({"of": of, "kind": kind.value, **days})
    return Choice(shown, kind, subject, offered, first, last, query, urlencode(days))


def offer_kinds(form: ReportForm, person: User) -> None:
    """Offer drivers only to who may see them."""
    field = form.fields["kind"]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101  (it is declared so)
    hidden = set() if reach_with(person, VIEW_DRIVER) else {SubjectKind.DRIVER.value}
    field.choices = [(value, name) for value, name in SubjectKind.choices if value not in hidden]


def subject_asked(person: User, given: dict[str, Any]) -> tuple[SubjectKind, Subject | None, list[Any]]:
    """The kind that is asked about, the one of it, and those that can be meant."""
    of_kind, _colon, pk = given.get("of", "").partition(":")
    wanted, text = given.get("kind") or of_kind, given.get("q", "")
    if pk and wanted == of_kind and not text:
        if of_kind not in SubjectKind.values or not pk.isdecimal():
            raise Http404
        kind = SubjectKind(of_kind)
        return kind, Subject(kind, get_object_or_404(subjects_for(person, kind), pk=int(pk))), []
    if wanted not in SubjectKind.values:
        return by_default(person)
    kind = SubjectKind(wanted)
    offered = list(subjects_for(person, kind, text)[: MOST_OFFERED + 1])
    return kind, Subject(kind, offered[0]) if len(offered) == 1 else None, offered


def by_default(person: User) -> tuple[SubjectKind, Subject | None, list[Any]]:
    """The widest that a person reaches."""
    for kind in BY_DEFAULT:
        one = subjects_for(person, kind).first()
        if one:
            return kind, Subject(kind, one), []
    return SubjectKind.SCHOOL, None, []

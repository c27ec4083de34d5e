"""What the pages of drivers and of attendants share: search, form, and how a judgement is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
import rules
from django import forms
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.grants import reach_with
from fleet.people.models import User
from fleet.people.standing import State, Verdict
from fleet.people.words import STATES, VERDICTS
from web.person import person_of
from web.registry.filters import RecordFilter, organisation_filter, search_filter
from web.registry.forms import EMPLOYERS, RecordForm
from web.registry.register import Register
from web.registry.sections import NOT_RECORDED, Link
from web.registry.tables import RecordTable, badge
from web.registry.views import detail_of

SOON_DAYS = 30


@dataclass(frozen=True)
class Line:
    """One thing that is asked of somebody, and how it stands.

    Attributes:
        title: what is asked.
        state: met, not met or unknown.
        reason: why.
        shown_on: the day of what shows it.
        evidence: what shows it.
        link: to where it is recorded.
    """

    title: str | Promise
    state: State
    reason: str
    shown_on: date | None
    evidence: str
    link: Link

    @property
    def word(self) -> str | Promise:
        """The state in words."""
        return STATES[self.state]


@dataclass(frozen=True)
class Judgement:
    """How somebody stands today, for a row of a list.

    Attributes:
        verdict: in one word.
        not_met: how many things are not met.
        unknown: how many are unknown.
        next_what: what lapses next, or has lapsed longest.
        next_on: its last day.
    """

    verdict: Verdict
    not_met: int
    unknown: int
    next_what: str | Promise = ""
    next_on: date | None = None

    @property
    def wanting(self) -> str:
        """How much is wanting, in words."""
        parts = []
        if self.not_met:
            parts.append(ngettext("%(n)d not met", "%(n)d not met", self.not_met) % {"n": self.not_met})
        if self.unknown:
            parts.append(ngettext("%(n)d unknown", "%(n)d unknown", self.unknown) % {"n": self.unknown})
        return ", ".join(parts)


def verdict_of(states: Sequence[State]) -> Verdict:
    """Not qualified where anything is not met; unknown where anything is unknown."""
    if State.NOT_MET in states:
        return Verdict.NOT_QUALIFIED
    return Verdict.UNKNOWN if State.UNKNOWN in states else Verdict.QUALIFIED


def standing_shown(lines: Sequence[Line]) -> dict[str, Any]:
    """How somebody stands, for the template of their page; unknown where there is nothing to judge by."""
    verdict = verdict_of([one.state for one in lines]) if lines else Verdict.UNKNOWN
    return {"lines": lines, "verdict": verdict, "verdict_word": VERDICTS[verdict]}


class CrewFilter(RecordFilter):
    """Search, employer, and how somebody stands today."""

    q = search_filter(gettext_lazy("Name or telephone"))
    operator = organisation_filter(gettext_lazy("All employers"))
    standing = django_filters.ChoiceFilter(
        method="by_standing",
        label=gettext_lazy("Today"),
        choices=[(one.value, word) for one, word in VERDICTS.items()],
        empty_label=gettext_lazy("All"),
    )

    def wanted(self, text: str) -> Q:
        """People whose name or telephone has the text; an identity number is found whole only."""
        number = "".join(text.split()).upper()
        return Q(name__icontains=text) | Q(telephone__icontains=text) | Q(identity_number=number)

    def judged(self, people: QuerySet[Any]) -> dict[int, Judgement]:
        """How each stands today, by id."""
        raise NotImplementedError

    def by_standing(self, people: QuerySet[Any], _name: str, verdict: str) -> QuerySet[Any]:
        """Those who stand so today."""
        judged = self.judged(people)
        return people.filter(pk__in=[pk for pk, one in judged.items() if one.verdict == verdict])


class CrewTable(RecordTable):
    """People who work aboard, and how they stand today."""

    name = tables.Column()
    operator = tables.Column(order_by=("operator__name", "name"))
    standing = tables.Column(gettext_lazy("Today"), empty_values=(), orderable=False)
    lapses = tables.Column(gettext_lazy("Lapses next"), empty_values=(), orderable=False)

    class Meta(RecordTable.Meta):
        order_by = "name"

    def judged(self, people: QuerySet[Any]) -> dict[int, Judgement]:
        """How each stands today, by id."""
        raise NotImplementedError

    def before_render(self, _request: HttpRequest) -> None:
        """Judge those on the page that is open, all at once."""
        model = self.data.data.model
        self.judgements = self.judged(model.objects.filter(pk__in=[one.pk for one in self.shown]))

    def render_standing(self, record: Any) -> SafeString:
        """The verdict in a word, and how much is wanting."""
        one = self.judgements[record.pk]
        word = badge(one.verdict, str(VERDICTS[one.verdict]))
        if not one.wanting:
            return word
        return format_html('<span class="wraps">{} <span class="muted">{}</span></span>', word, one.wanting)

    def render_lapses(self, record: Any) -> SafeString | str:
        """What lapses next, and when."""
        one = self.judgements[record.pk]
        if one.next_on is None:
            return NOT_RECORDED
        days = (one.next_on - timezone.localdate()).days
        state = "failed" if days < 0 else "soon" if days <= SOON_DAYS else "current"
        return format_html(
            '<span class="wraps">{} {}</span>', badge(state, date_format(one.next_on)), one.next_what
        )


class CrewForm(RecordForm):
    """Who somebody is and who employs them. The identity number is asked for, never shown."""

    identity_number = forms.CharField(label=gettext_lazy("identity number"))

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reached = reach_with(person, f"people.change_{self._meta.model._meta.model_name}")
        self.choose_organisation("operator", reached, EMPLOYERS)
        self.initial.pop("identity_number", None)
        number = self.fields["identity_number"]
        number.widget.attrs["autocomplete"] = "off"
        if self.instance.pk:
            number.required = False
            number.help_text = _("%(number)s is recorded. Leave this empty to keep it.") % {
                "number": self.instance.masked_identity_number
            }

    def clean_identity_number(self) -> str:
        """The number as it is kept; the one recorded where none is given. The birth date follows from it."""
        typed = self.cleaned_data["identity_number"]
        if not typed:
            return str(self.instance.identity_number)
        number: str = self._meta.model._meta.get_field("identity_number").clean(typed, None)
        if number != self.instance.identity_number:
            self.instance.born_on = None
        return number

    def differing(self, stored: Any) -> dict[str, Any]:
        """With another identity number, the birth date is to be taken from that."""
        found = super().differing(stored)
        return found | {"born_on": None} if "identity_number" in found else found


def may_see_identity(register: Register, person: User, record: Any) -> bool:
    """Whether a person may have the whole identity number of somebody."""
    return bool(rules.has_perm(f"{register.permission('view')}_identity", person, record))


@require_POST
@never_cache
def identity_show(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """The page of somebody with the whole identity number, which the access log notes."""
    person = person_of(request)
    record = register.found(person, pk)
    if not may_see_identity(register, person, record):
        raise Http404
    record_access(by=person, action=Action.VIEW, objects=[record], purpose=_("Identity number"))
    shown = {"identity_number": record.identity_number}
    return render(request, register.detail_template, detail_of(register, record, person) | shown)

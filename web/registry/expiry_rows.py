"""What lapses when, as rows: narrowed down by kind, organisation, days and text."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from fleet.expiry import expiring
from fleet.lapses import INSTALLATION, Lapse
from fleet.organisations.models import Organisation
from fleet.people.models import User

KINDS = {
    "bus": _("Bus"),
    "driver": _("Driver"),
    "attendant": _("Attendant"),
    "usepermit": _("Use permit"),
    "stop": _("Stop"),
    INSTALLATION: _("The whole installation"),
}
PAGES = {
    "bus": "bus_detail",
    "driver": "driver_detail",
    "attendant": "attendant_detail",
    "usepermit": "permit_detail",
    "stop": "stop_detail",
}
SOON_DAYS = 7
DEFAULT_DAYS = 60


@dataclass(frozen=True)
class Row:
    """One thing that lapses, in words.

    Attributes:
        lapse: what lapses.
        subject: whose it is.
        address: of the page of it; empty where there is none.
        organisation: who answers for it first.
        what: what lapses.
        days_left: until the last good day; negative once it has lapsed.
    """

    lapse: Lapse
    subject: str
    address: str
    organisation: str
    what: str
    days_left: int

    @property
    def kind(self) -> str:
        """What it belongs to, in words."""
        return str(KINDS[self.lapse.kind])

    @property
    def lapses_on(self) -> date:
        """The last good day."""
        return self.lapse.lapses_on

    @property
    def state(self) -> str:
        """How urgent it is."""
        if self.days_left < 0:
            return "failed"
        return "soon" if self.days_left <= SOON_DAYS else "current"


class ExpiryFilter(forms.Form):
    """What of all that lapses is shown."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Plate, name or what lapses")}),
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All kinds")), *KINDS.items()])
    organisation = forms.ChoiceField(label=_("Organisation"), required=False)
    days = forms.ChoiceField(
        label=_("Lapses"),
        required=False,
        choices=[
            ("", _("In 60 days")),
            ("lapsed", _("Has lapsed")),
            ("7", _("In 7 days")),
            ("30", _("In 30 days")),
            ("365", _("In a year")),
        ],
    )

    def __init__(self, data: Any, names: dict[int, str]) -> None:
        super().__init__(data)
        offered = sorted(((str(pk), name) for pk, name in names.items()), key=lambda one: one[1])
        self.fields["organisation"] = forms.ChoiceField(
            label=_("Organisation"), required=False, choices=[("", _("All organisations")), *offered]
        )

    def chosen(self, rows: Iterable[Row]) -> list[Row]:
        """The rows that fit; all where the form is not valid."""
        if not self.is_valid():
            return list(rows)
        text, kind = self.cleaned_data["q"].casefold(), self.cleaned_data["kind"]
        organisation, days = self.cleaned_data["organisation"], self.cleaned_data["days"]
        most = -1 if days == "lapsed" else int(days or DEFAULT_DAYS)
        return [
            row
            for row in rows
            if (not text or text in f"{row.subject} {row.what} {row.organisation}".casefold())
            and (not kind or row.lapse.kind == kind)
            and (not organisation or int(organisation) in row.lapse.belongs_to)
            and row.days_left <= most
        ]


def rows_until(person: User, until: date, today: date) -> list[Row]:
    """All that lapses up to a day of what a person may see, what lapses first at the top."""
    lapses = list(expiring(person, until, today))
    ids = {pk for lapse in lapses for pk in lapse.belongs_to[:1]}
    names = {pk: str(one) for pk, one in Organisation.objects.in_bulk(ids).items()}
    rows = [row_of(lapse, names, today) for lapse in lapses]
    return sorted(rows, key=lambda row: (row.lapses_on, row.subject, row.what))


def rows_within(person: User, days: int, today: date) -> list[Row]:
    """All that lapses in so many days, or has lapsed."""
    return rows_until(person, today + timedelta(days=days), today)


def row_of(lapse: Lapse, names: dict[int, str], today: date) -> Row:
    """A lapse as a row."""
    return Row(
        lapse=lapse,
        subject=lapse.subject,
        address=page_of(lapse),
        organisation=next((names[pk] for pk in lapse.belongs_to[:1] if pk), ""),
        what=str(lapse.what),
        days_left=(lapse.lapses_on - today).days,
    )


def page_of(lapse: Lapse) -> str:
    """The address of the page of what a lapse belongs to; empty where it has none."""
    try:
        return reverse(PAGES[lapse.kind], args=[lapse.object.pk]) if lapse.object else ""
    except NoReverseMatch:
        return ""

"""Terms and exceptional days on the registry's pages: what of them is listed, asked for and shown."""

from typing import Any

import django_tables2 as tables
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fleet.grants import reach_with
from fleet.organisations.models import Kind
from fleet.people.models import User
from fleet.routes import calendar_changes as changes
from fleet.routes.models import ExceptionalDay, Term
from fleet.routes.queries import exceptional_days_for, terms_for
from web.registry.filters import RecordFilter, organisation_filter, search_filter
from web.registry.forms import RecordForm
from web.registry.register import Register
from web.registry.tables import RecordTable


class TermFilter(RecordFilter):
    """Search, and whose term it is."""

    q = search_filter(_("Name of the term"))
    school = organisation_filter(_("All schools"))

    class Meta:
        model = Term
        fields = ("q", "school", "state")

    def wanted(self, text: str) -> Q:
        """Terms whose name has the text."""
        return Q(name__icontains=text)


class TermTable(RecordTable):
    """Terms, with their days."""

    name = tables.Column(linkify=("term_detail", {"pk": tables.A("pk")}), order_by=("name", "pk"))
    school = tables.Column(
        linkify=("calendar_school", {"pk": tables.A("school_id")}), order_by=("school__name",)
    )

    class Meta(RecordTable.Meta):
        model = Term
        order_by = "-valid_from"
        fields = ("name", "school", "valid_from", "valid_until", "state")


class CalendarForm(RecordForm):
    """Something in the calendar of a school, and why it changes."""

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        permission = changes.permission("change", self.instance)
        self.choose_organisation("school", reach_with(person, permission), (Kind.SCHOOL,))


class TermForm(CalendarForm):
    """A term of a school."""

    class Meta(RecordForm.Meta):
        model = Term
        fields = ("school", "name", "valid_from", "valid_until")


class ExceptionalDayFilter(TermFilter):
    """Search, and in whose calendar it is."""

    q = search_filter(_("Why the day differs"))

    class Meta:
        model = ExceptionalDay
        fields = ("q", "school", "state")

    def wanted(self, text: str) -> Q:
        """Days whose note has the text."""
        return Q(note__icontains=text)


class ExceptionalDayTable(RecordTable):
    """Exceptional days, with what runs on them."""

    day = tables.DateColumn(linkify=("exceptionalday_detail", {"pk": tables.A("pk")}))
    as_weekday = tables.Column(default=_("No bus runs"))
    school = tables.Column(
        linkify=("calendar_school", {"pk": tables.A("school_id")}), order_by=("school__name",)
    )

    class Meta(RecordTable.Meta):
        model = ExceptionalDay
        order_by = "-day"
        fields = ("day", "as_weekday", "note", "school", "state")


class ExceptionalDayForm(CalendarForm):
    """A day on which a school teaches otherwise."""

    class Meta(RecordForm.Meta):
        model = ExceptionalDay
        fields = ("school", "day", "as_weekday", "note")


TERM_REGISTER = Register(
    name="term",
    path="terms",
    model=Term,
    title=_("Terms"),
    add=_("Add a term"),
    empty=_("No terms yet: without one no bus runs"),
    records_for=terms_for,
    filters=TermFilter,
    table=TermTable,
    form=TermForm,
    data=TermForm.Meta.fields,
    create=changes.create_term,
    change=changes.change,
    archive=changes.archive,
    restore=changes.restore,
)
EXCEPTIONAL_DAY_REGISTER = Register(
    name="exceptionalday",
    path="exceptional-days",
    model=ExceptionalDay,
    title=_("Exceptional days"),
    add=_("Add an exceptional day"),
    empty=_("No exceptional days: buses run as the terms and the public holidays say"),
    records_for=exceptional_days_for,
    filters=ExceptionalDayFilter,
    table=ExceptionalDayTable,
    form=ExceptionalDayForm,
    data=ExceptionalDayForm.Meta.fields,
    create=changes.create_exceptional_day,
    change=changes.change,
    archive=changes.archive,
    restore=changes.restore,
)

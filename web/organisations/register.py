"""Organisations on the registry's pages: what of one is listed, searched, asked for and shown."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import django_filters
import django_tables2 as tables
import rules
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.grants import reach_with
from fleet.organisations import changes
from fleet.organisations.directory import memberships_for, organisations_for, roles_grantable
from fleet.organisations.models import Kind, Organisation
from fleet.organisations.permissions import ARCHIVE_ORGANISATION, CHANGE_ORGANISATION
from fleet.organisations.places import KINDS_ABOVE
from fleet.people.models import User
from fleet.people.queries import attendants_for, drivers_for
from fleet.vehicles.queries import buses_for
from web.people.state import account_state
from web.registry.filters import RecordFilter, search_filter
from web.registry.forms import RecordForm
from web.registry.register import Register
from web.registry.sections import Link, Row, Section, written
from web.registry.tables import RecordTable

MOST_PEOPLE = 50
MOST_BELOW = 100


class OrganisationFilter(RecordFilter):
    """Search, kind, and what it belongs to."""

    q = search_filter(gettext_lazy("Name"))
    kind = django_filters.ChoiceFilter(choices=Kind.choices, empty_label=gettext_lazy("All kinds"))

    class Meta:
        model = Organisation
        fields = ("q", "kind", "state")

    def wanted(self, text: str) -> Q:
        """Organisations whose name, in either language, has the text."""
        return Q(name__icontains=text) | Q(name_en__icontains=text)


class OrganisationTable(RecordTable):
    """Organisations, with what they belong to."""

    name = tables.Column(
        accessor="pk", linkify=("organisation_detail", {"pk": tables.A("pk")}), order_by=("name", "pk")
    )
    kind = tables.Column(order_by=("kind", "name"))
    parent = tables.Column(order_by=("parent__name", "name"))

    class Meta(RecordTable.Meta):
        model = Organisation
        order_by = "name"
        fields = ("name", "kind", "stage", "parent", "state")

    def render_name(self, record: Organisation) -> str:
        """The name in the language of the page."""
        return str(record)


class OrganisationForm(RecordForm):
    """The data of an organisation, what it belongs to, and why they change."""

    class Meta(RecordForm.Meta):
        model = Organisation
        fields = ("parent", "kind", "name", "name_en", "stage")

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        administered = Organisation.objects.current().filter(pk__in=reach_with(person, CHANGE_ORGANISATION))
        if self.instance.pk is None:
            self.choose_from("parent", administered)
            self.fields["parent"].required = True
            return
        del self.fields["kind"]
        if self.instance.kind != Kind.SCHOOL:
            del self.fields["stage"]
        if rules.has_perm(ARCHIVE_ORGANISATION, person, self.instance):
            fitting = administered.filter(kind__in=KINDS_ABOVE[Kind(self.instance.kind)])
            self.choose_from("parent", fitting.exclude(pk=self.instance.pk))
            self.fields["parent"].required = True
        else:
            del self.fields["parent"]


@transaction.atomic
def change_or_move(organisation: Organisation, values: Mapping[str, Any], *, by: User, reason: str) -> Any:
    """Change the data of an organisation, and what it belongs to where that differs."""
    data = {name: value for name, value in values.items() if name != "parent"}
    if data:
        organisation = changes.change_organisation(organisation, data, by=by, reason=reason)
    if "parent" in values:
        organisation = changes.move_organisation(organisation, to=values["parent"], by=by, reason=reason)
    return organisation


def more_of(organisation: Organisation, person: User) -> dict[str, Any]:
    """What is in an organisation: how many of each, with lists of them, and who serves there."""
    return {
        "inside": inside(organisation, person),
        "sections": [below_section(organisation, person), people_section(organisation, person)],
    }


def inside(organisation: Organisation, person: User) -> list[tuple[str, int, str]]:
    """How many buses, drivers and attendants there are that the person sees, each with the list of them."""
    found = [
        (_("Buses run"), buses_for(person).filter(operator=organisation), "bus_list", "operator"),
        (_("Buses that serve it"), buses_for(person).filter(school=organisation), "bus_list", "school"),
        (_("Drivers"), drivers_for(person).filter(operator=organisation), "driver_list", "operator"),
        (_("Attendants"), attendants_for(person).filter(operator=organisation), "attendant_list", "operator"),
    ]
    return [
        (title, count, f"{reverse(page)}?{urlencode({name: organisation.pk})}")
        for title, records, page, name in found
        if (count := records.filter(archived_at=None).count())
    ]


def below_section(organisation: Organisation, person: User) -> Section:
    """The organisations that lie directly below."""
    found = list(organisations_for(person).current().filter(parent=organisation)[: MOST_BELOW + 1])
    may_add = rules.has_perm(CHANGE_ORGANISATION, person, organisation) and not organisation.archived_at
    new = f"{reverse('organisation_new')}?{urlencode({'parent': organisation.pk})}"
    return Section(
        slug="below",
        title=_("Below it"),
        headers=[_("Name"), _("Kind"), _("Stage")],
        rows=[
            Row(
                [str(one), one.get_kind_display(), written(one.get_stage_display())],
                [Link(reverse("organisation_detail", args=[one.pk]), _("Look"))],
            )
            for one in found[:MOST_BELOW]
        ],
        empty=_("Nothing lies below it."),
        add=Link(new, _("Add an organisation below")) if may_add else None,
        is_cut=len(found) > MOST_BELOW,
    )


def people_section(organisation: Organisation, person: User) -> Section:
    """Who serves in it, of those whom the person sees."""
    serving = memberships_for(person).current().filter(organisation=organisation)
    found = list(serving.order_by("role", "person__full_name", "pk")[: MOST_PEOPLE + 1])
    may_add = bool(roles_grantable(person, organisation)) and not organisation.archived_at
    new = f"{reverse('person_new')}?{urlencode({'organisation': organisation.pk})}"
    return Section(
        slug="people",
        title=_("People"),
        headers=[_("Name"), _("Role"), _("Account")],
        rows=[
            Row(
                [str(one.person), one.get_role_display(), account_state(one.person).word],
                [Link(reverse("person_detail", args=[one.person_id]), _("Look"))],
            )
            for one in found[:MOST_PEOPLE]
        ],
        empty=_("Nobody serves here whom you may see."),
        add=Link(new, _("Add a person")) if may_add else None,
        is_cut=len(found) > MOST_PEOPLE,
    )


ORGANISATION_REGISTER = Register(
    name="organisation",
    path="organisations",
    model=Organisation,
    title=gettext_lazy("Organisations"),
    add=gettext_lazy("Add an organisation"),
    empty=gettext_lazy("No organisations yet"),
    records_for=organisations_for,
    filters=OrganisationFilter,
    table=OrganisationTable,
    form=OrganisationForm,
    data=("kind", "stage", "parent", "name", "name_en"),
    create=changes.create_organisation,
    change=change_or_move,
    archive=changes.archive_organisation,
    restore=changes.restore_organisation,
    more=more_of,
    list_template="organisations/list.html",
    detail_template="organisations/detail.html",
)

"""The list of people: what it is searched, filtered and sorted by, and what it shows."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from fleet.organisations.directory import memberships_for, people_for
from fleet.organisations.models import Organisation, Role
from fleet.people.models import User
from web.people.state import account_state
from web.registry.filters import search_filter
from web.registry.sections import NOT_RECORDED
from web.registry.tables import badge

SEEN = "seen_memberships"
"""Where a person of the list has the memberships that may be shown."""

OPEN, INVITED, CLOSED, FORMER, ALL = "open", "invited", "closed", "former", "all"
STATES = [
    (INVITED, _("Invited")),
    (CLOSED, _("Closed")),
    (FORMER, _("Serving nowhere any more")),
    (ALL, _("All")),
]


def listed_people(person: User) -> QuerySet[User]:
    """The people whom somebody sees, each with the memberships that may be shown."""
    shown = memberships_for(person).current().order_by("role", "pk")
    return people_for(person).prefetch_related(Prefetch("memberships", shown, to_attr=SEEN))


class PeopleFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library has no types
    """Search, role, organisation and state; closed accounts only where asked for."""

    q = search_filter(_("Name, user name or telephone"))
    role = django_filters.ChoiceFilter(method="serving", choices=Role.choices, empty_label=_("All roles"))
    organisation = django_filters.ModelChoiceFilter(
        method="serving",
        queryset=Organisation.objects.none(),
        label=_("Organisation"),
        empty_label=_("All organisations"),
    )
    state = django_filters.ChoiceFilter(
        method="by_state", label=_("State"), choices=STATES, empty_label=_("Serving, not closed")
    )

    class Meta:
        model = User
        fields = ("q", "role", "organisation", "state")

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seen = memberships_for(person)
        named = self.seen.current().order_by().values("organisation")
        self.filters["role"].label = _("Role")
        self.filters["organisation"].queryset = Organisation.objects.filter(pk__in=named)

    def search(self, people: QuerySet[User], _name: str, text: str) -> QuerySet[User]:
        """The people whom a text means."""
        return people.filter(
            Q(full_name__icontains=text) | Q(username__icontains=text) | Q(telephone__icontains=text)
        )

    def serving(self, people: QuerySet[User], _name: str, _value: Any) -> QuerySet[User]:
        """`filter_queryset` has both: a person is to have that role in that organisation."""
        return people

    def by_state(self, people: QuerySet[User], _name: str, _state: str) -> QuerySet[User]:
        """`filter_queryset` has it, since it also narrows where nothing is asked."""
        return people

    def filter_queryset(self, people: QuerySet[User]) -> QuerySet[User]:
        """The people asked for; those who serve and can sign in, or could, where the state is not."""
        found: QuerySet[User] = super().filter_queryset(people)
        asked = self.form.cleaned_data
        state = asked["state"]
        held = self.seen.filter(person=OuterRef("pk"))
        wanted = {name: asked[name] for name in ("role", "organisation") if asked[name]}
        if wanted:
            found = found.filter(Exists(held.current().filter(**wanted)))
        without_password = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
        if state == INVITED:
            return found.filter(without_password, is_active=True)
        if state == CLOSED:
            return found.filter(is_active=False)
        if state == FORMER:
            return found.exclude(Exists(held.current()))
        if state == ALL:
            return found
        return found.filter(Exists(held.current()), is_active=True)


class PeopleTable(tables.Table):  # type: ignore[misc]  # the library has no types
    """People, with what they do where."""

    full_name = tables.Column(
        _("Name"),
        accessor="pk",
        linkify=("person_detail", {"pk": tables.A("pk")}),
        order_by=("full_name", "username"),
    )
    username = tables.Column(_("User name"))
    roles = tables.Column(_("Serves as"), accessor=SEEN, orderable=False, empty_values=(None, []))
    last_login = tables.DateTimeColumn(verbose_name=_("Last signed in"))
    state = tables.Column(_("Account"), accessor="is_active", order_by=("is_active", "password", "pk"))

    class Meta:
        template_name = "registry/table.html"
        default = NOT_RECORDED
        order_by = "full_name"

    def render_full_name(self, record: User) -> str:
        """The name by which pages call the person."""
        return str(record)

    def render_roles(self, value: Any) -> str:
        """Roles with their organisations."""
        return ", ".join(f"{one.get_role_display()} ({one.organisation})" for one in value)

    def order_last_login(self, people: QuerySet[User], is_descending: bool) -> tuple[QuerySet[User], bool]:
        """Who never signed in comes last in either order."""
        field = F("last_login")
        order = field.desc(nulls_last=True) if is_descending else field.asc(nulls_last=True)
        return people.order_by(order, "pk"), True

    def render_state(self, record: User) -> SafeString:
        """The state of the account."""
        return badge(*account_state(record))

"""Spreadsheets of people with their roles; a person who has several roles has several rows."""

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.grants import reach_with
from fleet.organisations.directory import memberships_given_by, organisations_staffed_by, people_for
from fleet.organisations.models import Membership, Role
from fleet.organisations.permissions import ROLES_GRANTED_WITH, granting
from fleet.people.account_bulk import MEMBERSHIPS
from fleet.people.models import User
from web.registry.spreadsheets.checking import Checked, Row
from web.registry.spreadsheets.columns import Column
from web.registry.spreadsheets.modelled import (
    enumeration,
    field_code,
    field_text,
    organisation_column,
    organisations,
)
from web.registry.spreadsheets.subjects import Subject

ABOUT_PERSON = ("full_name", "email", "telephone")


def of_person(name: str) -> Callable[[Membership], str]:
    """Reads a field of whose membership it is."""
    return attrgetter(f"person.{name}")


def people_columns(person: User) -> Sequence[Column]:
    """The columns of a spreadsheet of people."""
    roles = enumeration(Role)
    where = organisations(organisations_staffed_by(person))
    return [
        Column(
            "username",
            "用户名",
            "User name",
            field_code(User, "username"),
            required=True,
            example="wanghong",
            note=gettext_lazy(
                "A person is recognised by it. Who has no account yet gets one without a password; invite them"
                " on their page."
            ),
            value_of=of_person("username"),
        ),
        Column(
            "full_name",
            "姓名",
            "Name",
            field_text(User, "full_name"),
            example="王红",
            empty="",
            note=gettext_lazy("Needed for a new account; of an old one it is not changed."),
            value_of=of_person("full_name"),
        ),
        organisation_column("organisation", "机构", "Organisation", where, required=True),
        Column("role", "角色", "Role", roles, required=True, example=roles.choices()[2]),
        Column(
            "email",
            "电子邮箱",
            "E-mail address",
            field_code(User, "email"),
            empty="",
            value_of=of_person("email"),
        ),
        Column(
            "telephone",
            "联系电话",
            "Telephone",
            field_code(User, "telephone"),
            empty="",
            value_of=of_person("telephone"),
        ),
    ]


def fit_accounts(checked: Checked, by: User) -> None:
    """Hold the rows against the accounts that there are; what is left empty is as recorded."""
    names = {row.values["username"] for row in checked.rows}
    accounts = {one.username: one for one in User.objects.filter(username__in=names)}
    seen = set(people_for(by).filter(username__in=names).values_list("username", flat=True))
    given = {name: reach_with(by, name) for name in ROLES_GRANTED_WITH}
    told_first: dict[str, dict[str, Any]] = {}
    for row in list(checked.rows):
        for name in ABOUT_PERSON:
            row.values.setdefault(name, "")
        account = accounts.get(row.values["username"])
        known = person_known(account, row, told_first)
        is_seen = account is None or account.username in seen
        for column, message in list(refusals(row, account, known, is_seen=is_seen, by=by)):
            checked.refuse(row, column, message)
        if row.values["organisation"].pk not in given[granting(Role(row.values["role"]))]:
            checked.refuse(row, "role", _("You may not give this role there."))
        row.values.update({name: known[name] for name in ABOUT_PERSON})


def person_known(account: User | None, row: Row, told_first: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What is known of whom a row names: by the account, or else by the rows so far of that user name."""
    if account:
        return {name: getattr(account, name) for name in ABOUT_PERSON}
    known = told_first.setdefault(row.values["username"], row.values)
    known.update({name: known[name] or row.values[name] for name in ABOUT_PERSON})
    return known


def refusals(
    row: Row, account: User | None, known: dict[str, Any], *, is_seen: bool, by: User
) -> Iterator[tuple[str, str]]:
    """What stands against a role for whom a row names: columns and messages.

    Args:
        row: of the file.
        account: that has the user name, if any.
        known: what is known of the person, by the account or by the first row that has the user name.
        is_seen: whether `by` may know of the account.
        by: who imports.
    """
    if not is_seen:
        yield "username", _("This user name is taken by somebody out of your reach. Choose another one.")
        return
    if account and not account.is_active:
        yield "username", _("The account of %(person)s is closed. Reopen it first.") % {"person": account}
    if account == by:
        yield "username", _("Nobody gives a role to themselves: somebody else who may does.")
    if not account and not known["full_name"]:
        yield "full_name", _("Give the name of the person.")
    for name in ABOUT_PERSON:
        if row.values[name] and row.values[name] != known[name]:
            yield name, _("The account has “%s” here. Change it on the person's page.") % known[name]


def memberships_with(person: User, _permission: str) -> QuerySet[Membership]:
    """The memberships that a person may give and end: they may be taken away, too."""
    return Membership.objects.filter(memberships_given_by(person))


PEOPLE = Subject(
    slug="people",
    sheet_zh="人员",
    sheet_en="People",
    title=gettext_lazy("People and roles"),
    key=("organisation", "username", "role"),
    bulk=MEMBERSHIPS,
    export=MEMBERSHIPS.change,
    columns=people_columns,
    records_for=memberships_with,
    list_page="person_list",
    related=("organisation", "person"),
    is_known_for_ever=True,
    complete=fit_accounts,
)

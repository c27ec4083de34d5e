"""What the page of a person shows, by what whoever looks may see."""

from datetime import datetime
from typing import Any

import rules
from allauth.mfa.models import Authenticator
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from fleet.organisations.directory import memberships_for, memberships_given_by
from fleet.organisations.models import Membership
from fleet.people.account_permissions import CHANGE_USER, INVITE_USER
from fleet.people.identity_number import masked
from fleet.people.models import User
from fleet.people.queries import attendants_for, drivers_for
from web.accounts.gate import SECOND_FACTORS
from web.accounts.sessions import sessions_of
from web.people.forms import RecordLinkForm
from web.people.state import account_state
from web.registry.history import history_of
from web.registry.sections import Link, Row, Section, label_of, written


def page_of(other: User, person: User) -> dict[str, Any]:
    """The template variables of the page of `other`, for `person` who looks at it."""
    may_change = rules.has_perm(CHANGE_USER, person, other)
    waits = other.is_active and not other.has_usable_password()
    return {
        "other": other,
        "state": account_state(other),
        "may_change": may_change,
        "may_invite": waits and rules.has_perm(INVITE_USER, person, other),
        "data": data_of(other, in_full=may_change),
        "sections": [membership_section(other, person), crew_section(other, person)],
        "guards": guards_of(other) if may_change else None,
        "history": history_of(other) if may_change else None,
    }


def data_of(other: User, *, in_full: bool) -> list[tuple[str, str]]:
    """The data of a person; the telephone number in full only to an administrator above."""
    telephone = other.telephone if in_full else masked(other.telephone)
    return [
        (_("User name"), other.username),
        (label_of(User, "telephone"), written(telephone)),
        *([(label_of(User, "email"), written(other.email))] if in_full else []),
    ]


def guards_of(other: User) -> list[tuple[str, str]]:
    """How the account is guarded, and when it was in use."""
    sessions = sessions_of(other, None)
    seen_at = max((session.seen_at for session in sessions), default=None)
    has_factor = Authenticator.objects.filter(user=other, type__in=SECOND_FACTORS).exists()
    return [
        (_("Second factor"), _("Set up") if has_factor else _("Not set up")),
        (_("Last signed in"), written(other.last_login)),
        (_("Sessions"), str(len(sessions))),
        (_("Last seen"), written(seen_at)),
    ]


def membership_section(other: User, person: User) -> Section:
    """The memberships of a person that may be seen, current ones first."""
    seen = memberships_for(person).filter(person=other)
    endable = set(seen.current().filter(memberships_given_by(person)).values_list("pk", flat=True))
    may_give = (
        other.is_active and other != person and rules.has_perm("organisations.grant_membership", person)
    )
    return Section(
        slug="memberships",
        title=_("Memberships"),
        headers=[_("Role"), _("Organisation"), _("Since"), _("Until")],
        rows=[
            Row(cells, links_of(membership, membership.pk in endable))
            for membership, cells in membership_rows(seen)
        ],
        empty=_("No membership that you may see."),
        add=Link(reverse("membership_new", args=[other.pk]), _("Give a role")) if may_give else None,
    )


def membership_rows(seen: QuerySet[Membership]) -> list[tuple[Membership, list[str]]]:
    """Each membership with its cells."""
    found = sorted(seen.order_by("archived_at", "role", "pk"), key=lambda one: one.archived_at is not None)
    began = beginnings([one.pk for one in found])
    return [
        (
            one,
            [
                one.get_role_display(),
                str(one.organisation),
                written(began.get(one.pk)),
                written(one.archived_at) if one.archived_at else _("now"),
            ],
        )
        for one in found
    ]


def beginnings(memberships: list[int]) -> dict[int, datetime]:
    """When each membership began, the last time that it did, by its history."""
    began: dict[int, datetime] = {}
    held: set[int] = set()
    versions = Membership.history.filter(id__in=memberships).order_by("history_id")
    for pk, archived_at, changed_at in versions.values_list("id", "archived_at", "history_date"):
        if archived_at is not None:
            held.discard(pk)
        elif pk not in held:
            held.add(pk)
            began[pk] = changed_at
    return began


def links_of(membership: Membership, is_endable: bool) -> list[Link]:
    """What can be done with a membership."""
    return [Link(reverse("membership_end", args=[membership.pk]), _("End"))] if is_endable else []


def crew_section(other: User, person: User) -> Section:
    """The record of the driver or attendant that a person is, where it may be seen."""
    records = [
        (one, page)
        for found, page in (
            (drivers_for(person), "driver_detail"),
            (attendants_for(person), "attendant_detail"),
        )
        for one in found.filter(user=other)
    ]
    may_link = not records and other != person and bool(RecordLinkForm(person=person, other=other).fields)
    return Section(
        slug="record",
        title=_("Record as driver or attendant"),
        headers=[_("Kind"), _("Name"), _("Employer")],
        rows=[
            Row(
                [str(one._meta.verbose_name), str(one), str(one.operator)],
                [Link(reverse(page, args=[one.pk]), _("Look"))],
            )
            for one, page in records
        ],
        empty=_("No record is linked to this account."),
        add=Link(reverse("record_link", args=[other.pk]), _("Link a record")) if may_link else None,
    )

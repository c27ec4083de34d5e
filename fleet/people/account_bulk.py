"""Writes: many people at once with their roles; who has no account yet gets one, and an invitation later."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from fleet.bulk import BATCH, Bulk
from fleet.grants import reach_with
from fleet.organisations.changes import lock_trees, refuse_last_administrator, refuse_misfit
from fleet.organisations.directory import people_for
from fleet.organisations.models import Membership, Role
from fleet.organisations.permissions import GRANT_MEMBERSHIP, granting
from fleet.people.models import User


@dataclass(frozen=True)
class MembershipBulk(Bulk):
    """Memberships.

    A new one says by its `username` whose it is, and by `full_name`, `email` and `telephone` who that is.
    """

    def lock(self, records: Iterable[Any]) -> None:
        """Lock the trees: who gives or ends a role is asked one after the other."""
        lock_trees()

    def judge(self, record: Any) -> None:
        """Whether the role can be held there."""
        refuse_misfit(record.organisation, Role(record.role))

    @transaction.atomic
    def store(self, *, new: Sequence[Any], changed: Sequence[Any], by: User, reason: str) -> None:
        """Give roles, to people who have an account and to people who get one."""
        lock_trees()
        names = {one.username for one in new}
        accounts = {one.username: one for one in User.objects.filter(username__in=names)}
        seen = set(people_for(by).filter(username__in=names).values_list("pk", flat=True))
        if any(one.pk not in seen or not one.is_active for one in accounts.values()):
            raise PermissionDenied(_("You may not do this."))
        opened = {one.username: account_of(one) for one in new if one.username not in accounts}
        kept = {"batch_size": BATCH, "default_user": by, "default_change_reason": reason}
        if opened:
            bulk_create_with_history(list(opened.values()), User, **kept)
        for one in new:
            one.person = accounts.get(one.username) or opened[one.username]
        super().store(new=new, changed=changed, by=by, reason=reason)

    @transaction.atomic
    def take_out(self, records: Sequence[Any], *, by: User, reason: str) -> None:
        """End memberships; the accounts stay, and give nothing any more where they have no other."""
        for one in records:
            if one.role == Role.ADMINISTRATOR:
                refuse_last_administrator(one)
        super().take_out(records, by=by, reason=reason)

    def refuse_out_of_reach(self, records: Iterable[Any], permission: str, by: User) -> None:
        """Refuse all where a person may not give one of the roles where it is held, or has it."""
        reached: dict[str, set[int]] = {}
        for one in records:
            name = granting(Role(one.role))
            if name not in reached:
                reached[name] = reach_with(by, name)
            if one.organisation_id not in reached[name] or one.person_id == by.pk:
                raise PermissionDenied(_("You may not do this."))


def account_of(membership: Any) -> User:
    """A new account, without a password, of whom a membership tells."""
    person = User(
        username=membership.username,
        full_name=membership.full_name,
        email=membership.email,
        telephone=membership.telephone,
    )
    person.set_unusable_password()
    return person


MEMBERSHIPS = MembershipBulk(
    Membership,
    fields=frozenset(),
    change=GRANT_MEMBERSHIP,
    archive=GRANT_MEMBERSHIP,
    organisations_of=lambda membership: (membership.organisation_id,),
)

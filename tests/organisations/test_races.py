"""Two people at once: whoever comes second sees what the first has done."""

import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from fleet.organisations.changes import end_membership, move_organisation
from fleet.organisations.models import Kind, Membership, Organisation, Role
from fleet.people import accounts
from fleet.people.models import User
from fleet.records import RecordError
from tests.fleet.builders import organisation, person
from tests.organisations.builders import membership, tree

pytestmark = pytest.mark.django_db(transaction=True)
REFUSED = (PermissionDenied, RecordError, ValidationError)


def at_once(*doings) -> list[Exception | None]:
    """Do things in threads that begin together; what each was refused with."""
    barrier = threading.Barrier(len(doings))
    outcomes: list[Exception | None] = [None] * len(doings)

    def run(number: int) -> None:
        barrier.wait()
        try:
            doings[number]()
        except REFUSED as refused:
            outcomes[number] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(doings))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_two_administrators_who_end_each_other_leave_one():
    there = tree()
    first, second = there.administrator, person(Role.ADMINISTRATOR, there.district)
    outcomes = at_once(
        lambda: end_membership(membership(first), by=second, reason="feud"),
        lambda: end_membership(membership(second), by=first, reason="feud"),
    )
    assert len([one for one in outcomes if isinstance(one, PermissionDenied)]) == 1
    assert Membership.objects.current().filter(role=Role.ADMINISTRATOR).count() == 1


def test_two_administrators_who_close_each_other_leave_one():
    there = tree()
    first, second = there.administrator, person(Role.ADMINISTRATOR, there.district)
    outcomes = at_once(
        lambda: accounts.close_account(first, by=second, reason="feud"),
        lambda: accounts.close_account(second, by=first, reason="feud"),
    )
    assert len([one for one in outcomes if one]) == 1
    assert User.objects.filter(is_active=True).count() == 1


def test_two_administrators_who_leave_at_once_leave_one():
    there = tree()
    both = [there.administrator, person(Role.ADMINISTRATOR, there.district)]
    outcomes = at_once(
        *(lambda one=one: end_membership(membership(one), by=one, reason="leave") for one in both)
    )
    assert len([one for one in outcomes if isinstance(one, RecordError)]) == 1


def test_two_moves_at_once_make_no_circle():
    top = organisation()
    east, west = organisation(Kind.DISTRICT, top), organisation(Kind.DISTRICT, top)
    by = person(Role.ADMINISTRATOR, top)
    outcomes = at_once(
        lambda: move_organisation(east, to=west, by=by, reason="reform"),
        lambda: move_organisation(west, to=east, by=by, reason="reform"),
    )
    assert len([one for one in outcomes if isinstance(one, ValidationError)]) == 1
    assert Organisation.objects.filter(parent=top).count() == 1


def test_an_invitation_that_is_used_twice_at_once_sets_one_password():
    there = tree()
    made = accounts.create_person(
        username="guard",
        full_name="Guard",
        organisation=there.school,
        role=Role.GUARD,
        by=there.administrator,
    )
    passwords = ["the first long password", "the second long password"]
    outcomes = at_once(*(lambda one=one: accounts.accept_invitation(made.token, one) for one in passwords))
    assert len([one for one in outcomes if isinstance(one, RecordError)]) == 1
    kept = User.objects.get(pk=made.person.pk)
    assert kept.check_password(passwords[[one is None for one in outcomes].index(True)])

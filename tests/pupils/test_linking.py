"""Guardians link a child by a code of the school: once, in time, not by guessing; and end it by withdrawing."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from fleet.append_only import AppendOnlyError
from fleet.audit.origin import acting_from
from fleet.organisations.models import Membership, Role
from fleet.people.models import User
from fleet.pupils import link_code
from fleet.pupils.changes import archive_pupil
from fleet.pupils.consents import VERSION, Purpose
from fleet.pupils.linking import (
    MOST_WRONG,
    LinkError,
    TooManyTriesError,
    link_by_code,
    link_new_guardian,
    make_link_codes,
    pupil_of_code,
    revoke_link,
    revoke_link_codes,
    withdraw_consent,
)
from fleet.pupils.models import GuardianConsent, Guardianship, LinkCode, Relation
from fleet.pupils.queries import children_of, consents, pupils_for
from tests.fleet.builders import person
from tests.pupils.builders import PASSWORD, code_for, linked, pupil, teacher

BOTH = tuple(Purpose)


@given(st.data())
def test_a_code_is_understood_however_it_is_typed(data):
    code = link_code.new_code()
    typed = link_code.as_printed(code)
    typed = data.draw(st.sampled_from([typed, typed.lower(), typed.replace("-", " "), code, f" {typed}\n"]))
    typed = typed.replace("0", data.draw(st.sampled_from("0Oo０"))).replace(
        "1", data.draw(st.sampled_from("1Il１"))
    )
    assert link_code.as_meant(typed) == code


@pytest.mark.django_db
def test_a_code_is_kept_as_a_digest_only(where):
    code = code_for(where, pupil(where))
    assert len(code) == link_code.LENGTH >= 10
    stored = LinkCode.objects.values().get()
    assert code not in str(stored)
    assert stored["digest"] == link_code.digest_of(code)


@pytest.mark.django_db
def test_who_is_signed_in_links_a_child_once_and_the_consent_is_kept_with_its_words(where):
    child, guardian = pupil(where), person()
    code = code_for(where, child)
    assert pupil_of_code(code) == child
    link_by_code(code, guardian=guardian, consented=BOTH, relation=Relation.MOTHER)
    assert list(children_of(guardian)) == [child]
    said = consents(guardian, child)
    assert {one.purpose for one in said if one.is_given} == set(Purpose)
    assert all(one.version == VERSION and one.words for one in said)
    assert Membership.objects.current().get(person=guardian).role == Role.GUARDIAN
    with pytest.raises(LinkError):
        link_by_code(code, guardian=person(), consented=BOTH)


@pytest.mark.django_db
def test_a_new_guardian_gets_an_account_whose_password_the_rules_let_pass(where):
    child = pupil(where)
    code = code_for(where, child)
    new: dict[str, Any] = {"username": "13900000001", "full_name": "王妈妈", "consented": BOTH}
    with pytest.raises(ValidationError) as refused:
        link_new_guardian(code, password="1234567890", **new)
    assert list(refused.value.message_dict) == ["password"]
    assert not User.objects.filter(username="13900000001").exists()
    link = link_new_guardian(code, password=PASSWORD, **new)
    assert link.guardian.check_password(PASSWORD)
    with pytest.raises(ValidationError) as taken:
        link_new_guardian(code_for(where, pupil(where)), password=PASSWORD, **new)
    assert list(taken.value.message_dict) == ["username"]


@pytest.mark.django_db
def test_without_both_consents_nothing_is_linked_and_the_code_stays_good(where):
    code, guardian = code_for(where, pupil(where)), person()
    with pytest.raises(ValidationError):
        link_by_code(code, guardian=guardian, consented=[Purpose.RIDES])
    assert not GuardianConsent.objects.exists()
    assert link_by_code(code, guardian=guardian, consented=BOTH)


@pytest.mark.django_db
def test_expired_revoked_replaced_and_codes_of_archived_pupils_do_not_link(where):
    expired, revoked, replaced, archived = (pupil(where) for _ in range(4))
    codes = [code_for(where, child) for child in (expired, revoked, replaced, archived)]
    LinkCode.objects.filter(pupil=expired).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert revoke_link_codes(revoked, by=where.principal) == 1
    make_link_codes([replaced], by=where.principal)
    archive_pupil(archived, by=where.principal, reason="moved away")
    for code in codes:
        with pytest.raises(LinkError):
            pupil_of_code(code)
    assert LinkCode.objects.get(pupil=revoked).revoked_by == where.principal


@pytest.mark.django_db
def test_only_the_school_makes_codes_and_ends_links(where):
    child = pupil(where)
    link = linked(where, child)
    for someone in (where.coordinator, teacher(where), link.guardian, person()):
        with pytest.raises(PermissionDenied):
            make_link_codes([child], by=someone)
        with pytest.raises(PermissionDenied):
            revoke_link(link, by=someone, reason="no")
    revoke_link(link, by=where.principal, reason="custody")
    assert not children_of(link.guardian).exists()
    assert not Membership.objects.current().filter(person=link.guardian).exists()


@pytest.mark.django_db
def test_guessing_codes_ends_after_some_tries_from_an_address_and_not_for_others(where):
    code = code_for(where, pupil(where))
    with acting_from("page", "192.0.2.7"):
        for _ in range(MOST_WRONG):
            with pytest.raises(LinkError) as wrong:
                pupil_of_code(link_code.new_code())
            assert not isinstance(wrong.value, TooManyTriesError)
        with pytest.raises(TooManyTriesError):
            link_by_code(code, guardian=person(), consented=BOTH)
        with pytest.raises(TooManyTriesError):
            link_new_guardian(code, username="x", full_name="x", password=PASSWORD, consented=BOTH)
    with acting_from("page", "192.0.2.8"):
        assert pupil_of_code(code)


@pytest.mark.django_db
def test_withdrawing_a_consent_ends_the_link_and_adds_a_row_that_nobody_can_change(where):
    child, brother = pupil(where), pupil(where)
    link = linked(where, child)
    guardian = link.guardian
    linked(where, brother, guardian)
    withdraw_consent(child, Purpose.WHEREABOUTS, by=guardian)
    assert list(children_of(guardian)) == [brother]
    assert list(pupils_for(guardian)) == [brother]
    said = {one.purpose: one.is_given for one in consents(guardian, child)}
    assert said == {Purpose.RIDES: True, Purpose.WHEREABOUTS: False}
    assert Membership.objects.current().filter(person=guardian).exists()
    withdraw_consent(brother, Purpose.RIDES, by=guardian)
    assert not Membership.objects.current().filter(person=guardian).exists()
    with pytest.raises(PermissionDenied):
        withdraw_consent(child, Purpose.RIDES, by=guardian)
    with pytest.raises(AppendOnlyError):
        GuardianConsent.objects.filter(guardian=guardian).delete()


@pytest.mark.django_db
def test_a_link_can_be_made_again_after_it_has_ended(where):
    child = pupil(where)
    link = linked(where, child)
    revoke_link(link, by=where.principal, reason="mistake")
    linked(where, child, link.guardian)
    assert list(children_of(link.guardian)) == [child]
    assert Membership.objects.current().get(person=link.guardian)


@pytest.mark.django_db(transaction=True)
def test_a_code_that_two_use_at_once_links_one(where):
    child = pupil(where)
    code, both = code_for(where, child), [person(), person()]
    barrier, outcomes = threading.Barrier(2), []

    def use(guardian: User) -> None:
        barrier.wait()
        try:
            link_by_code(code, guardian=guardian, consented=BOTH)
            outcomes.append("linked")
        except LinkError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=use, args=(one,)) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["linked", "refused"]
    assert Guardianship.objects.get().guardian == LinkCode.objects.get().used_by

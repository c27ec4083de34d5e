"""Guessing passwords: few tries by name and address, more by address alone, and a lock that ends by itself."""

import msgspec
import pytest
from axes.models import AccessAttempt
from django.db.models import F
from django.test import Client

from tests.accounts.builders import PASSWORD, account, events_of, give
from web.accounts.lock_out import FAILURES_BY_ADDRESS, FAILURES_BY_NAME

pytestmark = pytest.mark.django_db


def guess(someone, times, **where):
    answer = None
    for _ in range(times):
        answer = give(Client(**where), someone, "wrong")
    return answer


def pass_minutes(settings, minutes):
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - settings.AXES_COOLOFF_TIME * minutes / 15)


def test_the_fifth_wrong_password_locks_and_says_for_how_long():
    someone = account()
    assert "do not match" in guess(someone, FAILURES_BY_NAME - 1).content.decode()
    answer = guess(someone, 1)
    assert answer.status_code == 429
    assert "Try again in 15 minutes." in answer.content.decode()
    assert 0 < int(answer["Retry-After"]) <= 15 * 60


def test_the_right_password_does_not_open_a_lock_and_knocking_does_not_make_it_longer(settings):
    someone = account()
    guess(someone, FAILURES_BY_NAME)
    pass_minutes(settings, 10)
    answer = give(Client(), someone)
    assert answer.status_code == 429
    assert "Try again in 5 minutes." in answer.content.decode()
    pass_minutes(settings, 5)
    assert give(Client(), someone).status_code == 302


def test_another_address_and_another_person_are_not_locked():
    someone, other = account(), account()
    guess(someone, FAILURES_BY_NAME)
    assert give(Client(REMOTE_ADDR="192.0.2.1"), someone).status_code == 302
    assert give(Client(), other).status_code == 302


def test_another_browser_at_the_same_address_is_locked_too():
    someone = account()
    guess(someone, FAILURES_BY_NAME, headers={"user-agent": "one"})
    assert give(Client(headers={"user-agent": "another"}), someone).status_code == 429


def test_an_address_that_tries_many_names_is_locked_for_all():
    someone = account()
    for number in range(FAILURES_BY_ADDRESS):
        answer = Client().post("/sign-in/", {"username": f"nobody{number}", "password": "wrong"})
    assert answer.status_code == 429
    assert give(Client(), someone).status_code == 429
    assert give(Client(REMOTE_ADDR="192.0.2.1"), someone).status_code == 302


def test_a_person_who_remembers_in_time_begins_anew():
    someone = account()
    for _ in range(3):
        guess(someone, FAILURES_BY_NAME - 1)
        assert give(Client(), someone).status_code == 302


def test_signing_in_does_not_forgive_the_address_what_it_tried_with_other_names():
    someone, victim = account(), account()
    guess(victim, FAILURES_BY_NAME - 1)
    give(Client(), someone)
    assert guess(victim, 1).status_code == 429


@pytest.mark.parametrize("behind_https", [True, False])
def test_a_proxy_is_believed_only_where_there_is_one(settings, behind_https):
    settings.ENVIRONMENT = msgspec.structs.replace(settings.ENVIRONMENT, behind_https=behind_https)
    someone = account()
    for number in range(FAILURES_BY_NAME):
        answer = give(
            Client(headers={"x-forwarded-for": f"192.0.2.7, 198.51.100.{number}"}), someone, "wrong"
        )
    assert (answer.status_code == 429) == (not behind_https)


def test_the_security_log_tells_it_without_repeating_itself():
    someone = account()
    guess(someone, FAILURES_BY_NAME + 3)
    assert events_of(someone) == ["password_wrong"] * (FAILURES_BY_NAME - 1) + ["locked_out"]


def test_a_user_name_that_nobody_has_is_not_kept_in_the_security_log():
    Client().post("/sign-in/", {"username": PASSWORD, "password": "wrong"})
    assert events_of(None) == ["password_wrong"]


def test_the_password_is_kept_nowhere():
    guess(account(), 1)
    (attempt,) = AccessAttempt.objects.all()
    assert "wrong" not in f"{attempt.post_data} {attempt.get_data}"

"""Who is told of what lapses, when, in which language, and only once."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from fleet.notices.changes import mark_all_read, notify_all
from fleet.notices.due import DAYS_BEFORE, HAS_LAPSED, days_before
from fleet.notices.models import ExpiryNotice
from fleet.notices.queries import unread
from fleet.notices.tasks import notify_expiries
from fleet.organisations.models import Kind, Role
from tests.fleet.builders import organisation, person
from tests.permits.builders import TODAY, District, days


@pytest.mark.parametrize(
    ("left", "due"),
    [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (2, 7), (1, 1), (0, 1), (-1, 0), (-500, 0)],
)
def test_a_notice_is_due_at_sixty_thirty_seven_and_one_days_and_once_it_has_lapsed(left, due):
    assert days_before(TODAY + timedelta(days=left), TODAY) == due


@given(st.integers(-100, 100), st.sampled_from(DAYS_BEFORE))
def test_no_notice_comes_before_its_time_and_none_is_left_out_after_it(left, first):
    due = days_before(TODAY + timedelta(days=left), TODAY, first)
    assert (due is None) == (left > first)
    assert due is None or due == HAS_LAPSED or left <= due <= first


@pytest.fixture
def district(db) -> District:
    """With an inspection and a plate card that end in 20 days, and a permit that ends in 40."""
    made = District()
    made.inspect(days(20))
    made.card(made.permit(valid_until=days(40)))
    return made


def told(someone) -> set[tuple[str, int]]:
    return set(unread(someone).values_list("key", "days_before"))


def test_nothing_is_told_twice_and_nearer_days_tell_again(district):
    assert notify_all(TODAY) > 0
    expected = {("inspection", 30), ("plate_card", 30), ("use_permit", 60)}
    assert expected <= told(district.coordinator)
    assert notify_expiries() == 0
    notify_all(days(13))
    assert {("inspection", 7), ("plate_card", 7), ("use_permit", 30)} <= told(district.coordinator)
    notify_all(days(21))
    assert {("inspection", HAS_LAPSED), ("plate_card", HAS_LAPSED)} <= told(district.coordinator)


def test_another_language_tells_nothing_again(district):
    notify_all(TODAY)
    district.coordinator.language = "en"
    district.coordinator.save()
    assert notify_all(TODAY) == 0


def test_each_is_told_in_their_language(district):
    district.coordinator.language = "en"
    district.coordinator.save()
    notify_all(TODAY)
    texts = dict(ExpiryNotice.objects.filter(key="inspection").values_list("person", "what"))
    assert texts[district.coordinator.pk] == "Vehicle inspection"
    assert texts[district.administrator.pk] != "Vehicle inspection"


def test_whoever_can_act_is_told_and_others_are_not(district):
    principal = person(Role.PRINCIPAL, district.school)
    stranger = person(Role.COORDINATOR, organisation(Kind.OPERATOR, organisation()))
    closed = person(Role.COORDINATOR, district.operator, is_active=False)
    notify_all(TODAY)
    assert told(district.administrator)
    assert told(district.coordinator)
    assert not any(told(one) for one in (principal, stranger, closed))


def test_who_decides_is_told_of_a_step_and_who_applied_is_not(district):
    inspector = person(Role.INSPECTOR, organisation(Kind.SUPERVISOR, district.district))
    district.application(district.another_bus())
    notify_all(TODAY)
    assert {key.partition(":")[0] for key, _ in told(inspector)} == {"step"}
    assert not any(key.startswith("step") for key, _ in told(district.coordinator))


def test_a_driver_is_told_of_their_own_papers(district):
    own, other = district.driver(valid_until=days(5)), district.driver(valid_until=days(5))
    own.user = person(Role.DRIVER, district.operator)
    own.save()
    notify_all(TODAY)
    assert set(unread(own.user).values_list("subject", flat=True)) == {own.name}
    assert other.name in set(unread(district.coordinator).values_list("subject", flat=True))


def test_who_administers_the_installation_is_told_of_missing_holidays_and_nobody_else(district, monkeypatch):
    monkeypatch.setattr("fleet.regulations.lapses.next_unknown_year", lambda _today: days(10).year + 1)
    notify_all(days(10).replace(month=12, day=20))
    assert any(key.startswith("holidays:") for key, _ in told(district.administrator))
    assert not any(key.startswith("holidays:") for key, _ in told(district.coordinator))


def test_what_is_read_is_not_shown_again(district):
    notify_all(TODAY)
    mark_all_read(by=district.coordinator)
    assert not unread(district.coordinator).exists()
    assert unread(district.administrator).exists()


def test_the_language_switch_keeps_the_choice_of_who_is_signed_in(client: Client, district):
    client.force_login(district.coordinator)
    client.post(reverse("set_language"), {"language": "en"})
    client.post(reverse("set_language"), {"language": "tlh"})
    district.coordinator.refresh_from_db()
    assert district.coordinator.language == "en"

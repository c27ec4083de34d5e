"""The calendar of a school says on which days its buses run, and is kept on pages by the school."""

from datetime import date

import pytest
from django.urls import reverse

from fleet.organisations.models import Kind
from fleet.routes.models import ExceptionalDay, Term
from tests.fleet.builders import organisation
from tests.registry.conftest import signed_in
from tests.routes.builders import route

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(where):
    return signed_in(where.principal)


def days(response) -> dict[date, int | None]:
    return {
        one.day: one.weekday if one.runs else None
        for _month, weeks in response.context["months"]
        for week in weeks
        for one in week
        if one
    }


def test_the_calendar_knows_terms_weekends_public_holidays_and_exceptional_days(client, where):
    page = reverse("calendar_school", args=[where.school.pk])
    route(where.school)
    first, last = "2026-09-07", "2026-12-18"
    given = {"school": where.school.pk, "name": "秋季学期", "valid_from": first, "valid_until": last}
    assert client.post(reverse("term_new"), given).status_code == 302
    sports = {"school": where.school.pk, "day": "2026-11-05", "as_weekday": "0", "note": "运动会"}
    assert client.post(reverse("exceptionalday_new"), sports).status_code == 302
    ExceptionalDay.objects.create(school=where.school, day=date(2026, 11, 6), note="停课")
    shown = days(client.get(page, {"from": "2026-09"}))
    assert shown[date(2026, 9, 4)] is None
    assert shown[date(2026, 9, 7)] == 0
    assert shown[date(2026, 9, 12)] is None
    assert shown[date(2026, 10, 1)] is None
    assert (shown[date(2026, 11, 5)], shown[date(2026, 11, 6)]) == (0, None)
    assert len(shown) == 181
    assert Term.objects.get().history.get().history_user == where.principal


def test_an_address_with_no_month_shows_this_one(client, where):
    page = reverse("calendar_school", args=[where.school.pk])
    assert days(client.get(page, {"from": "nonsense"})) == days(client.get(page))


def test_calendars_of_other_schools_are_not_there(client, where):
    foreign = organisation(Kind.SCHOOL, organisation())
    assert client.get(reverse("calendar_school", args=[foreign.pk])).status_code == 404
    shown = client.get(reverse("calendar_list")).context["schools"]
    assert [school for school, _term in shown] == [where.school]
    term = Term.objects.create(
        school=foreign, name="x", valid_from=date(2026, 9, 1), valid_until=date(2027, 1, 1)
    )
    assert client.get(reverse("term_detail", args=[term.pk])).status_code == 404

"""A school's calendar is kept by the school and its district; terms don't overlap."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from fleet.organisations.models import Kind
from fleet.records import RecordError
from fleet.routes.calendar_changes import archive, change, create_exceptional_day, create_term, restore
from fleet.routes.models import Weekday
from tests.fleet.builders import organisation
from tests.vehicles.builders import Place, place

pytestmark = pytest.mark.django_db
AUTUMN: dict[str, Any] = {"valid_from": date(2026, 9, 1), "valid_until": date(2027, 1, 20)}
SPORTS_DAY = date(2026, 10, 16)


@pytest.fixture
def where() -> Place:
    return place()


def test_a_principal_keeps_the_calendar_of_their_school_and_no_other(where):
    made = create_term(school=where.school, name="秋季学期", by=where.principal, reason="plan", **AUTUMN)
    assert made.history.get().history_user == where.principal
    another = organisation(Kind.SCHOOL, where.district)
    with pytest.raises(PermissionDenied):
        create_term(school=another, name="秋季学期", by=where.principal, **AUTUMN)
    with pytest.raises(PermissionDenied):
        change(made, {"school": another}, by=where.principal)


def test_terms_of_a_school_do_not_overlap_also_when_one_is_brought_back(where):
    first = create_term(school=where.school, name="秋", by=where.principal, **AUTUMN)
    with pytest.raises(ValidationError) as refused:
        create_term(school=where.school, name="秋二", by=where.principal, **AUTUMN)
    assert set(refused.value.message_dict) == {"valid_from", "valid_until"}
    archive(first, by=where.principal, reason="wrong")
    create_term(school=where.school, name="秋二", by=where.principal, **AUTUMN)
    with pytest.raises(ValidationError):
        restore(first, by=where.principal)


def test_an_exceptional_day_says_once_as_which_weekday_it_runs(where):
    made = create_exceptional_day(
        school=where.school, day=SPORTS_DAY, as_weekday=Weekday.MONDAY, note="运动会", by=where.principal
    )
    with pytest.raises(ValidationError):
        create_exceptional_day(school=where.school, day=SPORTS_DAY, note="again", by=where.principal)
    assert change(made, {"as_weekday": None}, by=where.principal).as_weekday is None
    with pytest.raises(ValidationError) as refused:
        change(made, {"as_weekday": 7}, by=where.principal)
    assert set(refused.value.message_dict) == {"as_weekday"}


def test_what_is_out_of_the_calendar_is_not_changed(where):
    made = archive(
        create_exceptional_day(school=where.school, day=SPORTS_DAY, note="x", by=where.principal),
        by=where.principal,
        reason="wrong day",
    )
    with pytest.raises(RecordError):
        change(made, {"note": "y"}, by=where.principal)

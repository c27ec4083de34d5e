"""Stops of pupils: never two for one day and direction, whatever is asked in which order."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from fleet.organisations.models import Kind, Role
from fleet.pupils.assignments import assign_stop, end_assignment, follow_pattern
from fleet.pupils.changes import archive_pupil
from fleet.pupils.models import StopAssignment
from fleet.pupils.periods import WEEKDAYS, Period
from fleet.pupils.queries import assignments_served, week_of
from fleet.records import RecordError
from fleet.routes.models import Direction
from tests.fleet.builders import organisation, person
from tests.pupils.builders import assigned, pupil
from tests.routes.builders import pattern, route
from tests.vehicles.builders import place

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 9, 7)
WEDNESDAY_ONLY = 0b0000100
MONDAY_TO_FRIDAY = 0b0011111


def test_a_stop_is_given_by_weekday_and_direction(where):
    line = route(where.school, stops=("村口", "桥头", "学校"))
    home = pattern(line, ("学校", "村口"), Direction.TO_HOME)
    child = pupil(where)
    assigned(where, child, line.patterns.get(direction=Direction.TO_SCHOOL))
    assigned(where, child, home, order=2, weekdays=WEDNESDAY_ONLY)
    there, back = week_of(child, MONDAY)
    assert [one.stop.name if one else "" for one in there.stops] == ["村口"] * 5 + ["", ""]
    assert [one.stop.name if one else "" for one in back.stops] == ["", "", "村口", "", "", "", ""]


def test_a_second_stop_for_a_day_and_direction_is_refused_and_says_which_is_in_the_way(where):
    way = route(where.school, stops=("村口", "桥头", "学校")).patterns.get()
    child = pupil(where)
    assigned(where, child, way)
    with pytest.raises(ValidationError) as refused:
        assigned(where, child, way, order=2, weekdays=WEDNESDAY_ONLY)
    assert "村口" in refused.value.message_dict["weekdays"][0]
    assert StopAssignment.objects.count() == 1


def test_a_stop_that_replaces_another_takes_its_days_and_leaves_the_rest(where):
    way = route(where.school, stops=("村口", "桥头", "学校")).patterns.get()
    child = pupil(where)
    assigned(where, child, way)
    assigned(where, child, way, 2, since=MONDAY, weekdays=WEDNESDAY_ONLY, replaces=True, reason="grandmother")
    before, after = week_of(child, MONDAY - timedelta(days=1))[0], week_of(child, MONDAY)[0]
    assert [one.stop.name for one in before.stops if one] == ["村口"] * 5
    assert [one.stop.name for one in after.stops if one] == ["村口", "村口", "桥头", "村口", "村口"]
    cut = StopAssignment.objects.get(valid_until=MONDAY - timedelta(days=1))
    assert cut.history.first().history_change_reason == "grandmother"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [("another school's route", "pattern"), ("a stop of no such pattern", "stop"), ("a Sunday", "weekdays")],
)
def test_a_stop_that_the_route_does_not_serve_so_is_refused(where, wrong, field):
    own = route(where.school).patterns.get()
    foreign = route(organisation(Kind.SCHOOL, where.district)).patterns.get()
    way = foreign if field == "pattern" else own
    stop = (foreign if field != "weekdays" else own).pattern_stops.all()[0].stop
    weekdays = 0b1000000 if field == "weekdays" else MONDAY_TO_FRIDAY
    with pytest.raises(ValidationError) as refused:
        assign_stop(
            pupil=pupil(where),
            pattern=way,
            stop=stop,
            valid_from=MONDAY,
            weekdays=weekdays,
            by=where.principal,
        )
    assert list(refused.value.message_dict) == [field], wrong


def test_who_may_not_assign_stops_can_not(where):
    way = route(where.school).patterns.get()
    for someone in (
        person(Role.CLASS_TEACHER, where.school),
        person(Role.PRINCIPAL, organisation(Kind.SCHOOL)),
    ):
        with pytest.raises(PermissionDenied):
            assign_stop(
                pupil=pupil(where),
                pattern=way,
                stop=way.pattern_stops.all()[0].stop,
                valid_from=MONDAY,
                by=someone,
            )


def test_an_archived_pupil_is_given_no_stop_and_rides_nowhere(where):
    way, child = route(where.school).patterns.get(), pupil(where)
    assigned(where, child, way)
    archive_pupil(child, by=where.principal, reason="moved away")
    assert not assignments_served(MONDAY, 0).exists()
    with pytest.raises(RecordError):
        assigned(where, child, way)


def test_an_ended_stop_holds_until_its_last_day(where):
    way, child = route(where.school).patterns.get(), pupil(where)
    held = assigned(where, child, way)
    end_assignment(held, last_day=MONDAY, by=where.coordinator)
    assert assignments_served(MONDAY, 0).exists()
    assert not assignments_served(MONDAY + timedelta(days=1), 1).exists()
    with pytest.raises(RecordError):
        end_assignment(held, last_day=MONDAY, by=where.coordinator)


def test_pupils_follow_a_new_pattern_and_who_has_lost_the_stop_is_told(where):
    line = route(where.school, stops=("村口", "桥头", "学校"))
    old = line.patterns.get()
    stays, loses = pupil(where, "小红"), pupil(where, "小刚")
    assigned(where, stays, old)
    assigned(where, loses, old, order=2)
    old.valid_until = MONDAY - timedelta(days=1)
    old.save()
    new = pattern(line)
    new.valid_from = MONDAY
    new.save()
    new.pattern_stops.filter(order=1).update(stop=old.pattern_stops.get(order=1).stop)
    assert follow_pattern(old, new, by=where.coordinator) == [loses]
    assert [one.pupil for one in assignments_served(MONDAY, 0)] == [stays]
    assert {one.pupil for one in assignments_served(MONDAY - timedelta(days=3), 4)} == {stays, loses}


class NeverTwo(TestCase):
    """Whatever is asked, no day that runs as any weekday gives a pupil two stops in one direction."""

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        asked=st.lists(
            st.tuples(
                st.integers(1, 3),
                st.integers(1, MONDAY_TO_FRIDAY),
                st.integers(0, 10),
                st.one_of(st.none(), st.integers(0, 6)),
                st.booleans(),
            ),
            max_size=6,
        )
    )
    def test_never_two_stops_for_one_day_and_direction(self, asked):
        where = place()
        way = route(where.school, stops=("村口", "桥头", "学校")).patterns.get()
        child = pupil(where)
        for order, weekdays, begins, lasts, replaces in asked:
            first = MONDAY + timedelta(days=begins)
            last = None if lasts is None else first + timedelta(days=lasts)
            try:
                made = assigned(
                    where, child, way, order, first, valid_until=last, weekdays=weekdays, replaces=replaces
                )
            except ValidationError:
                assert not replaces
            else:
                assert made.period == Period(weekdays, first, last)
        for day in (MONDAY + timedelta(days=number) for number in range(20)):
            for weekday in WEEKDAYS:
                assert assignments_served(day, weekday).filter(pupil=child).count() <= 1

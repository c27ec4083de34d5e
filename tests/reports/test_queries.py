"""What a report says of a small world, in how many queries, and to whom."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fleet.organisations.models import Kind, Role
from fleet.reports.queries import Found
from fleet.reports.subjects import SubjectKind, subjects_for
from fleet.reports.tables import figures_of, sheet_of
from fleet.trips.models import TripState
from tests.fleet.builders import organisation, person
from tests.reports.builders import NOW, SEVEN, alarm, found, report, week
from tests.trips.builders import line, trip_of
from tests.vehicles.builders import Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def one():
    return week()


def subjects(one):
    where = one.line.where
    return [
        (SubjectKind.AREA, where.district),
        (SubjectKind.OPERATOR, where.operator),
        (SubjectKind.SCHOOL, where.school),
        (SubjectKind.BUS, one.line.bus),
        (SubjectKind.DRIVER, one.line.driver),
    ]


def test_findings_are_counted_by_rule_with_points_and_without_those_withdrawn(one):
    for kind, record in subjects(one):
        told = report(one.line, kind, record)
        assert told.findings == [
            Found("signal_gap", "medium", 1, 0, 1),
            Found("speeding", "high", 1, 3, 0),
        ], kind
        assert (told.found, told.points) == (2, 3)


def test_a_route_has_what_was_found_on_its_trips(one):
    told = report(one.line, SubjectKind.ROUTE, one.line.pattern.route)
    assert [row.rule for row in told.findings] == ["speeding"]
    assert told.trips.ran == 1


def test_days_are_local_ones(one):
    told = report(one.line, SubjectKind.BUS, one.line.bus)
    assert [(row.findings, row.alarms) for row in told.days] == [(1, 1), (1, 0), *[(0, 0)] * 5]
    early = report(one.line, SubjectKind.BUS, one.line.bus, days=(date(2026, 11, 22), date(2026, 11, 22)))
    assert early.is_empty


def test_alarms_say_how_soon_they_were_taken_and_what_is_open(one):
    alarm(found(one.line, None, SEVEN + timedelta(hours=1)), one.line)
    alarm(found(one.line, None, SEVEN + timedelta(hours=2)), one.line, reason="withdrawn", state="resolved")
    told = report(one.line, SubjectKind.SCHOOL, one.line.where.school).alarms
    assert (told.count, told.unresolved, told.unseen, told.suppressed) == (2, 2, 1, 0)
    assert told.median_wait == timedelta(minutes=2)


def test_trips_are_told_by_what_became_of_them(one):
    cancelled = trip_of(one.line, SEVEN + timedelta(days=1))
    cancelled.state = TripState.CANCELLED
    cancelled.save()
    trip_of(one.line, SEVEN + timedelta(days=1, hours=1))
    trip_of(one.line, NOW + timedelta(hours=1))
    closed = trip_of(one.line, SEVEN + timedelta(hours=3))
    closed.state = TripState.CLOSED
    closed.save()
    told = report(one.line, SubjectKind.SCHOOL, one.line.where.school).trips
    assert (told.planned, told.ran, told.late, told.end_unknown) == (5, 2, 1, 1)
    assert (told.cancelled, told.unknown, told.open) == (1, 1, 1)


def test_the_share_on_time_is_of_the_stops_that_are_known(one):
    told = report(one.line, SubjectKind.SCHOOL, one.line.where.school)
    assert told.on_time_share == 0.5
    assert (told.stops_known, told.stops_unknown) == (2, 2)


def test_what_nobody_knows_is_said_to_be_unknown(one):
    empty = report(one.line, SubjectKind.BUS, one.line.bus, days=(date(2026, 1, 1), date(2026, 1, 2)))
    assert empty.is_empty
    figures = dict(figures_of(empty))
    assert figures["Acknowledged after (median)"] == figures["Stops on time"] == "Unknown"


def test_a_school_sees_only_its_own(one):
    where = one.line.where
    neighbour = organisation(Kind.SCHOOL, where.district)
    principal = person(Role.PRINCIPAL, neighbour)
    other = week(line(where=Place(where.district, where.operator, neighbour, where.coordinator, principal)))
    found(other.line, one.trip, SEVEN + timedelta(hours=5))
    told = report(one.line, SubjectKind.OPERATOR, where.operator, by=principal)
    assert (told.found, told.trips.planned, told.alarms.count) == (2, 1, 1)
    assert {row.one for row in told.buses} == {other.line.bus}
    assert set(subjects_for(principal, SubjectKind.SCHOOL)) == {neighbour}
    assert set(subjects_for(principal, SubjectKind.BUS)) == {other.line.bus}
    assert not subjects_for(principal, SubjectKind.OPERATOR)


def test_drivers_are_named_only_to_who_may_see_them(one):
    school = (SubjectKind.SCHOOL, one.line.where.school)
    assert one.line.driver.name in str(sheet_of(report(one.line, *school)))
    told = report(one.line, *school, by=one.line.where.principal)
    assert told.drivers is None
    assert one.line.driver.name not in str(sheet_of(told))
    assert not subjects_for(one.line.where.principal, SubjectKind.DRIVER)


def test_the_number_of_queries_does_not_grow(one):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            sheet_of(report(one.line, SubjectKind.AREA, one.line.where.district))
        return len(captured)

    before = queries()
    where = one.line.where
    for _number in range(3):
        school = organisation(Kind.SCHOOL, where.district)
        week(line(where=Place(where.district, where.operator, school, where.coordinator, where.principal)))
    assert queries() == before < 25

"""Stops, their markings and routes from spreadsheets: checked by row and column, stored whole, exported, undone."""

from datetime import time

import pytest
from django.contrib.gis.geos import Point
from django.utils import translation

from fleet.organisations.models import Role
from fleet.routes.models import Departure, Route, RoutePattern, Stop, StopMarking
from tests.fleet.builders import organisation, person
from tests.registry.builders import checked, imported, problems, undone
from tests.vehicles.builders import Place, place, registered
from web.registry.exports import exported
from web.registry.models import ImportState
from web.registry.spreadsheets.catalogue import SUBJECTS

pytestmark = pytest.mark.django_db
STOPS, MARKINGS, WAYS = SUBJECTS["stops"], SUBJECTS["stop-markings"], SUBJECTS["route-ways"]
HEADER = "Name,Kept by,Longitude,Latitude,Approach heading (degrees),Side of the road,Approval,Approved\n"
WAY_HEADER = "Route,School,Direction,Valid from,Stops in order,Arrives after (min),Departures,Bus\n"


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def where() -> Place:
    return place()


@pytest.fixture
def administrator(where):
    return person(Role.ADMINISTRATOR, where.district)


def csv_of(subject, by) -> str:
    content, _name, _type = exported(subject, subject.exportable(by), "csv", by=by)
    return content.decode("utf-8-sig")


def stop(where: Place, name: str, lon: float, **more) -> Stop:
    return Stop.objects.create(
        name=name, place=Point(lon, 30, srid=4326), organisation=where.district, **more
    )


def test_stops_are_imported_exported_in_the_same_columns_and_undone(where, administrator):
    rows = (
        f"村口,{where.district},120.1,30,90,Right of the road,批〔2026〕1号,2026-09-01\n"
        f"村口,{where.district},120.1,30.0001,270,,,\n"
    )
    run = imported(STOPS, administrator, HEADER + rows)
    assert run.state == ImportState.APPLIED, run.problems
    east = Stop.objects.get(approach_deg=90)
    assert (east.place.x, east.approval_number, east.side) == (120.1, "批〔2026〕1号", "right")
    again = checked(STOPS, administrator, csv_of(STOPS, administrator))
    assert (again.problem_count, again.unchanged_count) == (0, 2)
    undone(administrator, run)
    assert not Stop.objects.current().exists()


def test_a_change_is_undone_and_a_stop_that_is_moved_far_is_no_longer_approved(where, administrator):
    rows = f"村口,{where.district},120.1,30,90,,批1,2026-09-01\n"
    imported(STOPS, administrator, HEADER + rows)
    run = imported(STOPS, administrator, HEADER + rows.replace("120.1,", "120.2,"))
    moved = Stop.objects.get()
    assert (moved.place.x, moved.approval_number, moved.approved_on) == (120.2, "", None)
    undone(administrator, run)
    assert (Stop.objects.get().place.x, Stop.objects.get().approval_number) == (120.1, "批1")


def test_errors_are_told_by_row_and_column_and_nothing_is_kept(where):
    foreign = organisation()
    rows = (
        f"甲,{where.district},east,30,,,,\n乙,{where.district},120,95,400,,,\n丙,{foreign},120,30,,up,,\n"
        f"丁,{where.district},120,30,,,批1,2026-09-01\n"
    )
    told = problems(checked(STOPS, where.coordinator, HEADER + rows))
    assert {one.partition(":")[0] for one in told} == {
        "2 Longitude", "3 Latitude", "3 Approach heading (degrees)", "4 Kept by", "4 Side of the road", "5 Approval",
    }  # fmt: skip
    assert not Stop.objects.exists()


def test_who_may_not_approve_keeps_an_approval_that_is_recorded(where, administrator):
    imported(STOPS, administrator, HEADER + f"村口,{where.district},120.1,30,90,,批1,2026-09-01\n")
    rows = f"村口,{where.district},120.1,30,90,Off the road,批1,2026-09-01\n"
    run = imported(STOPS, where.coordinator, HEADER + rows)
    assert run.state == ImportState.APPLIED, run.problems
    assert (Stop.objects.get().side, Stop.objects.get().approval_number) == ("off_road", "批1")


def test_markings_are_imported_by_stop_and_undone(where):
    stop(where, "村口", 120.1, approach_deg=90)
    stop(where, "村口", 120.1, approach_deg=270)
    header = "Stop,Marking,Condition,Kept by,Last inspected\n"
    told = problems(
        checked(MARKINGS, where.coordinator, header + "村口,Stop sign,Good,,\n村口 (90°),Flag,Good,,\n")
    )
    assert {one.partition(":")[0] for one in told} == {"2 Stop", "3 Marking"}
    run = imported(MARKINGS, where.coordinator, header + "村口 (90°),Stop sign,Worn,公路站,2026-09-01\n")
    assert run.state == ImportState.APPLIED, run.problems
    marking = StopMarking.objects.get()
    assert (marking.stop.approach_deg, marking.condition, marking.owner) == (90, "worn", "公路站")
    again = checked(MARKINGS, where.coordinator, csv_of(MARKINGS, where.coordinator))
    assert (again.problem_count, again.unchanged_count) == (0, 1)
    undone(where.coordinator, run)
    assert not StopMarking.objects.current().exists()


def served(where: Place) -> None:
    for number, name in enumerate(("村口", "桥头", "学校")):
        stop(where, name, 120 + number * 0.01)


def test_routes_come_with_stops_in_order_times_and_departures_and_go(where):
    served(where)
    bus = registered(where)
    rows = (
        f"一号线,{where.school},To school,2026-09-01,村口、桥头、学校,0、3.5、8,06:50、07:30,{bus}\n"
        f"一号线,{where.school},Home,2026-09-01,学校、村口,,16:20,\n"
    )
    run = imported(WAYS, where.coordinator, WAY_HEADER + rows.replace("、", ";"))
    assert run.state == ImportState.APPLIED, run.problems
    there = RoutePattern.objects.get(direction="to_school")
    assert [(str(one.stop), one.offset_s) for one in there.pattern_stops.all()] == [
        ("村口", 0), ("桥头", 210), ("学校", 480),
    ]  # fmt: skip
    assert {(one.at, one.bus) for one in there.departures.all()} == {(time(6, 50), bus), (time(7, 30), bus)}
    assert there.line.num_points == 3
    again = checked(WAYS, where.coordinator, csv_of(WAYS, where.coordinator))
    assert (again.problem_count, again.unchanged_count) == (0, 2), problems(again)
    undone(where.coordinator, run)
    assert not Route.objects.current().exists()
    assert not Departure.objects.current().exists()


def test_what_is_wrong_with_a_route_is_told_by_row_and_column(where):
    served(where)
    foreign = registered(where, school=None, operator=where.operator)
    rows = (
        f"甲,{where.school},Up,2026-09-01,村口;桥头,,,\n"
        f"乙,{where.school},To school,2026-09-01,村口;无此站,,,\n"
        f"丙,{where.school},To school,2026-09-01,村口;桥头,,6.50,\n"
        f"庚,{where.school},To school,2026-09-01,村口;桥头,0;4;9,,\n"
        f"丁,{where.school},To school,2026-09-01,村口,,,{foreign}\n"
        f"戊,{where.school},To school,2026-09-01,村口;桥头,5;4,,\n"
        f"己,{where.school},To school,2026-09-01,村口;桥头,,,\n"
        f"己,{where.school},To school,2026-10-01,村口;桥头,,,\n"
    )
    told = problems(checked(WAYS, where.coordinator, WAY_HEADER + rows))
    found = {one.partition(":")[0] for one in told}
    assert found == {
        "2 Direction", "3 Stops in order", "4 Departures", "5 Arrives after (min)", "6 Stops in order",
        "7 Stops in order", "9 Valid from",
    }  # fmt: skip
    assert not Route.objects.exists()


def test_a_way_that_is_recorded_is_not_changed_by_a_file_and_undo_spares_what_was_there(where):
    served(where)
    rows = f"一号线,{where.school},To school,2026-09-01,村口;学校,0;8,,\n"
    imported(WAYS, where.coordinator, WAY_HEADER + rows)
    told = problems(checked(WAYS, where.coordinator, WAY_HEADER + rows.replace("0;8", "0;9")))
    assert [one.partition(":")[0] for one in told] == ["2 Arrives after (min)"]
    run = imported(WAYS, where.coordinator, WAY_HEADER + rows.replace("To school", "Home"))
    undone(where.coordinator, run)
    assert RoutePattern.objects.current().get().direction == "to_school"
    assert Route.objects.current().exists()


def test_a_principal_exports_and_imports_nothing(where):
    assert not any(one.may_import(where.principal) for one in (STOPS, MARKINGS, WAYS))
    assert all(one.may_export(where.principal) for one in (STOPS, MARKINGS, WAYS))

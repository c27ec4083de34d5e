"""Classes, pupils and their stops from spreadsheets: checked by row, stored as a whole, exported, undone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.audit.models import AccessRecord, Action
from fleet.organisations.models import Kind
from fleet.pupils.bulk import refuse_two_at_once
from fleet.pupils.models import Pupil, SchoolClass, StopAssignment
from fleet.records import RecordError
from tests.fleet.builders import organisation
from tests.pupils.builders import assigned, pupil, school_class, teacher
from tests.registry.builders import checked, imported, problems, undone
from tests.routes.builders import LONG_AGO, route
from web.registry.exports import exported
from web.registry.models import ImportState
from web.registry.spreadsheets.catalogue import SUBJECTS
from web.registry.spreadsheets.contents import CellError
from web.registry.spreadsheets.weekdays import Weekdays

CLASSES, PUPILS, STOPS = SUBJECTS["classes"], SUBJECTS["pupils"], SUBJECTS["pupil-stops"]
HEADER = "School,Pupil number,Name,Class\n"
STOP_HEADER = "Pupil,Route and direction,Stop,Weekdays,Valid from\n"


@given(st.integers(1, 127))
def test_weekdays_are_read_back_as_they_are_shown(bits):
    assert Weekdays().parse(Weekdays().show(bits)) == bits


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("1-5", 0b11111),
        ("周一至周五", 0b11111),
        ("星期一、星期三", 0b101),
        ("一三五", 0b10101),
        ("Mon-Wed, Fri", 0b10111),
        ("周日", 0b1000000),
    ],
)
def test_weekdays_are_read_as_people_write_them(text, bits):
    assert Weekdays().parse(text) == bits


@pytest.mark.parametrize("text", ["8", "holidays", "5-1", "-", "1-5x"])
def test_what_are_no_weekdays_is_refused(text):
    with pytest.raises(CellError):
        Weekdays().parse(text)


@pytest.mark.django_db
def test_classes_and_pupils_are_imported_exported_and_undone(where):
    imported(CLASSES, where.principal, f"School,Class\n{where.school},一年级1班\n")
    run = imported(
        PUPILS, where.principal, HEADER + f"{where.school},001,王小明,一年级1班\n{where.school},002,李小红,\n"
    )
    assert run.state == ImportState.APPLIED, run.problems
    assert Pupil.objects.get(number="001").school_class == SchoolClass.objects.get()
    content, _name, _type = exported(PUPILS, PUPILS.exportable(where.principal), "csv", by=where.principal)
    assert "001,王小明,一年级1班" in content.decode("utf-8-sig")
    assert AccessRecord.objects.filter(action=Action.EXPORT, kind="pupils.pupil").count() == 2
    again = checked(PUPILS, where.principal, content.decode("utf-8-sig"))
    assert (again.problem_count, again.unchanged_count) == (0, 2)
    undone(where.principal, run)
    assert not Pupil.objects.current().exists()


@pytest.mark.django_db
def test_unknown_classes_and_schools_out_of_reach_are_told_by_row_and_nothing_is_kept(where):
    foreign = organisation(Kind.SCHOOL, where.district)
    SchoolClass.objects.create(school=foreign, name="他校班")
    rows = f"{where.school},1,甲甲,他校班\n{foreign},2,乙乙,\n{where.school},3,丙丙,\n"
    told = problems(checked(PUPILS, where.principal, HEADER + rows))
    assert [one.partition(":")[0] for one in sorted(told)] == ["2 Class", "3 School"]
    assert not Pupil.objects.exists()


@pytest.mark.django_db
def test_a_teacher_imports_and_exports_nothing(where):
    head = teacher(where)
    pupil(where, school_class=school_class(where, head))
    assert not any(one.may_import(head) or one.may_export(head) for one in (CLASSES, PUPILS, STOPS))


@pytest.mark.django_db
def test_stops_are_imported_and_two_for_one_day_are_told_by_row(where):
    way = route(where.school, stops=("村口", "桥头", "学校")).patterns.get()
    child, other = pupil(where, "王小明"), pupil(where, "李小红")
    run = imported(
        STOPS,
        where.coordinator,
        STOP_HEADER + f"王小明,{way},村口,1-3,2026-09-01\n{other.number},{way},桥头,,2026-09-01\n",
    )
    assert run.state == ImportState.APPLIED, run.problems
    assert {(one.pupil, one.stop.name, one.weekdays) for one in StopAssignment.objects.all()} == {
        (child, "村口", 0b111),
        (other, "桥头", 0b11111),
    }
    in_the_file = STOP_HEADER + f"王小明,{way},桥头,4,2026-09-01\n王小明,{way},村口,4-5,2026-10-01\n"
    assert "Row 2 gives" in problems(checked(STOPS, where.coordinator, in_the_file))[0]
    against_the_register = STOP_HEADER + f"王小明,{way},桥头,3,2026-09-08\n"
    assert "村口" in problems(checked(STOPS, where.coordinator, against_the_register))[0]
    assert StopAssignment.objects.count() == 2


@pytest.mark.django_db
def test_what_would_give_two_stops_is_refused_when_all_is_stored(where):
    way = route(where.school, stops=("村口", "桥头", "学校")).patterns.get()
    child = pupil(where)
    held = assigned(where, child, way)
    refuse_two_at_once({child.pk})
    StopAssignment.objects.create(pupil=child, pattern=way, stop=held.stop, weekdays=1, valid_from=LONG_AGO)
    with pytest.raises(RecordError):
        refuse_two_at_once({child.pk})

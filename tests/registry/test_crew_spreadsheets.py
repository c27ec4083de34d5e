"""Drivers, attendants and their records from spreadsheets: who is meant by a number, what is masked, what clashes."""

import csv
import io

import pytest
from django.utils import translation

from fleet.audit.models import AccessRecord, Action
from fleet.organisations.models import Role
from fleet.people.changes import archive_member, change_driver, record_qualification
from fleet.people.models import Attendant, Driver, DriverCondition, DriverQualification, TrainingHours
from tests.fleet.builders import organisation, person
from tests.people.builders import attendant, driver, identity_number
from tests.registry.builders import checked, imported, problems, undone
from tests.vehicles.builders import place
from web.registry.exports import exported
from web.registry.models import ImportState
from web.registry.spreadsheets.catalogue import SUBJECTS

pytestmark = pytest.mark.django_db
DRIVERS, QUALIFICATIONS = SUBJECTS["drivers"], SUBJECTS["qualifications"]
HEADER = "Name,Identity number,Employer,Licence class,Licence first issued\n"
QUALIFIED = "Driver,Number,Issuer,Issued,Valid from,Valid until\n"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def where():
    return place()


def exported_rows(subject, by) -> list[list[str]]:
    content, _name, _type = exported(subject, subject.exportable(by), "csv", by=by)
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_driver_is_made_with_the_birth_date_of_the_number_however_it_is_written(where):
    number = identity_number()
    written = f" '{number[:6]} {number[6:]}"
    run = imported(
        DRIVERS, where.coordinator, HEADER + f"王师傅,{written},{where.operator},A1,2010年9月1日\n"
    )
    assert run.state == ImportState.APPLIED, run.problems
    made = Driver.objects.get()
    assert (made.identity_number, f"{made.born_on:%Y%m%d}") == (number, number[6:14])
    assert made.history.get().history_user == where.coordinator


def test_a_preview_and_its_problems_show_no_whole_identity_number(where):
    number = identity_number()
    row = f"王师傅,{number},{where.operator},A1,\n"
    assert number not in str(checked(DRIVERS, where.coordinator, HEADER + row).preview)
    told = problems(checked(DRIVERS, where.coordinator, HEADER + row + row))
    assert "in row 2 already" in told[0]
    assert number not in told[0]


def test_an_export_is_masked_for_who_may_not_see_numbers_and_comes_back_unchanged(where):
    someone = driver(where)
    rows = exported_rows(DRIVERS, where.coordinator)
    assert rows[1][1] == someone.masked_identity_number
    text = "\n".join(",".join(row) for row in rows)
    run = checked(DRIVERS, where.coordinator, text)
    assert (run.problems, run.unchanged_count) == ([], 1)
    changed = imported(DRIVERS, where.coordinator, text.replace("A1: large coach", "A3"))
    assert changed.state == ImportState.APPLIED
    numbers = Driver.objects.values_list("identity_number", "licence_class")
    assert list(numbers) == [(someone.identity_number, "A3")]


def test_administrators_export_whole_numbers_and_each_person_is_in_the_access_log(where):
    someone, helper = driver(where), attendant(where)
    administrator = person(Role.ADMINISTRATOR, where.district)
    assert exported_rows(DRIVERS, administrator)[1][1] == someone.identity_number
    exported_rows(SUBJECTS["attendants"], administrator)
    logged = AccessRecord.objects.filter(person=administrator, action=Action.EXPORT)
    assert {(one.kind, one.object_id) for one in logged} == {
        ("people.driver", someone.pk),
        ("people.attendant", helper.pk),
    }


def test_a_masked_number_that_means_nobody_is_asked_for_whole(where):
    row = f"王师傅,320***********12X,{where.operator},A1,\n"
    run = checked(DRIVERS, where.coordinator, HEADER + row)
    assert [problem[:2] for problem in run.problems] == [[2, "Identity number"]]


def test_who_has_left_another_employer_is_new_and_who_still_works_there_is_out_of_reach(where):
    elsewhere = place()
    left, stayed = driver(elsewhere), driver(elsewhere)
    archive_member(left, by=elsewhere.coordinator, reason="left")
    rows = [f"{one.name},{one.identity_number},{where.operator},A1,\n" for one in (left, stayed)]
    run = checked(DRIVERS, where.coordinator, HEADER + "".join(rows))
    assert (run.created_count, problems(run)) == (
        1,
        ["3 Identity number: This one belongs to an organisation out of your reach."],
    )


def test_records_are_of_whom_a_name_or_number_means_and_two_of_one_name_are_not_guessed(where):
    someone = driver(where, name="王师傅")
    for name in ("王师傅", someone.identity_number, f"王师傅 {someone.masked_identity_number}"):
        row = f"{name},Q1,交警支队,2024-03-02,2024-03-02,2030-03-01\n"
        assert checked(QUALIFICATIONS, where.coordinator, QUALIFIED + row).problem_count == 0
    driver(where, name="王师傅")
    row = "王师傅,Q1,交警支队,2024-03-02,2024-03-02,2030-03-01\n"
    assert "name of several" in problems(checked(QUALIFICATIONS, where.coordinator, QUALIFIED + row))[0]


def test_periods_that_overlap_are_told_by_row_whether_in_the_file_or_recorded_before(where):
    someone, other = driver(where), driver(where)
    record_qualification(
        driver=someone, by=where.coordinator, number="OLD", issuer="p", issued_on="2020-01-01",
        valid_from="2020-01-01", valid_until="2024-12-31",
    )  # fmt: skip
    rows = [
        f"{someone.identity_number},N1,p,2024-12-01,2024-12-31,2029-12-31\n",
        f"{other.identity_number},N2,p,2020-01-01,2020-01-01,2022-12-31\n",
        f"{other.identity_number},N3,p,2022-01-01,2022-01-01,2024-12-31\n",
        f"{other.identity_number},OLD,p,2025-01-01,2025-01-01,2026-12-31\n",
    ]
    run = checked(QUALIFICATIONS, where.coordinator, QUALIFIED + "".join(rows))
    assert problems(run) == [
        "2 Valid from: This period overlaps one that is recorded already, 2020-01-01 to 2024-12-31.",
        "4 Valid from: This period overlaps one that is recorded already, 2020-01-01 to 2022-12-31. (Row 3)",
        "5 Number: A qualification of this number is recorded already.",
    ]


def test_a_period_that_the_same_file_moves_away_is_in_nobodys_way(where):
    someone = driver(where)
    record_qualification(
        driver=someone, by=where.coordinator, number="OLD", issuer="p", issued_on="2020-01-01",
        valid_from="2020-01-01", valid_until="2026-12-31",
    )  # fmt: skip
    rows = [
        f"{someone.identity_number},OLD,p,2020-01-01,2020-01-01,2023-12-31\n",
        f"{someone.identity_number},NEW,p,2024-01-01,2024-01-01,2029-12-31\n",
    ]
    run = imported(QUALIFICATIONS, where.coordinator, QUALIFIED + "".join(rows))
    assert (run.state, run.created_count, run.changed_count) == (ImportState.APPLIED, 1, 1)
    assert undone(where.coordinator, run).state == ImportState.UNDONE
    left = DriverQualification.objects.current().values_list("number", "valid_until")
    assert [(number, str(until)) for number, until in left] == [("OLD", "2026-12-31")]


def test_undo_is_refused_where_what_was_before_clashes_with_what_came_since(where):
    someone = driver(where)
    old = QUALIFIED + f"{someone.identity_number},OLD,p,2020-01-01,2020-01-01,2026-12-31\n"
    imported(QUALIFICATIONS, where.coordinator, old)
    run = imported(QUALIFICATIONS, where.coordinator, old.replace("2026-12-31", "2023-12-31"))
    record_qualification(
        driver=someone, by=where.coordinator, number="NEW", issuer="p", issued_on="2024-01-01",
        valid_from="2024-01-01", valid_until="2029-12-31",
    )  # fmt: skip
    run = undone(where.coordinator, run)
    assert (run.state, "clash" in run.refusal) == (ImportState.APPLIED, True)
    assert str(DriverQualification.objects.get(number="OLD").valid_until) == "2023-12-31"


def test_what_the_model_says_of_a_record_is_told_by_row_and_column(where):
    someone = driver(where)
    header = "Driver,Condition,State,Established,Evidence\n"
    rows = [
        f"{someone.name},No criminal record,Met,2026-01-02,\n",
        f"{someone.name},No criminal record,Met,2999-01-02,certificate\n",
    ]
    run = checked(SUBJECTS["conditions"], where.coordinator, header + "".join(rows))
    assert [problem[:2] for problem in run.problems] == [[2, "Evidence"], [3, "Established"]]
    good = f"{someone.name},无犯罪记录,符合,2026-01-02,证明\n"
    with translation.override("zh-hans"):
        run = imported(SUBJECTS["conditions"], where.coordinator, header + good)
    assert run.state == ImportState.APPLIED, run.problems
    assert DriverCondition.objects.get().driver == someone


def test_hours_are_read_with_a_decimal_and_half_a_digit_more_is_refused(where):
    someone = driver(where)
    text = f"Driver,Held,Hours,Subject\n{someone.name},2026-01-02,{{}},交通法规\n"
    assert checked(SUBJECTS["training"], where.coordinator, text.format("2.55")).problem_count == 1
    assert checked(SUBJECTS["training"], where.coordinator, text.format("Infinity")).problem_count == 1
    imported(SUBJECTS["training"], where.coordinator, text.format("２.５"))
    assert str(TrainingHours.objects.get().hours) == "2.5"


def test_undoing_new_attendants_takes_them_out_and_is_refused_by_name_for_one_who_was_changed(where):
    text = f"Name,Identity number,Employer\n张三,{identity_number()},{where.operator}\n"
    run = imported(SUBJECTS["attendants"], where.coordinator, text)
    assert undone(where.coordinator, run).state == ImportState.UNDONE
    assert not Attendant.objects.current().exists()
    run = imported(DRIVERS, where.coordinator, HEADER + f"李四,{identity_number()},{where.operator},A1,\n")
    change_driver(Driver.objects.get(), {"telephone": "1"}, by=where.coordinator)
    assert "李四" in undone(where.coordinator, run).refusal


def test_records_of_people_out_of_reach_are_neither_exported_nor_named(where):
    foreign = driver(place())
    assert len(exported_rows(DRIVERS, where.coordinator)) == 1
    row = f"{foreign.identity_number},Q1,p,2024-03-02,2024-03-02,2030-03-01\n"
    told = problems(checked(QUALIFICATIONS, where.coordinator, QUALIFIED + row))
    assert "not recorded, or not within your reach" in told[0]


def test_drivers_of_several_hundred_rows_take_as_many_queries_as_of_few(where, django_assert_max_num_queries):
    rows = [f"驾驶人{n},{identity_number()},{where.operator},A1,2010-09-01\n" for n in range(300)]
    with django_assert_max_num_queries(90):
        run = imported(DRIVERS, where.coordinator, HEADER + "".join(rows))
    assert run.created_count == 300, run.problems[:3]
    rows = [
        f"{one.identity_number},Q{one.pk},p,2024-03-02,2024-03-02,2030-03-01\n"
        for one in Driver.objects.all()
    ]
    with django_assert_max_num_queries(90):
        run = imported(QUALIFICATIONS, where.coordinator, QUALIFIED + "".join(rows))
    assert run.created_count == 300, run.problems[:3]


def test_who_may_change_no_driver_may_import_none(where):
    teacher = person(Role.CLASS_TEACHER, organisation())
    assert not any(
        subject.may_import(teacher) or subject.may_export(teacher) for subject in SUBJECTS.values()
    )

"""A fleet from a spreadsheet: checked, imported as a whole, undone; and what is refused on the way."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from fleet.organisations.models import Kind, Role
from fleet.vehicles.changes import change_bus
from fleet.vehicles.models import Bus
from tests.fleet.builders import organisation, person
from tests.registry import builders
from tests.registry.builders import undone, worked
from web.registry import imports
from web.registry.import_steps import ImportRefusedError
from web.registry.models import ImportRun, ImportState
from web.registry.spreadsheets.buses import BUSES

pytestmark = pytest.mark.django_db
HEADER = "Plate,Operator,School,Type,Pupils,Adults\n"
TWO = HEADER + "苏E10001,Sun Buses,West School,primary,36,3\n苏E10002,Sun Buses,,,20,2\n"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def district():
    district = organisation()
    organisation(Kind.OPERATOR, district, "Sun Buses")
    organisation(Kind.SCHOOL, district, "West School")
    return district


@pytest.fixture
def coordinator(district):
    return person(Role.COORDINATOR, district)


def checked(by, text: str) -> ImportRun:
    return builders.checked(BUSES, by, text, "fleet.csv")


def imported(by, text: str) -> ImportRun:
    return builders.imported(BUSES, by, text, "fleet.csv")


def counts(run: ImportRun) -> tuple[int, int, int]:
    return run.created_count, run.changed_count, run.unchanged_count


def test_checking_says_what_would_be_done_and_writes_nothing(coordinator):
    run = checked(coordinator, TWO)
    assert (run.state, counts(run)) == (ImportState.CHECKED, (2, 0, 0))
    assert run.preview == [[2, "苏E10001", "created", []], [3, "苏E10002", "created", []]]
    assert not Bus.objects.exists()
    assert not Bus.history.exists()


def test_an_import_makes_buses_with_their_data_and_a_history_that_names_file_and_person(coordinator):
    run = imported(coordinator, TWO)
    assert run.state == ImportState.APPLIED
    bus = Bus.objects.get(plate="苏E10001")
    assert (str(bus.school), bus.bus_type, bus.certified_capacity) == ("West School", "primary", 39)
    record = bus.history.get()
    assert (record.history_user, record.history_change_reason) == (coordinator, "Import of fleet.csv")


def test_the_same_file_again_changes_nothing_and_another_value_is_shown_as_a_change(coordinator):
    imported(coordinator, TWO)
    assert counts(checked(coordinator, TWO)) == (0, 0, 2)
    run = checked(coordinator, TWO.replace("20,2", "24,2"))
    assert (counts(run), run.preview) == ((0, 1, 1), [[3, "苏E10002", "changed", ["Pupils"]]])


def test_all_errors_are_told_by_row_and_column_and_nothing_is_written(coordinator):
    text = HEADER + (
        "苏E10001,Sun Buses,,,36,3\n"
        "苏I10002,Sun Buses,,,36,3\n"
        "苏E10003,Moon Buses,,,36,3\n"
        "苏E10004,Sun Buses,,,many,3\n"
    )
    run = checked(coordinator, text)
    assert run.state == ImportState.REFUSED
    assert [problem[:2] for problem in run.problems] == [[3, "Plate"], [4, "Operator"], [5, "Pupils"]]
    assert not Bus.objects.exists()


def test_what_only_the_model_can_refuse_is_told_by_column_before_the_import(coordinator):
    run = checked(coordinator, HEADER + "苏E10001,Sun Buses,,primary,90,3\n苏E10002,Sun Buses,,,36,\n")
    assert [problem[:2] for problem in run.problems] == [[2, "Pupils"], [3, "Adults"]]
    assert not Bus.objects.exists()


def test_problems_are_in_the_language_of_whoever_gave_the_file(coordinator):
    with translation.override("zh-hans"):
        run = imports.upload(by=coordinator, subject=BUSES, file_name="f.csv", content="车牌号\n".encode())
    assert worked(run).problems[0][1] == "运营单位"


def test_an_import_is_refused_as_a_whole_where_the_registry_has_changed_since_it_was_checked(coordinator):
    run = checked(coordinator, HEADER.replace("Type", "VIN") + vins("苏E10001", "苏E10002"))
    imported(coordinator, HEADER.replace("Type", "VIN") + vins("苏E99999"))
    imports.apply(by=coordinator, run=run)
    run = worked(run)
    assert (run.state, run.problems[0][0]) == (ImportState.REFUSED, 2)
    assert Bus.objects.count() == 1


def vins(*plates: str) -> str:
    """Rows of buses, the first with a VIN."""
    rows = [
        f"{plate},Sun Buses,,{'' if at else 'LZYTBTD64N1000001'},20,2\n" for at, plate in enumerate(plates)
    ]
    return "".join(rows)


def test_undo_archives_what_was_new_and_brings_back_what_was_changed(coordinator):
    imported(coordinator, TWO)
    second = imported(
        coordinator, TWO.replace("20,2", "24,2").replace("West School", "") + "苏E10003,Sun Buses,,,9,1\n"
    )
    assert undone(coordinator, second).state == ImportState.UNDONE
    assert Bus.objects.get(plate="苏E10002").capacity_pupils == 20
    assert str(Bus.objects.get(plate="苏E10001").school) == "West School"
    assert Bus.objects.get(plate="苏E10003").archived_at
    newest = Bus.objects.get(plate="苏E10002").history.latest()
    assert newest.history_change_reason == "Undo of the import of fleet.csv"


def test_what_was_undone_can_be_imported_again_and_undone_again(coordinator):
    undone(coordinator, imported(coordinator, TWO))
    again = imported(coordinator, TWO.replace("20,2", "24,2"))
    assert (again.state, counts(again)) == (ImportState.APPLIED, (0, 2, 0))
    assert Bus.objects.current().count() == 2
    assert undone(coordinator, again).state == ImportState.UNDONE
    assert Bus.objects.current().count() == 0
    assert Bus.objects.get(plate="苏E10002").capacity_pupils == 20


def test_undo_is_refused_by_name_where_a_bus_was_changed_since_and_leaves_all_as_it_is(coordinator):
    run = imported(coordinator, TWO)
    change_bus(Bus.objects.get(plate="苏E10002"), {"owner": "Someone"}, by=coordinator)
    run = undone(coordinator, run)
    assert run.state == ImportState.APPLIED
    assert "苏E10002" in run.refusal and "苏E10001" not in run.refusal
    assert Bus.objects.current().count() == 2


def test_an_import_asked_for_twice_is_done_once(coordinator):
    run = checked(coordinator, TWO)
    imports.apply(by=coordinator, run=run)
    with pytest.raises(ImportRefusedError):
        imports.apply(by=coordinator, run=run)
    with pytest.raises(ImportRefusedError):
        imports.undo(by=coordinator, run=run)


def test_a_bus_out_of_reach_is_not_changed(coordinator, district):
    elsewhere = organisation()
    organisation(Kind.OPERATOR, elsewhere, "Sun Buses")
    imported(person(Role.COORDINATOR, elsewhere), TWO.replace("West School", ""))
    run = checked(coordinator, TWO)
    assert [problem[0] for problem in run.problems] == [2, 3]
    assert "out of your reach" in run.problems[0][2]


def test_who_may_change_no_bus_may_import_none(district):
    with pytest.raises(PermissionDenied):
        checked(person(Role.PRINCIPAL, district), TWO)


def test_work_that_breaks_off_is_told_and_can_be_started_again(coordinator, monkeypatch):
    run = checked(coordinator, TWO)
    imports.apply(by=coordinator, run=run)
    monkeypatch.setattr(imports, "SILENCE", timedelta(0))
    run.refresh_from_db()
    assert imports.note_interruption(run).state == ImportState.FAILED
    assert not Bus.objects.exists()

"""Inspections, insurances, equipment and maintenance from spreadsheets."""

import pytest
from django.utils import translation

from fleet.audit.models import AccessRecord, Action
from fleet.vehicles.changes import archive_bus, record_equipment
from fleet.vehicles.models import Equipment, Insurance, Maintenance, VehicleInspection
from tests.registry.builders import checked, imported, problems, undone
from tests.vehicles.builders import place, registered
from web.registry.exports import exported
from web.registry.models import ImportState
from web.registry.spreadsheets.catalogue import SUBJECTS

pytestmark = pytest.mark.django_db
INSURANCES = SUBJECTS["insurances"]
POLICY = "Plate,Kind,Insurer,Policy number,Valid from,Valid until\n"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def where():
    return place()


@pytest.fixture
def bus(where):
    return registered(where, plate="苏E10001")


def test_each_kind_of_paper_is_imported_for_the_bus_of_its_plate(where, bus):
    plate = "苏Ｅ·10001"
    files = {
        "inspections": f"Plate,Inspected,Result,Valid until\n{plate},2026-03-02,Passed,2026-09-30\n",
        "insurances": POLICY + f"{plate},交强险,平安,P1,2026-01-01,2026-12-31\n",
        "equipment": f"Plate,Kind,Count,Expires\n{plate},Escape hammer,4,2028/6/30\n",
        "maintenance": f'Plate,Kind,Done,Work,Odometer (km)\n{plate},Repair,20260302,brakes,"48,200"\n',
    }
    for slug, text in files.items():
        run = imported(
            SUBJECTS[slug], where.coordinator, text.replace("交强险", "Compulsory traffic insurance")
        )
        assert run.state == ImportState.APPLIED, (slug, run.problems)
    for model in (VehicleInspection, Insurance, Equipment, Maintenance):
        paper = model.objects.get()
        assert paper.bus == bus
        assert paper.history.get().history_change_reason == "Import of file.csv"
    assert Maintenance.objects.get().odometer_km == 48_200


def test_a_bus_that_is_archived_or_out_of_reach_gets_no_paper(where, bus):
    foreign = registered(place())
    archive_bus(bus, by=where.coordinator, reason="sold")
    rows = [f"{one},Third-party liability,A,P{one.pk},2026-01-01,2026-12-31\n" for one in (bus, foreign)]
    told = problems(checked(INSURANCES, where.coordinator, POLICY + "".join(rows)))
    assert [line[:8] for line in told] == ["2 Plate:", "3 Plate:"]


def test_insurances_of_one_kind_that_overlap_are_refused_and_of_another_kind_are_not(where, bus):
    rows = [
        f"{bus},Third-party liability,A,P1,2026-01-01,2026-12-31\n",
        f"{bus},Damage to the vehicle,A,P2,2026-01-01,2026-12-31\n",
        f"{bus},Third-party liability,A,P3,2026-06-01,2027-05-31\n",
        f"{bus},Carrier's liability,A,P1,2026-06-01,2027-05-31\n",
    ]
    told = problems(checked(INSURANCES, where.coordinator, POLICY + "".join(rows)))
    assert [line.split(":")[0] for line in told] == ["4 Valid from", "5 Plate"]


def test_two_that_are_recorded_alike_are_not_guessed_between(where, bus):
    for count in (1, 2):
        record_equipment(bus=bus, by=where.coordinator, kind="escape_hammer", count=count)
    run = checked(SUBJECTS["equipment"], where.coordinator, f"Plate,Kind,Count\n{bus},Escape hammer,7\n")
    assert "Several like this are recorded" in problems(run)[0]


def test_a_paper_is_recognised_by_its_key_changed_and_brought_back_by_undo(where, bus):
    text = f"Plate,Inspected,Result,Valid until\n{bus},2026-03-02,Passed,2026-09-30\n"
    imported(SUBJECTS["inspections"], where.coordinator, text)
    run = imported(SUBJECTS["inspections"], where.coordinator, text.replace("09-30", "08-31"))
    assert (run.changed_count, run.preview[0][1:3]) == (1, ["苏E10001 · 2026-03-02 · Passed", "changed"])
    undone(where.coordinator, run)
    assert str(VehicleInspection.objects.get().valid_until) == "2026-09-30"


def test_an_export_of_papers_is_logged_once_where_the_person_serves(where, bus):
    record_equipment(bus=bus, by=where.coordinator, kind="escape_hammer", count=4)
    subject = SUBJECTS["equipment"]
    exported(subject, subject.exportable(where.coordinator), "xlsx", by=where.coordinator)
    logged = AccessRecord.objects.get(action=Action.EXPORT)
    assert (logged.name, logged.organisation) == ("Equipment (1)", where.district)

"""Papers of a bus on its page: recorded, corrected, archived, with documents; defects reported and released."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from fleet.organisations.models import Kind, Role
from fleet.people.standing import add_months
from fleet.vehicles import changes
from fleet.vehicles.models import Defect, Equipment, Insurance, Maintenance, SeatCheck, VehicleInspection
from fleet.vehicles.upkeep import EquipmentKind, InspectionResult, Severity
from tests.fleet.builders import organisation, person
from tests.registry.conftest import signed_in
from tests.vehicles.builders import place, registered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
PDF = b"%PDF-1.7 a report"


@pytest.fixture
def where():
    return place()


@pytest.fixture
def bus(where):
    return registered(where)


@pytest.fixture
def client(where):
    return signed_in(where.coordinator)


@pytest.fixture(autouse=True)
def own_documents(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "documents"


def page_of(bus, path: str = "") -> str:
    return f"/registry/buses/{bus.pk}/{path}"


def inspection_data(**details):
    today = timezone.localdate()
    return {
        "inspected_on": today, "result": "passed", "valid_until": add_months(today, 6), "station": "North",
    } | details  # fmt: skip


def inspected(bus, where, **details) -> VehicleInspection:
    today = timezone.localdate()
    given: dict[str, Any] = {
        "inspected_on": today, "result": InspectionResult.PASSED, "valid_until": add_months(today, 6),
    }  # fmt: skip
    return changes.record_inspection(bus=bus, by=where.coordinator, **given | details)


PAPERS = [
    ("inspections", VehicleInspection, inspection_data()),
    (
        "insurances",
        Insurance,
        {
            "kind": "carrier_liability", "insurer": "PICC", "policy_number": "C1",
            "valid_from": "2026-01-01", "valid_until": "2026-12-31",
        },
    ),
    ("equipment", Equipment, {"kind": "extinguisher", "count": 2}),
    ("seat-checks", SeatCheck, {"seats_pupils": 36, "seats_adults": 3}),
    ("maintenance", Maintenance, {"kind": "routine", "done_on": "2026-01-05", "work": "oil"}),
    ("defects", Defect, {"description": "worn", "severity": "critical", "blocks_dispatch": "True"}),
]  # fmt: skip


@pytest.mark.parametrize(("slug", "model", "data"), PAPERS)
def test_each_kind_of_paper_is_recorded_from_the_page_of_its_bus(client, bus, slug, model, data):
    address = page_of(bus, f"{slug}/new/")
    assert address in client.get(page_of(bus)).content.decode()
    assert client.get(address).status_code == 200
    response = client.post(address, data)
    assert response.status_code == 302, response.context["form"].errors
    assert response.url == page_of(bus, f"#{slug}")
    assert model.objects.get().bus == bus


def test_what_can_not_be_right_is_told_at_its_field_and_nothing_is_kept(client, bus):
    response = client.post(page_of(bus, "inspections/new/"), inspection_data(valid_until="2020-01-01"))
    assert set(response.context["form"].errors) == {"valid_until"}
    assert not VehicleInspection.objects.exists()


def test_yes_or_no_is_never_taken_from_an_answer_that_was_not_given(client, bus):
    response = client.post(page_of(bus, "defects/new/"), {"description": "worn", "severity": "minor"})
    assert set(response.context["form"].errors) == {"blocks_dispatch"}


def test_a_policy_that_is_recorded_already_is_refused_in_words(client, bus, where):
    slug, _, data = PAPERS[1]
    client.post(page_of(bus, f"{slug}/new/"), data)
    response = client.post(page_of(registered(where), f"{slug}/new/"), data)
    assert response.context["form"].non_field_errors() == ["This policy of this insurer is recorded already."]


def test_a_correction_is_kept_with_what_it_was_before(client, bus, where):
    paper = inspected(bus, where, station="North")
    address = page_of(bus, f"inspections/{paper.pk}/edit/")
    client.post(address, inspection_data(station="South", reason="misread"))
    newest = client.get(address).context["history"][0]
    assert newest.reason == "misread"
    assert [(one.before, one.after) for one in newest.changes] == [("North", "South")]


def test_a_document_stays_where_a_correction_gives_no_other(client, bus, where):
    file = SimpleUploadedFile("report.pdf", PDF)
    client.post(page_of(bus, "inspections/new/"), inspection_data(document=file))
    paper = VehicleInspection.objects.get()
    client.post(page_of(bus, f"inspections/{paper.pk}/edit/"), inspection_data(station="South"))
    paper.refresh_from_db()
    assert paper.station == "South"
    assert paper.document.read() == PDF


def test_a_paper_recorded_by_mistake_is_archived_for_a_reason(client, bus, where):
    paper = inspected(bus, where)
    address = page_of(bus, f"inspections/{paper.pk}/archive/")
    client.post(address, {"reason": ""})
    assert VehicleInspection.objects.current().exists()
    client.post(address, {"reason": "another bus"})
    assert not VehicleInspection.objects.current().exists()
    assert client.get(page_of(bus, f"inspections/{paper.pk}/edit/")).status_code == 404


def test_a_document_is_served_so_that_nothing_in_it_runs(client, bus):
    file = SimpleUploadedFile("report.pdf", PDF)
    client.post(page_of(bus, "inspections/new/"), inspection_data(document=file))
    address = page_of(bus, f"inspections/{VehicleInspection.objects.get().pk}/file/")
    assert address in client.get(page_of(bus)).content.decode()
    response = client.get(address)
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


def test_a_photograph_is_shown(client, bus):
    photograph = SimpleUploadedFile("seats.png", b"\x89PNG")
    data = {"seats_pupils": 36, "seats_adults": 3, "photograph": photograph}
    client.post(page_of(bus, "seat-checks/new/"), data)
    response = client.get(page_of(bus, f"seat-checks/{SeatCheck.objects.get().pk}/file/"))
    assert response["Content-Disposition"].startswith("inline")


def test_a_document_is_there_only_for_who_sees_its_bus_and_under_that_bus(client, bus, where):
    client.post(page_of(bus, "inspections/new/"), inspection_data(document=SimpleUploadedFile("a.pdf", PDF)))
    paper = VehicleInspection.objects.get()
    stranger = signed_in(person(Role.ADMINISTRATOR, organisation()))
    assert stranger.get(page_of(bus, f"inspections/{paper.pk}/file/")).status_code == 404
    assert client.get(page_of(registered(where), f"inspections/{paper.pk}/file/")).status_code == 404
    assert client.get(page_of(bus, f"nothing/{paper.pk}/file/")).status_code == 404


def test_a_paper_without_a_document_has_none_to_open(client, bus, where):
    for address in (
        f"inspections/{inspected(bus, where).pk}/file/",
        f"equipment/{changes.record_equipment(bus=bus, by=where.coordinator, kind=EquipmentKind.RECORDER).pk}/file/",
    ):
        assert client.get(page_of(bus, address)).status_code == 404


def test_a_principal_counts_seats_and_reports_defects_and_no_more(where, bus):
    paper = inspected(bus, where)
    client = signed_in(where.principal)
    page = client.get(page_of(bus)).content.decode()
    assert page_of(bus, "seat-checks/new/") in page and page_of(bus, "defects/new/") in page
    for forbidden in ("inspections/new/", "equipment/new/", f"inspections/{paper.pk}/edit/"):
        assert page_of(bus, forbidden) not in page
        assert client.get(page_of(bus, forbidden)).status_code == 404


def test_a_defect_that_blocks_is_released_by_another_than_who_reported_it(where, bus):
    changes.report_defect(
        bus=bus, by=where.coordinator, description="brakes", severity=Severity.CRITICAL, blocks_dispatch=True
    )
    defect = Defect.objects.get()
    address = page_of(bus, f"defects/{defect.pk}/release/")
    client = signed_in(where.coordinator)
    assert address in client.get(page_of(bus)).content.decode()
    refused = client.post(address, {"reason": "new pads"})
    assert "another person" in str(refused.context["form"].non_field_errors())
    signed_in(person(Role.COORDINATOR, where.district)).post(address, {"reason": "new pads"})
    defect.refresh_from_db()
    assert defect.release_reason == "new pads"
    assert client.get(address).status_code == 404
    assert signed_in(where.principal).get(address).status_code == 404


def test_an_archived_bus_takes_no_paper(client, bus, where):
    changes.archive_bus(bus, by=where.coordinator, reason="sold")
    assert "inspections/new/" not in client.get(page_of(bus)).content.decode()
    page = client.post(page_of(bus, "inspections/new/"), inspection_data(), follow=True).content.decode()
    assert "Bring it back first" in page
    assert not VehicleInspection.objects.exists()


def test_papers_of_an_operator_that_is_a_school(where):
    school = organisation(Kind.SCHOOL, where.district)
    bus = registered(where, operator=school, school=school)
    principal = signed_in(person(Role.PRINCIPAL, school))
    assert principal.get(page_of(bus)).status_code == 200

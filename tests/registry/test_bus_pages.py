"""Pages of buses: who sees what, lists that stay quick, forms that name the field, archive, history, export."""

import io

import openpyxl
import pytest

from fleet.organisations.models import Kind, Role
from fleet.vehicles.changes import archive_bus, change_bus, create_bus
from fleet.vehicles.models import Bus
from tests.fleet.builders import organisation, person
from tests.registry.conftest import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
LIST = "/registry/buses/"


@pytest.fixture
def district():
    return organisation()


@pytest.fixture
def operator(district):
    return organisation(Kind.OPERATOR, district, "Sun Buses")


@pytest.fixture
def coordinator(district):
    return person(Role.COORDINATOR, district)


@pytest.fixture
def client(coordinator):
    return signed_in(coordinator)


def fleet(by, operator, count: int, **details) -> list[Bus]:
    return [
        create_bus(by=by, plate=f"苏E{number:05d}", operator=operator, **details) for number in range(count)
    ]


def plates(response) -> list[str]:
    return [row.record.plate for row in response.context["table"].page.object_list]


def test_a_list_has_the_buses_in_reach_and_no_others(client, coordinator, operator):
    fleet(coordinator, operator, 2)
    elsewhere = organisation(Kind.OPERATOR, organisation())
    Bus.objects.create(plate="苏E99999", operator=elsewhere)
    assert plates(client.get(LIST)) == ["苏E00000", "苏E00001"]


@pytest.mark.parametrize("count", [1, 60])
def test_a_list_takes_the_same_few_queries_for_any_number_of_buses(
    client, coordinator, operator, count, django_assert_max_num_queries
):
    fleet(coordinator, operator, count)
    with django_assert_max_num_queries(20):
        client.get(LIST)


@pytest.mark.parametrize("changes", [0, 10])
def test_a_bus_takes_the_same_few_queries_for_any_length_of_history(
    client, coordinator, operator, changes, django_assert_max_num_queries
):
    (bus,) = fleet(coordinator, operator, 1)
    for number in range(changes):
        change_bus(bus, {"owner": f"Owner {number}"}, by=coordinator, reason="sold")
    with django_assert_max_num_queries(42):
        client.get(f"{LIST}{bus.pk}/")


def test_a_list_is_searched_sorted_and_paged(client, coordinator, operator):
    fleet(coordinator, operator, 60)
    assert len(plates(client.get(LIST))) == 50
    assert plates(client.get(LIST, {"page": 2}))[0] == "苏E00050"
    assert plates(client.get(LIST, {"sort": "-plate"}))[0] == "苏E00059"
    assert plates(client.get(LIST, {"q": "苏e·00042"})) == ["苏E00042"]


def test_archived_buses_are_listed_only_where_asked_for(client, coordinator, operator):
    used, sold = fleet(coordinator, operator, 2)
    archive_bus(sold, by=coordinator, reason="sold")
    assert plates(client.get(LIST)) == [used.plate]
    assert plates(client.get(LIST, {"state": "archived"})) == [sold.plate]
    assert plates(client.get(LIST, {"state": "all"})) == [used.plate, sold.plate]


def test_an_empty_list_says_what_to_do_next(client):
    page = client.get(LIST).content.decode()
    assert "/registry/imports/buses/new/" in page
    assert "No buses yet" in page


def test_a_bus_out_of_reach_is_not_there(client):
    bus = Bus.objects.create(plate="苏E99999", operator=organisation(Kind.OPERATOR, organisation()))
    for page in ("", "edit/"):
        assert client.get(f"{LIST}{bus.pk}/{page}").status_code == 404
    assert client.post(f"{LIST}{bus.pk}/archive/", {"reason": "mine now"}).status_code == 404


def test_who_may_only_see_is_offered_no_change_and_gets_none(district, operator, coordinator):
    (bus,) = fleet(coordinator, operator, 1)
    client = signed_in(person(Role.PRINCIPAL, district))
    page = client.get(f"{LIST}{bus.pk}/").content.decode()
    assert bus.plate in page
    assert "/edit/" not in page and "/archive/" not in page
    for path in (f"{LIST}{bus.pk}/edit/", f"{LIST}new/", f"{LIST}export.csv", "/registry/imports/buses/new/"):
        assert client.get(path).status_code == 404


def test_a_form_refuses_by_field_and_keeps_what_was_typed(client, operator):
    response = client.post(f"{LIST}new/", {"plate": "苏I00001", "operator": operator.pk, "owner": "Typed"})
    assert set(response.context["form"].errors) == {"plate"}
    page = response.content.decode()
    assert 'aria-invalid="true"' in page
    assert 'value="Typed"' in page
    assert not Bus.objects.exists()


def test_a_bus_is_added_changed_and_its_history_says_who_what_and_why(client, coordinator, operator):
    client.post(f"{LIST}new/", {"plate": "苏E·00001", "operator": operator.pk})
    bus = Bus.objects.get(plate="苏E00001")
    data = {"plate": bus.plate, "operator": operator.pk, "owner": "East Company", "reason": "sold to them"}
    page = client.post(f"{LIST}{bus.pk}/edit/", data, follow=True).content.decode()
    newest, first = client.get(f"{LIST}{bus.pk}/").context["history"]
    assert (newest.by, newest.reason) == (str(coordinator), "sold to them")
    assert [(one.field, one.before, one.after) for one in newest.changes] == [("owner", "—", "East Company")]
    assert first.what == "Added"
    assert "sold to them" in page


def test_a_bus_from_before_there_was_a_history_has_an_empty_one(client, operator):
    bus = Bus.objects.create(plate="苏E00001", operator=operator)
    bus.history.all().delete()
    assert client.get(f"{LIST}{bus.pk}/").context["history"] == []


def test_a_form_that_changes_nothing_leaves_no_history(client, coordinator, operator):
    (bus,) = fleet(coordinator, operator, 1)
    client.post(f"{LIST}{bus.pk}/edit/", {"plate": bus.plate, "operator": operator.pk})
    assert bus.history.count() == 1


def test_a_bus_is_archived_for_a_reason_and_brought_back(client, coordinator, operator):
    (bus,) = fleet(coordinator, operator, 1)
    client.post(f"{LIST}{bus.pk}/archive/", {"reason": ""})
    assert list(Bus.objects.current()) == [bus]
    client.post(f"{LIST}{bus.pk}/archive/", {"reason": "sold"})
    assert not Bus.objects.current().exists()
    client.post(f"{LIST}{bus.pk}/restore/")
    assert [one.what for one in client.get(f"{LIST}{bus.pk}/").context["history"]] == [
        "Brought back", "Archived", "Added",
    ]  # fmt: skip


def test_an_export_has_the_list_as_it_is_filtered_and_nothing_out_of_reach(client, coordinator, operator):
    fleet(coordinator, operator, 3)
    Bus.objects.create(plate="苏E99999", operator=organisation(Kind.OPERATOR, organisation()))
    content = b"".join(client.get(f"{LIST}export.xlsx", {"q": "0000"}).streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert [cell.value for cell in sheet["A"]] == ["Plate", "苏E00000", "苏E00001", "苏E00002"]
    text = b"".join(client.get(f"{LIST}export.csv", {"q": "00001"}).streaming_content).decode("utf-8-sig")
    assert text.splitlines()[1].startswith("苏E00001,Sun Buses")


def test_an_import_is_its_owners_alone(client, district):
    other = signed_in(person(Role.COORDINATOR, district))
    with io.BytesIO(b"Plate,Operator\n") as file:
        file.name = "fleet.csv"
        where = client.post("/registry/imports/buses/new/", {"file": file}).url
    assert client.get(where).status_code == 200
    assert other.get(where).status_code == 404
    for step in ("apply/", "undo/"):
        assert other.post(where + step).status_code == 404


def test_a_vin_that_another_bus_has_is_told_at_its_field(client, coordinator, operator):
    fleet(coordinator, operator, 1, vin="LSVAM4187C2184847")
    data = {"plate": "苏E00009", "operator": operator.pk, "vin": "LSVAM4187C2184847"}
    assert set(client.post(f"{LIST}new/", data).context["form"].errors) == {"vin"}


def test_a_plate_that_another_bus_has_is_told_at_its_field(client, coordinator, operator):
    fleet(coordinator, operator, 1)
    data = {"plate": "苏E·00000", "operator": operator.pk}
    assert set(client.post(f"{LIST}new/", data).context["form"].errors) == {"plate"}


def test_a_school_can_run_a_bus_of_its_own(client, district):
    school = organisation(Kind.SCHOOL, district)
    client.post(f"{LIST}new/", {"plate": "苏E00001", "operator": school.pk})
    assert Bus.objects.get().operator == school


def test_the_newest_change_is_undone_and_the_undoing_is_in_the_history(client, coordinator, operator):
    (bus,) = fleet(coordinator, operator, 1, owner="First")
    change_bus(bus, {"owner": "Second", "make": "Yutong"}, by=coordinator, reason="sold")
    newest = client.get(f"{LIST}{bus.pk}/").context["history"][0]
    client.post(f"{LIST}{bus.pk}/undo/{newest.undoable}/")
    bus.refresh_from_db()
    assert (bus.owner, bus.make) == ("First", "")
    assert client.get(f"{LIST}{bus.pk}/").context["history"][0].reason == "Undone"


def test_a_change_that_is_not_the_newest_any_more_is_not_undone(client, coordinator, operator):
    (bus,) = fleet(coordinator, operator, 1, owner="First")
    change_bus(bus, {"owner": "Second"}, by=coordinator)
    seen = client.get(f"{LIST}{bus.pk}/").context["history"][0].undoable
    change_bus(bus, {"owner": "Third"}, by=coordinator)
    page = client.post(f"{LIST}{bus.pk}/undo/{seen}/", follow=True).content.decode()
    assert "changed again since" in page
    bus.refresh_from_db()
    assert bus.owner == "Third"


def test_what_clashes_with_the_present_is_not_undone_and_says_why(client, coordinator, operator):
    (bus,) = fleet(coordinator, operator, 1)
    change_bus(bus, {"plate": "苏E77777"}, by=coordinator)
    create_bus(by=coordinator, plate="苏E00000", operator=operator)
    newest = client.get(f"{LIST}{bus.pk}/").context["history"][0].undoable
    page = client.post(f"{LIST}{bus.pk}/undo/{newest}/", follow=True).content.decode()
    assert "undone" in page and "already exists" in page
    bus.refresh_from_db()
    assert bus.plate == "苏E77777"


def test_what_was_added_archived_or_brought_back_has_no_undo(client, coordinator, operator):
    (bus,) = fleet(coordinator, operator, 1)
    assert client.get(f"{LIST}{bus.pk}/").context["history"][0].undoable is None
    archive_bus(bus, by=coordinator, reason="sold")
    assert client.get(f"{LIST}{bus.pk}/").context["history"][0].undoable is None


def test_nobody_undoes_what_they_may_not_change(client, coordinator, operator, district):
    (bus,) = fleet(coordinator, operator, 1, owner="First")
    change_bus(bus, {"owner": "Second"}, by=coordinator)
    newest = client.get(f"{LIST}{bus.pk}/").context["history"][0].undoable
    principal = signed_in(person(Role.PRINCIPAL, district))
    assert principal.post(f"{LIST}{bus.pk}/undo/{newest}/").status_code == 404
    assert "/undo/" not in principal.get(f"{LIST}{bus.pk}/").content.decode()

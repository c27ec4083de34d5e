"""The expiry board: who sees what lapses, how it is narrowed down, exported and told."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from fleet.expiry import expiring
from fleet.notices.changes import notify_all
from fleet.organisations.models import Role
from fleet.people.standing import add_months
from fleet.vehicles.models import VehicleInspection
from tests.fleet.builders import organisation, person
from tests.permits.builders import TODAY, District, days

pytestmark = pytest.mark.django_db
LOOK_UP = ("driver", (add_months(TODAY, 1) - TODAY).days)
"""The next look-up of the points of the driver on the card."""


@pytest.fixture
def district() -> District:
    """With an inspection and a plate card that end in 20 days, and a permit that ends in 40."""
    made = District()
    made.inspect(days(20))
    made.card(made.permit(valid_until=days(40)))
    return made


def shown(page) -> set[tuple[str, int]]:
    return {(row.record.lapse.kind, row.record.days_left) for row in page.context["table"].rows}


def test_permit_and_plate_card_lapse_beside_the_inspection(district):
    found = {(one.object, one.lapses_on) for one in expiring(district.coordinator, days(60), TODAY)}
    assert (district.bus, days(20)) in found
    assert (district.bus.use_permits.get(), days(40)) in found
    assert (
        len([one for one in expiring(district.coordinator, days(60), TODAY) if one.object == district.bus])
        == 2
    )


def test_a_renewed_card_does_not_lapse(district):
    permit = district.bus.use_permits.get()
    permit.plate_cards.update(valid_until=days(300))
    assert [
        one.lapses_on for one in expiring(district.coordinator, days(60), TODAY) if one.object == district.bus
    ] == [days(20)]


def test_the_list_is_filtered_by_kind_days_organisation_and_text(client, district):
    client.force_login(district.coordinator)
    page = reverse("expiry_list")
    assert shown(client.get(page)) == {("bus", 20), LOOK_UP, ("usepermit", 40)}
    assert shown(client.get(page, {"kind": "usepermit"})) == {("usepermit", 40)}
    assert shown(client.get(page, {"days": "30", "kind": "bus"})) == {("bus", 20)}
    assert shown(client.get(page, {"days": "lapsed"})) == set()
    assert shown(client.get(page, {"q": district.bus.plate.lower()})) == {("bus", 20)}
    assert shown(client.get(page, {"organisation": district.operator.pk})) == {
        ("bus", 20),
        LOOK_UP,
        ("usepermit", 40),
    }


def test_the_list_is_sorted_by_what_lapses_first(client, district):
    client.force_login(district.coordinator)
    rows = client.get(reverse("expiry_list")).context["table"].rows
    assert [row.record.days_left for row in rows] == [20, 20, LOOK_UP[1], 40]


def test_a_stranger_sees_nothing(client, district):
    client.force_login(person(Role.COORDINATOR, organisation()))
    assert shown(client.get(reverse("expiry_list"))) == set()
    assert district.bus.plate not in client.get(reverse("expiry_calendar")).content.decode()


def test_the_calendar_shows_it_on_its_day_and_leads_to_other_months(client, district):
    client.force_login(district.coordinator)
    VehicleInspection.objects.update(valid_until="2027-02-28")
    page = client.get(reverse("expiry_calendar"), {"month": "2027-02"})
    day = [rows for week in page.context["weeks"] for one, rows in week if f"{one}" == "2027-02-28"]
    assert [row.subject for row in day[0]] == [district.bus.plate]
    assert 'href="?month=2027-01"' in page.content.decode()
    assert 'href="?month=2027-03"' in page.content.decode()


@pytest.mark.parametrize("month", ["2027-13", "soon", "9999-12"])
def test_a_month_that_is_none_is_not_found(client, district, month):
    client.force_login(district.coordinator)
    assert client.get(reverse("expiry_calendar"), {"month": month}).status_code == 404


def test_the_export_has_what_the_list_shows(client, district):
    client.force_login(district.coordinator)
    content = client.get(reverse("expiry_export", args=["xlsx"]), {"kind": "bus"}).getvalue()
    book = load_workbook(io.BytesIO(content))
    rows = list(book.worksheets[0].values)
    assert [row[0] for row in rows[1:]] == [district.bus.plate] * 2
    text = client.get(reverse("expiry_export", args=["csv"])).getvalue().decode("utf-8-sig")
    assert len(text.splitlines()) == 5


def test_who_only_reads_exports_nothing(client, district):
    client.force_login(person(Role.DRIVER, district.operator))
    assert shown(client.get(reverse("expiry_list")))
    assert client.get(reverse("expiry_export", args=["csv"])).status_code == 404


def test_notices_are_shown_until_they_are_read(client, district):
    notify_all(TODAY)
    client.force_login(district.coordinator)
    assert client.get(reverse("expiry_list")).context["notices_count"] >= 3
    client.post(reverse("expiry_read"))
    assert client.get(reverse("expiry_list")).context["notices_count"] == 0

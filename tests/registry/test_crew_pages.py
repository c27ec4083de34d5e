"""Pages of drivers and attendants: standing, records with evidence, identity numbers kept back, looks logged."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from fleet.audit.models import AccessRecord, Action
from fleet.organisations.models import Kind, Role
from fleet.people import changes
from fleet.people.attendants import CheckKind
from fleet.people.drivers import Condition, Driver, State
from fleet.people.models import Attendant
from fleet.people.queries import attendants_for, drivers_for
from fleet.people.standing import Verdict, add_months
from tests.fleet.builders import organisation, person
from tests.people.builders import (
    attendant,
    checked_attendant,
    driver,
    identity_number,
    of_account,
    qualified_driver,
)
from tests.registry.conftest import signed_in
from tests.vehicles.builders import place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
DRIVERS, ATTENDANTS = "/registry/drivers/", "/registry/attendants/"
MAKERS = {DRIVERS: driver, ATTENDANTS: attendant}


@pytest.fixture
def where():
    return place()


@pytest.fixture
def client(where):
    return signed_in(where.coordinator)


@pytest.fixture
def administrator(where):
    return person(Role.ADMINISTRATOR, where.district)


@pytest.fixture(autouse=True)
def own_documents(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "documents"


def names(response) -> list[str]:
    return [row.record.name for row in response.context["table"].page.object_list]


def text(response) -> str:
    return str(response.content.decode())


def looks(action: Action) -> list[tuple[str, int]]:
    found = AccessRecord.objects.filter(action=action).order_by("pk")
    return list(found.values_list("name", "person_id"))


@pytest.mark.parametrize("where_listed", MAKERS)
def test_a_list_has_those_whom_the_rules_let_a_person_see(where, where_listed):
    here = MAKERS[where_listed](where)
    elsewhere = MAKERS[where_listed](place())
    records_for = {DRIVERS: drivers_for, ATTENDANTS: attendants_for}[where_listed]
    for role in Role:
        someone = person(role, where.district)
        client = signed_in(someone)
        listed = names(client.get(where_listed))
        assert listed == [one.name for one in records_for(someone)]
        assert client.get(f"{where_listed}{elsewhere.pk}/").status_code == 404
        seen = client.get(f"{where_listed}{here.pk}/").status_code == 200
        assert seen == (here.name in listed)


@pytest.mark.parametrize("where_listed", MAKERS)
@pytest.mark.parametrize("count", [1, 30])
def test_a_list_takes_the_same_few_queries_for_any_number_of_people(
    client, where, where_listed, count, django_assert_max_num_queries
):
    for _ in range(count):
        MAKERS[where_listed](where)
    with django_assert_max_num_queries(32):
        client.get(where_listed)


def test_a_driver_takes_a_bounded_number_of_queries(client, where, django_assert_max_num_queries):
    someone = qualified_driver(where)
    with django_assert_max_num_queries(50):
        client.get(f"{DRIVERS}{someone.pk}/")


def test_drivers_are_listed_by_how_they_stand_today(client, where):
    good, unknown = qualified_driver(where), driver(where)
    bad = qualified_driver(where)
    changes.record_condition(
        driver=bad, by=where.coordinator, condition=Condition.NO_ABUSE, state=State.NOT_MET,
        established_on=timezone.localdate(), evidence="police",
    )  # fmt: skip
    for verdict, one in (("qualified", good), ("unknown", unknown), ("not_qualified", bad)):
        assert names(client.get(DRIVERS, {"standing": verdict})) == [one.name]
    page = text(client.get(DRIVERS))
    assert "Not qualified" in page and "1 not met" in page


def test_attendants_are_listed_by_how_they_stand_today(client, where):
    good, unknown = checked_attendant(where), attendant(where)
    bad = checked_attendant(where, valid_until=timezone.localdate())
    changes.record_attendant_check(
        attendant=bad, by=where.coordinator, kind=CheckKind.HEALTH, done_on=timezone.localdate(),
        passed=False, evidence="hospital",
    )  # fmt: skip
    for verdict, one in (("qualified", good), ("unknown", unknown), ("not_qualified", bad)):
        assert names(client.get(ATTENDANTS, {"standing": verdict})) == [one.name]


def test_an_identity_number_finds_its_holder_only_where_it_is_whole(client, where):
    someone = driver(where)
    assert names(client.get(DRIVERS, {"q": someone.identity_number})) == [someone.name]
    assert names(client.get(DRIVERS, {"q": someone.identity_number[:12]})) == []
    assert names(client.get(DRIVERS, {"q": someone.name})) == [someone.name]


def test_a_driver_has_each_condition_with_its_state_date_and_evidence(client, where):
    someone = qualified_driver(where)
    lines = client.get(f"{DRIVERS}{someone.pk}/").context["lines"]
    assert len(lines) == 15
    assert {one.state for one in lines} == {State.MET.value}
    healthy = next(one for one in lines if "Healthy" in str(one.title))
    assert (healthy.shown_on, healthy.evidence) == (timezone.localdate(), "seen")


def test_full_points_are_told_of_their_cycle_whatever_the_evidence_says(client, where):
    someone = qualified_driver(where)
    cycle = someone.pointsrecord_set.order_by("cycle_from")[1]
    changes.correct_record(cycle, {"points": 12}, by=where.coordinator, reason="misread")
    lines = client.get(f"{DRIVERS}{someone.pk}/").context["lines"]
    (line,) = [one for one in lines if one.state == State.NOT_MET]
    assert str(cycle.cycle_from) in line.reason
    assert (line.shown_on, line.evidence) == (cycle.cycle_from, "")
    assert line.link.url.endswith("/points/new/")


def test_of_evidence_of_one_day_the_one_recorded_last_is_shown(client, where):
    someone, today = driver(where), timezone.localdate()
    for evidence, state in (("first", State.MET), ("second", State.NOT_MET)):
        changes.record_condition(
            driver=someone, by=where.coordinator, condition=Condition.HEALTHY, state=state,
            established_on=today, evidence=evidence,
        )  # fmt: skip
    lines = client.get(f"{DRIVERS}{someone.pk}/").context["lines"]
    assert [one.evidence for one in lines if one.state == State.NOT_MET] == ["second"]


def test_nothing_is_known_of_a_driver_of_whom_nothing_is_recorded(client, where):
    response = client.get(f"{DRIVERS}{driver(where).pk}/")
    assert response.context["verdict"] == Verdict.UNKNOWN
    assert "condition=healthy" in text(response)


RECORDS: list[tuple[str, dict[str, Any]]] = [
    ("conditions", {"condition": "healthy", "state": "met", "established_on": "2026-01-05", "evidence": "x"}),
    (
        "qualifications",
        {
            "number": "Q1", "issuer": "police", "issued_on": "2026-01-05",
            "valid_from": "2026-01-05", "valid_until": "2028-01-05",
        },
    ),
    ("reviews", {"cycle_ended_on": "2025-08-31", "reviewed_on": "2025-09-10", "passed": "True"}),
    ("medicals", {"examined_on": "2026-01-05", "valid_until": "2026-07-05", "fit": "False"}),
    ("points", {"cycle_from": "2025-09-01", "points": 0, "checked_on": "2026-01-05"}),
    ("training", {"held_on": "2026-01-05", "hours": "3.0", "subject": "law"}),
]  # fmt: skip


@pytest.mark.parametrize(("slug", "data"), RECORDS)
def test_each_kind_of_record_is_made_corrected_and_withdrawn(client, where, slug, data):
    someone = driver(where)
    address = f"{DRIVERS}{someone.pk}/{slug}/"
    response = client.post(f"{address}new/", data)
    assert response.status_code == 302, response.context["form"].errors
    (section,) = [
        one for one in client.get(f"{DRIVERS}{someone.pk}/").context["sections"] if one.slug == slug
    ]
    (row,) = section.rows
    edit = row.links[-1].url
    assert client.post(edit, data, follow=True).status_code == 200
    client.post(edit.replace("/edit/", "/archive/"), {"reason": "another driver"})
    after = client.get(f"{DRIVERS}{someone.pk}/").context["sections"]
    assert not next(one for one in after if one.slug == slug).rows


def test_the_form_of_a_condition_knows_which_one_it_was_opened_for(client, where):
    page = text(client.get(f"{DRIVERS}{driver(where).pk}/conditions/new/?condition=healthy"))
    assert '<option value="healthy" selected>' in page


def test_points_of_a_cycle_that_are_recorded_already_are_refused_in_words(client, where):
    address = f"{DRIVERS}{driver(where).pk}/points/new/"
    client.post(address, dict(RECORDS)["points"])
    errors = client.post(address, dict(RECORDS)["points"]).context["form"].non_field_errors()
    assert errors == ["The points of this cycle are recorded already. Correct them there."]


def new_data(where, **details):
    return {"name": "Wang", "identity_number": identity_number(), "operator": where.operator.pk} | details


@pytest.mark.parametrize("where_listed", MAKERS)
def test_somebody_who_is_recorded_already_is_told_at_the_number(client, where, where_listed):
    known = MAKERS[where_listed](where)
    data = new_data(where, identity_number=known.identity_number)
    response = client.post(f"{where_listed}new/", data)
    assert set(response.context["form"].errors) == {"identity_number"}
    assert len(names(client.get(where_listed))) == 1


@pytest.mark.parametrize("number", ["", "123", "32990019850302000X"])
def test_a_number_that_can_not_be_is_told_at_its_field(client, where, number):
    response = client.post(f"{DRIVERS}new/", new_data(where, identity_number=number))
    assert set(response.context["form"].errors) == {"identity_number"}
    assert not Driver.objects.exists()


def test_a_school_employs_a_driver_and_nobody_gives_a_record_an_account_in_its_form(client, where):
    data = new_data(where, operator=where.school.pk, user=where.coordinator.pk)
    response = client.post(f"{DRIVERS}new/", data)
    assert response.status_code == 302, response.context["form"].errors
    assert (Driver.objects.get().operator, Driver.objects.get().user) == (where.school, None)


def test_a_form_keeps_the_number_that_it_never_shows(client, where):
    someone = driver(where, telephone="13800001234")
    address = f"{DRIVERS}{someone.pk}/edit/"
    assert someone.identity_number not in text(client.get(address))
    client.post(address, new_data(where, identity_number="", name="Renamed"))
    stored = Driver.objects.get()
    assert (stored.name, stored.identity_number) == ("Renamed", someone.identity_number)


def test_with_another_number_the_birth_date_is_another(client, where):
    someone = driver(where)
    other = identity_number(date(1990, 3, 2))
    client.post(f"{DRIVERS}{someone.pk}/edit/", new_data(where, identity_number=other))
    stored = Driver.objects.get()
    assert (stored.identity_number, stored.born_on) == (other, date(1990, 3, 2))


def test_history_has_neither_identity_numbers_nor_telephone_numbers(client, where):
    someone = driver(where, telephone="13800001234")
    other = identity_number()
    changed = {"identity_number": other, "telephone": "13900005678"}
    changes.change_driver(someone, changed, by=where.coordinator)
    page = text(client.get(f"{DRIVERS}{someone.pk}/"))
    for hidden in (someone.identity_number, other, "13800001234"):
        assert hidden not in page
    assert "138******34" in page


@pytest.mark.parametrize("where_listed", MAKERS)
def test_the_whole_identity_number_is_shown_on_asking_to_who_may_and_the_log_says_so(
    client, where, administrator, where_listed
):
    someone = MAKERS[where_listed](where)
    address = f"{where_listed}{someone.pk}/"
    assert client.post(f"{address}identity/").status_code == 404
    browser = signed_in(administrator)
    assert someone.identity_number not in text(browser.get(address))
    assert browser.get(f"{address}identity/").status_code == 405
    shown = browser.post(f"{address}identity/")
    assert someone.identity_number in text(shown)
    assert "no-store" in shown["Cache-Control"]
    assert AccessRecord.objects.filter(purpose="Identity number").values_list("name", "person_id").get() == (
        someone.name, administrator.pk,
    )  # fmt: skip


def test_each_look_at_a_driver_is_in_the_access_log(client, where):
    shown, _archived = driver(where), driver(where)
    changes.archive_member(_archived, by=where.coordinator, reason="left")
    client.get(DRIVERS)
    client.get(f"{DRIVERS}{shown.pk}/")
    by = where.coordinator.pk
    assert looks(Action.LIST) == [(shown.name, by)]
    assert looks(Action.VIEW) == [(shown.name, by)]


def test_the_log_has_the_page_of_a_list_that_was_shown_and_no_more(client, where):
    for _ in range(51):
        attendant(where)
    client.get(ATTENDANTS, {"page": 2})
    assert len(looks(Action.LIST)) == 1


def test_a_document_of_a_driver_is_opened_and_logged(client, where):
    someone = driver(where)
    file = SimpleUploadedFile("paper.pdf", b"%PDF-1.7")
    client.post(f"{DRIVERS}{someone.pk}/conditions/new/", dict(RECORDS)["conditions"] | {"document": file})
    address = f"{DRIVERS}{someone.pk}/conditions/{someone.drivercondition_set.get().pk}/file/"
    assert client.get(address).status_code == 200
    assert looks(Action.DOCUMENT) == [(someone.name, where.coordinator.pk)]
    assert signed_in(where.principal).get(address).status_code == 404
    assert len(looks(Action.DOCUMENT)) == 1


def test_a_driver_who_signs_in_sees_their_own_record_and_changes_nothing(where):
    someone, other = qualified_driver(where), driver(where)
    account = person(Role.DRIVER, where.operator)
    of_account(someone, account)
    browser = signed_in(account)
    own = browser.get(f"{DRIVERS}{someone.pk}/")
    assert own.status_code == 200
    assert "My record" in text(own)
    assert "/new/" not in text(own) and "/edit/" not in text(own)
    assert browser.get(f"{DRIVERS}{other.pk}/").status_code == 404
    assert browser.get(f"{DRIVERS}{someone.pk}/edit/").status_code == 404
    assert browser.get(f"{DRIVERS}{someone.pk}/training/new/").status_code == 404
    assert looks(Action.VIEW) == [(someone.name, account.pk)]


def test_an_attendant_is_added_checked_archived_and_brought_back(client, where):
    client.post(f"{ATTENDANTS}new/", new_data(where))
    someone = Attendant.objects.get()
    address = f"{ATTENDANTS}{someone.pk}/"
    today = timezone.localdate()
    data = {
        "kind": "training", "done_on": today, "passed": "True",
        "valid_until": add_months(today, 12), "evidence": "certificate",
    }  # fmt: skip
    client.post(f"{address}checks/new/", data)
    states = [one.state for one in client.get(address).context["lines"]]
    assert states == [State.MET, State.UNKNOWN, State.UNKNOWN]
    client.post(f"{address}archive/", {"reason": "left"})
    client.post(f"{address}restore/")
    assert [one.what for one in client.get(address).context["history"]] == [
        "Brought back", "Archived", "Added",
    ]  # fmt: skip


def test_who_was_recorded_again_is_not_brought_back_and_the_page_says_why(client, where):
    gone = driver(where)
    changes.archive_member(gone, by=where.coordinator, reason="left")
    driver(where, identity_number=gone.identity_number)
    page = text(client.post(f"{DRIVERS}{gone.pk}/restore/", follow=True))
    assert "recorded already" in page
    gone.refresh_from_db()
    assert gone.archived_at


def test_an_empty_list_says_what_to_do_next(client):
    for where_listed in MAKERS:
        assert f"{where_listed}new/" in text(client.get(where_listed))


def test_the_bar_leads_to_what_a_person_may_open_and_marks_where_they_are(client, where):
    operator = organisation(Kind.OPERATOR, where.district)
    assert DRIVERS in text(client.get(ATTENDANTS))
    page = text(signed_in(person(Role.PRINCIPAL, operator)).get("/registry/buses/"))
    assert f'href="{DRIVERS}"' not in page and f'href="{ATTENDANTS}"' not in page
    assert 'href="/registry/buses/" aria-current="page"' in page

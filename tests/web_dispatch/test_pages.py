"""Pages of the dispatch gate: the board, the gate, its answers, checks before the trip, overrides, usual crews."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from fleet.audit.models import AccessRecord, Action
from fleet.dispatch.law import CONDITIONS
from fleet.dispatch.models import ExceptionReason, GateCheck, PreTripCheck
from fleet.dispatch.pre_trip import ITEMS
from fleet.dispatch.words import reason_in_words
from fleet.findings.models import Finding
from fleet.organisations.models import Role, SchoolStage
from fleet.people.drivers import DriverCondition
from fleet.vehicles.changes import assign_crew
from fleet.vehicles.models import CrewAssignment, Defect
from tests.dispatch.trips import SUBSTITUTE_ID, LawfulTrip
from tests.fleet.builders import person
from tests.permits.builders import TODAY, District, days
from tests.registry.conftest import signed_in
from tests.routes.builders import route
from web.dispatch.cures import PLACES

pytestmark = pytest.mark.django_db
BOARD = "/dispatch/"


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def trip():
    made = LawfulTrip()
    made.district.school.stage = SchoolStage.PRIMARY
    made.district.school.save()
    assign_crew(
        bus=made.bus, by=made.district.coordinator, driver=made.driver, attendant=made.attendant,
        valid_from=TODAY,
    )  # fmt: skip
    return made


@pytest.fixture
def client(trip):
    return signed_in(trip.district.coordinator)


def answers(trip, **changes):
    """The gate's form, filled in."""
    given = {
        "starts_at": f"{TODAY}T07:00",
        "route": trip.route.pk,
        "driver": trip.driver.pk,
        "attendant": trip.attendant.pk,
        "stages": ["primary"],
        "pupils": "30",
        "adults": "2",
        "front_seat_free": "met",
        "nobody_else_rides": "met",
        "running_allowed": "met",
    }
    return {**given, **changes}


def items(**changes):
    """The form of a check before the trip, filled in."""
    return {**dict.fromkeys(ITEMS, "ok"), "card_displayed": "yes", "sober": "yes", "fit": "yes", **changes}


def gate_of(trip):
    return reverse("dispatch_gate", args=[trip.bus.pk])


def page_of(check):
    return reverse("dispatch_check", args=[check.pk])


def test_the_board_has_a_row_for_each_run_with_the_crew_and_what_the_gate_would_say(trip, client):
    response = client.get(BOARD)
    content = response.content.decode()
    assert trip.bus.plate in content
    assert "06:40–07:30" in content
    assert f"{trip.driver} · {trip.attendant}" in content
    assert "Nothing known against it" in content
    assert "Not asked yet" in content
    DriverCondition.objects.filter(condition="no_drink_driving").update(state="not_met")
    assert "The driver has driven after drinking." in client.get(BOARD).content.decode()
    assert not GateCheck.objects.exists()


def test_the_board_tells_what_became_of_each_run_and_is_narrowed_by_it(trip, client):
    trip.check(pupils=64)
    assert "Refused (1)" in client.get(BOARD).content.decode()
    assert "Nothing fits" in client.get(f"{BOARD}?state=allowed").content.decode()
    trip.check()
    assert trip.bus.plate in client.get(f"{BOARD}?state=allowed").content.decode()
    assert trip.bus.plate in client.get(f"{BOARD}?q={trip.bus.plate[2:].lower()}").content.decode()
    assert "Nothing fits" in client.get(f"{BOARD}?q=zzz").content.decode()


def test_the_board_shows_nothing_of_other_districts_and_is_closed_to_those_without_buses(trip):
    stranger = signed_in(person(Role.COORDINATOR, District().operator))
    assert trip.bus.plate not in stranger.get(BOARD).content.decode()
    assert stranger.get(gate_of(trip)).status_code == 404
    guard = signed_in(person(Role.GUARD, trip.district.school))
    assert guard.get(BOARD).status_code == 404


def test_the_board_takes_the_same_queries_for_many_runs(trip, client, django_assert_max_num_queries):
    for _ in range(20):
        bus = trip.district.another_bus()
        trip.district.inspect(days(80), of=bus)
        permit = trip.district.permit(bus)
        trip.district.card(permit, trip.district.text(drivers=(trip.driver,)), bus=bus)
    with django_assert_max_num_queries(60):
        assert client.get(BOARD).context["table"].paginator.count == 21


def test_the_gate_is_filled_in_with_who_usually_runs_the_bus(trip, client):
    form = client.get(gate_of(trip)).context["form"]
    assert (form["driver"].value(), form["attendant"].value()) == (trip.driver.pk, trip.attendant.pk)
    assert (form["route"].value(), form["stages"].value()) == (trip.route.pk, ["primary"])


def test_asking_the_gate_allows_and_leads_to_a_page_for_good(trip, client):
    response = client.post(gate_of(trip), answers(trip), follow=True)
    check = GateCheck.objects.get()
    assert response.redirect_chain == [(page_of(check), 302)]
    assert check.allowed
    assert "The trip may leave." in response.content.decode()


def test_a_refusal_tells_each_reason_with_law_finding_limit_and_cure(trip, client):
    response = client.post(gate_of(trip), answers(trip, pupils="64", running_allowed=""), follow=True)
    content = response.content.decode()
    assert "The trip may not leave, for 2 reasons." in content
    assert "校车安全管理条例 第三十四条" in content
    assert "Found: 64 pupils" in content
    assert "The law: at most 32 pupils" in content
    assert "Not known to be otherwise: Running has been suspended." in content
    assert f'href="{gate_of(trip)}"' in content


def test_people_of_other_employers_cannot_be_chosen(trip, client):
    stranger = LawfulTrip.__new__(LawfulTrip)
    stranger.district = District()
    other = stranger.qualified_driver(SUBSTITUTE_ID)
    response = client.post(gate_of(trip), answers(trip, driver=other.pk))
    assert response.context["form"].errors.keys() == {"driver"}
    assert not GateCheck.objects.exists()


def test_who_may_look_but_not_ask_gets_no_form(trip):
    officer = signed_in(person(Role.POLICE_OFFICER, trip.district.district))
    assert "At departure" not in officer.get(gate_of(trip)).content.decode()
    assert officer.post(gate_of(trip), answers(trip)).status_code == 404
    check = trip.check()
    assert officer.get(page_of(check)).status_code == 200


def test_a_check_before_the_trip_is_recorded_by_taps(trip, client):
    before = PreTripCheck.objects.count()
    page = reverse("dispatch_pre_trip", args=[trip.bus.pk])
    assert client.get(page).context["form"]["driver"].value() == trip.driver.pk
    given = items(driver=trip.driver.pk, attendant=trip.attendant.pk, belts="")
    assert client.post(page, given).status_code == 302
    newest = PreTripCheck.objects.latest("pk")
    assert PreTripCheck.objects.count() == before + 1
    assert (newest.brakes, newest.belts, newest.sober) == ("ok", "not_checked", True)


def test_a_defect_is_described_and_keeps_the_bus_from_leaving(trip, client):
    page = reverse("dispatch_pre_trip", args=[trip.bus.pk])
    given = items(driver=trip.driver.pk, attendant=trip.attendant.pk, tyres="defect")
    response = client.post(page, given)
    assert response.context["form"].errors == {"note": ["Say what is not in order."]}
    response = client.post(page, given | {"note": "flat"}, follow=True)
    assert "may not leave before the defects are released" in response.content.decode()
    assert Defect.objects.get().description == "tyres: flat"
    assert not trip.check().allowed


def test_an_override_is_requested_by_one_confirmed_by_another_and_found(trip, client):
    other = route(trip.district.school, "二号线", stops=())
    client.post(gate_of(trip), answers(trip, route=other.pk, hazards_protected="met"))
    check = GateCheck.objects.get()
    assert [one["code"] for one in check.refusals] == ["route_not_approved"]
    page = page_of(check)
    response = client.post(f"{page}override/", {"exception": ExceptionReason.WORKS, "reason": ""})
    assert response.context["form"].errors.keys() == {"reason"}
    client.post(f"{page}override/", {"exception": ExceptionReason.WORKS, "reason": "bridge closed"})
    assert "Confirm as the second person" not in client.get(page).content.decode()
    refused = client.post(f"{page}confirm/", follow=True)
    assert "Another person" in refused.content.decode()
    second = signed_in(person(Role.COORDINATOR, trip.district.operator))
    assert "Confirm as the second person" in second.get(page).content.decode()
    confirmed = second.post(f"{page}confirm/", follow=True).content.decode()
    assert "Overridden" in confirmed
    assert Finding.objects.get().rule == "gate_override"
    assert trip.bus.plate in client.get(f"{BOARD}?state=overridden").content.decode()


def test_a_refusal_for_anything_else_offers_no_override(trip, client):
    check = trip.check(pupils=64)
    assert "Request an override" not in client.get(page_of(check)).content.decode()
    principal = signed_in(person(Role.PRINCIPAL, trip.district.school))
    assert principal.post(f"{page_of(check)}override/", {}).status_code == 404


def test_answers_are_listed_by_bus_result_and_day_and_exported(trip, client):
    trip.check()
    trip.check(pupils=64)
    checks = reverse("dispatch_checks")

    def count(query: str) -> int:
        return int(client.get(f"{checks}?{query}").context["table"].paginator.count)

    assert [count(""), count("result=allowed"), count("result=refused"), count("result=overridden")] == [
        2,
        1,
        1,
        0,
    ]
    assert [count(f"day={TODAY}"), count(f"day={days(-1)}"), count("q=none")] == [2, 0, 0]
    exported = client.get(f"{checks}export.csv?result=refused")
    text = b"".join(exported.streaming_content).decode("utf-8-sig")
    assert "校车安全管理条例 第三十四条: There are more pupils than the bus is certified for." in text
    assert len(text.strip().splitlines()) == 2
    principal = signed_in(person(Role.PRINCIPAL, trip.district.school))
    assert principal.get(f"{checks}export.csv").status_code == 404


def test_each_look_at_what_stands_against_a_person_is_logged(trip, client):
    check = trip.check()
    for path, action in ((BOARD, Action.LIST), (gate_of(trip), Action.VIEW), (page_of(check), Action.VIEW)):
        before = AccessRecord.objects.count()
        client.get(path)
        added = AccessRecord.objects.order_by("-pk")[: AccessRecord.objects.count() - before]
        assert {(one.kind, one.object_id, one.action) for one in added} == {
            ("people.driver", trip.driver.pk, action),
            ("people.attendant", trip.attendant.pk, action),
        }


def test_a_bus_has_one_usual_crew_at_a_time(trip, client):
    new = reverse("bus_paper_new", args=[trip.bus.pk, "crews"])
    given = {"driver": trip.driver.pk, "valid_from": f"{days(10)}"}
    refused = client.post(new, given)
    assert "End that first." in str(refused.context["form"].errors["valid_from"])
    first = CrewAssignment.objects.get()
    edit = reverse("bus_paper_edit", args=[trip.bus.pk, "crews", first.pk])
    client.post(edit, given | {"valid_from": f"{TODAY}", "valid_until": f"{days(9)}", "reason": "holiday"})
    assert client.post(new, given).status_code == 302
    assert CrewAssignment.objects.count() == 2


def test_every_cure_has_its_page_and_every_condition_its_words():
    assert set(PLACES) == {condition.cure for condition in CONDITIONS}
    for condition in CONDITIONS:
        told = {
            "code": condition.code, "article": condition.article, "cure": condition.cure, "unknown": False,
            "found": "2026-11-22" if condition.found else None,
            "limit": 7.0 if condition.number or condition.limit else None,
        }  # fmt: skip
        reason = reason_in_words(told)
        assert bool(reason.found) == bool(condition.found)
        assert bool(reason.limit) == bool(condition.number or condition.limit)


def test_checks_of_yesterday_are_not_shown_as_of_today(trip, client):
    yesterday = timezone.now() - timedelta(days=1)
    bus = trip.district.another_bus()
    trip.bus, kept = bus, trip.bus
    trip.check_bus(checked_at=yesterday)
    content = client.get(reverse("dispatch_gate", args=[bus.pk])).content.decode()
    trip.bus = kept
    assert "Nobody has checked the bus today." in content

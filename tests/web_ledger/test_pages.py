"""The pages of the ledger: who opens them, what is tapped there, and that looks at children are logged."""

from uuid import uuid4

import pytest
from django.utils import timezone

from fleet.audit.models import AccessRecord
from fleet.findings.models import Finding, Rule
from fleet.ledger.changes import report_occupancy
from fleet.ledger.models import Correction, CountedWhat, CountingMachine, PupilEvent, RollCall, WalkThrough
from fleet.organisations.models import Role
from fleet.trips.models import TripState
from tests.fleet.builders import person
from tests.ledger.builders import ride
from tests.pupils.builders import PASSWORD, pupil

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def one():
    return ride()


@pytest.fixture
def page(client, one):
    client.force_login(one.attendant)
    return client


def text(answer):
    return answer.content.decode()


def test_the_crew_sees_whom_to_expect_and_the_log_has_it(page, one):
    answer = page.get("/crew/", headers=ENGLISH, follow=True)
    assert answer.redirect_chain == [(f"/crew/{one.trip.pk}/", 302)]
    assert all(child.name in text(answer) for child in one.pupils)
    looked = AccessRecord.objects.filter(person=one.attendant, kind="pupils.pupil")
    assert {record.object_id for record in looked} == {child.pk for child in one.pupils}


def test_nobody_else_sees_it(client, one):
    for stranger in (person(), one.teacher, one.line.where.principal, person(Role.ATTENDANT)):
        client.force_login(stranger)
        assert client.get(f"/crew/{one.trip.pk}/").status_code == 404
        assert client.post(f"/crew/{one.trip.pk}/step/", {"step": "close"}).status_code == 404


def tap(page, one, child, deed, **more):
    data = {"pupil": child.pk, "deed": deed, "key": uuid4(), "order": one.orders[0], **more}
    return page.post(f"/crew/{one.trip.pk}/pupil/", data)


def test_a_tap_that_is_sent_twice_is_one(page, one):
    key = uuid4()
    for _ in range(2):
        assert tap(page, one, one.pupils[0], "boarding", key=key).status_code == 302
    assert PupilEvent.objects.count() == 1
    assert PupilEvent.objects.get().stop is not None


def test_help_is_called_once_however_often_the_call_is_sent(page, one):
    at = timezone.now().isoformat()
    for _ in range(2):
        assert page.post(f"/crew/{one.trip.pk}/sos/", {"at": at}).status_code == 302
    page.post(f"/crew/{one.trip.pk}/sos/", {"at": "yesterday"})
    assert Finding.objects.filter(rule=Rule.SOS, trip=one.trip).count() == 2


def test_what_makes_no_sense_is_not_there(page, one):
    assert tap(page, one, one.pupils[0], "flies").status_code == 404
    assert tap(page, one, pupil(ride().line.where), "boarding").status_code == 404
    assert tap(page, one, one.pupils[0], "boarding", key="x").status_code == 404
    assert page.post(f"/crew/{one.trip.pk}/undo/", {}).status_code == 404


def test_a_mistake_is_undone_and_a_pupil_whom_nobody_expected_is_found_by_name(page, one):
    tap(page, one, one.pupils[0], "boarding")
    page.post(f"/crew/{one.trip.pk}/undo/", {"undoes": PupilEvent.objects.get().key})
    assert Correction.objects.count() == 1
    stray = pupil(one.line.where, name="欧阳小雨")
    answer = page.get(f"/crew/{one.trip.pk}/?q=欧阳", headers=ENGLISH)
    assert "欧阳小雨" in text(answer)
    assert AccessRecord.objects.filter(object_id=stray.pk, kind="pupils.pupil").exists()
    tap(page, one, stray, "boarding")
    assert Finding.objects.filter(rule=Rule.UNEXPECTED_RIDER).count() == 1


def test_closing_is_refused_with_everything_in_the_way_and_its_cure(page, one):
    tap(page, one, one.pupils[0], "boarding")
    one.reach_school()
    answer = page.post(
        f"/crew/{one.trip.pk}/step/", {"step": "close", "version": one.trip.version}, headers=ENGLISH
    )
    assert answer.status_code == 409
    for part in ("still aboard", "Look for the pupil on the bus", "driver has not", "Nobody has counted"):
        assert part in text(answer)


def test_the_other_one_confirms_the_walk_with_an_account_of_their_own(page, one):
    one.reach_school()
    one.driver.set_password(PASSWORD)
    one.driver.save()
    walk = f"/crew/{one.trip.pk}/walk/"
    wrong = page.post(
        walk, {"username": one.driver.username, "password": "x", "is_empty": "yes"}, headers=ENGLISH
    )
    assert wrong.status_code == 409
    assert not WalkThrough.objects.exists()
    page.post(walk, {"username": one.driver.username, "password": PASSWORD, "is_empty": "yes"})
    page.post(walk, {"is_empty": "yes"})
    assert set(WalkThrough.objects.values_list("role", "by")) == {
        ("driver", one.driver.pk),
        ("attendant", one.attendant.pk),
    }


def test_who_confirms_for_themselves_twice_is_one_walk(page, one):
    one.reach_school()
    page.post(f"/crew/{one.trip.pk}/walk/", {"is_empty": "yes"})
    answer = page.post(
        f"/crew/{one.trip.pk}/step/", {"step": "close", "version": one.trip.version}, headers=ENGLISH
    )
    assert "The driver has not walked through the bus." in text(answer)


def test_a_trip_closes_from_the_page(page, one):
    one.run()
    page.post(f"/crew/{one.trip.pk}/step/", {"step": "close", "version": one.trip.version})
    one.trip.refresh_from_db()
    assert one.trip.state == TripState.CLOSED


def test_a_count_is_kept_and_mended(page, one):
    tap(page, one, one.pupils[0], "boarding")
    count = f"/crew/{one.trip.pk}/count/"
    page.post(count, {"kind": "aboard", "count": "2", "order": one.orders[0], "key": uuid4()})
    answer = page.get(f"/crew/{one.trip.pk}/", headers=ENGLISH)
    assert "By name it is 1" in text(answer)
    ((wrong, _named),) = answer.context["page"].counts
    page.post(
        count,
        {"kind": "aboard", "count": "1", "order": one.orders[0], "instead_of": wrong.key, "key": uuid4()},
    )
    assert "By name it is" not in text(page.get(f"/crew/{one.trip.pk}/", headers=ENGLISH))
    assert page.post(count, {"kind": "aboard", "count": "many"}).status_code == 409


def test_a_coordinator_corrects_what_others_recorded_and_a_principal_only_looks(client, one):
    made = one.board(one.pupils[0])
    address = f"/trips/{one.trip.pk}/ledger/"
    client.force_login(one.line.where.principal)
    answer = client.get(address, headers=ENGLISH)
    assert one.pupils[0].name in text(answer)
    assert "Undo this entry" not in text(answer)
    assert client.post(f"{address}correct/", {"undoes": made.key, "reason": "x"}).status_code == 404
    client.force_login(one.coordinator)
    assert "Undo this entry" in text(client.get(address, headers=ENGLISH))
    assert (
        client.post(f"{address}correct/", {"undoes": made.key, "reason": ""}, headers=ENGLISH).status_code
        == 409
    )
    assert client.post(f"{address}correct/", {"undoes": made.key, "reason": "wrong child"}).status_code == 302
    assert "wrong child" in text(client.get(address, headers=ENGLISH))
    client.force_login(one.teacher)
    assert client.get(address).status_code == 404


def test_the_trips_page_has_the_ledger_in_short(client, one):
    client.force_login(one.coordinator)
    one.board(one.pupils[0])
    assert "does not balance yet" in text(client.get(f"/trips/{one.trip.pk}/", headers=ENGLISH))


def test_a_teacher_calls_the_roll_in_one_tap_and_a_missing_rider_is_found(client, one):
    one.run()
    client.force_login(one.teacher)
    address = f"/classes/{one.school_class.pk}/today/"
    answer = client.get(address, headers=ENGLISH)
    assert "Keep the roll-call" in text(answer)
    key = answer.context["key"]
    for _ in range(2):
        client.post(f"{address}roll-call/", {"key": key, "absent": [one.pupils[1].pk]})
    assert RollCall.objects.count() == 1
    (found,) = Finding.objects.filter(rule=Rule.BOARDED_BUT_ABSENT)
    assert found.details["pupil"] == one.pupils[1].pk
    assert "found 1 missing" in text(client.get(address, headers=ENGLISH))
    client.force_login(one.attendant)
    assert client.post(f"{address}roll-call/", {"key": key}).status_code == 404


def test_the_page_of_a_full_bus_takes_a_bounded_number_of_queries(page, django_assert_max_num_queries):
    full = ride(pupils=20)
    page.force_login(full.attendant)
    for child in full.pupils:
        full.board(child)
    full.count(20, CountedWhat.ABOARD)
    with django_assert_max_num_queries(60):
        page.get(f"/crew/{full.trip.pk}/")


def test_the_ledger_tells_what_machines_counted_and_how_far_they_are_trusted(client, one):
    client.force_login(one.coordinator)
    address = f"/trips/{one.trip.pk}/ledger/"
    assert "Counted by machines" not in text(client.get(address, headers=ENGLISH))
    for source, highest in ((CountingMachine.COUNTER, 9), (CountingMachine.LOAD_STATE, None)):
        report_occupancy(
            bus=one.line.bus, source=source, at=timezone.now(), lowest=9, highest=highest, by=one.attendant
        )
    shown = text(client.get(address, headers=ENGLISH))
    assert "Passenger counter: 9 people<" in shown
    assert "Load state (JT/T 808): 9 people or more<" in shown
    assert "trusted least" in shown

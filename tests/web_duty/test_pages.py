"""The pages of driving and rest times: who sees whom, what is done there, what the access log keeps."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fleet.audit.models import AccessRecord, Action
from fleet.duty.log import rebuild
from fleet.duty.models import SignIn, Statement
from fleet.organisations.models import Kind, Role
from tests.duty_log.builders import drove, hours, signed
from tests.fleet.builders import organisation, person
from tests.people.builders import driver
from tests.vehicles.builders import place, registered

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def there():
    return place()


@pytest.fixture
def tired(there):
    """Three and a half hours at the wheel, up to now."""
    one, bus, now = driver(there, user=person()), registered(there), timezone.now().replace(microsecond=0)
    signed(one, bus, now - hours(4))
    drove(bus, now - hours(4), "R30m D3h30m")
    rebuild(one.pk, now - hours(5), now)
    return one


def text(answer):
    return answer.content.decode()


def test_those_with_the_least_time_left_come_first_and_the_look_is_logged(client, there, tired):
    rested = driver(there)
    client.force_login(there.coordinator)
    answer = client.get("/duty/", headers=ENGLISH)
    assert [row["driver"] for row in answer.context["rows"]] == [tired, rested]
    assert answer.context["rows"][0]["state"] in {"soon", "failed"}
    looked = AccessRecord.objects.filter(person=there.coordinator, action=Action.LIST)
    assert {one.object_id for one in looked} == {tired.pk, rested.pk}


def test_the_list_takes_as_many_queries_for_many_drivers_as_for_one(
    client, there, tired, django_assert_max_num_queries
):
    client.force_login(there.coordinator)
    for _ in range(5):
        driver(there)
    client.get("/duty/")
    with django_assert_max_num_queries(30):
        client.get("/duty/")


def test_a_driver_sees_the_own_page_and_nobody_elses(client, there, tired):
    client.force_login(tired.user)
    answer = client.get(f"/duty/{tired.pk}/", headers=ENGLISH)
    assert answer.status_code == 200
    assert answer.context["figures"].day == "3 h 30 min"
    assert "driving" in {block.activity for block in answer.context["day"].blocks}
    assert AccessRecord.objects.filter(person=tired.user, action=Action.VIEW, object_id=tired.pk).exists()
    assert client.get(f"/duty/{driver(there).pk}/").status_code == 404
    assert client.get(f"/duty/{tired.pk}/export.csv").status_code == 404


def test_people_of_other_employers_and_other_roles_see_nothing(client, there, tired):
    elsewhere = person(Role.COORDINATOR, organisation(Kind.OPERATOR, there.district))
    for someone in (elsewhere, there.principal, person(Role.GUARDIAN, there.school)):
        client.force_login(someone)
        assert client.get(f"/duty/{tired.pk}/").status_code == 404


def test_a_driver_signs_in_and_out_and_says_what_comes_after(client, there):
    one, bus = driver(there, user=person()), registered(there)
    client.force_login(one.user)
    client.post(f"/duty/{one.pk}/sign-in/", {"bus": bus.pk})
    stored = SignIn.objects.get()
    assert (stored.driver, stored.bus, stored.source, stored.until) == (one, bus, "page", None)
    SignIn.objects.update(since=timezone.now() - hours(1))
    client.post(f"/duty/{one.pk}/sign-out/", {"afterwards": "rest"})
    stored.refresh_from_db()
    assert stored.until and stored.afterwards == "rest"


def test_a_coordinator_signs_a_driver_in_and_a_second_driver_is_refused(client, there):
    one, other, bus = driver(there), driver(there), registered(there)
    client.force_login(there.coordinator)
    client.post(f"/duty/{one.pk}/sign-in/", {"bus": bus.pk})
    assert SignIn.objects.get().source == "coordinator"
    answer = client.post(f"/duty/{other.pk}/sign-in/", {"bus": bus.pk}, headers=ENGLISH)
    assert answer.status_code == 422
    assert "Somebody else is signed in on this bus." in text(answer)
    assert SignIn.objects.count() == 1


def test_signing_in_on_another_bus_ends_the_first(client, there):
    one, first, second = driver(there), registered(there), registered(there)
    client.force_login(there.coordinator)
    client.post(f"/duty/{one.pk}/sign-in/", {"bus": first.pk})
    SignIn.objects.update(since=timezone.now() - hours(1))
    client.post(f"/duty/{one.pk}/sign-in/", {"bus": second.pk})
    assert SignIn.objects.get(until=None).bus == second
    assert SignIn.objects.get(bus=first).until


def entered(**changes):
    now = timezone.localtime()
    times = {
        name: f"{now - timedelta(hours=back):%Y-%m-%dT%H:%M}" for name, back in (("since", 3), ("until", 1))
    }
    return {"activity": "work", "reason": "in the workshop", **times, **changes}


def test_other_work_is_entered_with_a_reason_and_withdrawn(client, there, tired):
    one = driver(there)
    client.force_login(there.coordinator)
    assert client.post(f"/duty/{one.pk}/enter/", entered(reason="")).status_code == 422
    client.post(f"/duty/{one.pk}/enter/", entered())
    said = Statement.objects.get()
    assert said.history.get().history_change_reason == "in the workshop"
    assert one.duty_log.get().activity == "work"
    client.post(f"/duty/{tired.pk}/entries/{said.pk}/withdraw/")
    assert Statement.objects.current().exists()
    client.post(f"/duty/{one.pk}/entries/{said.pk}/withdraw/")
    assert not Statement.objects.current().exists()
    assert not one.duty_log.exists()


def test_what_has_not_come_yet_can_not_be_entered(client, there):
    one = driver(there)
    client.force_login(there.coordinator)
    later = f"{timezone.localtime() + timedelta(hours=2):%Y-%m-%dT%H:%M}"
    answer = client.post(f"/duty/{one.pk}/enter/", entered(until=later), headers=ENGLISH)
    assert (answer.status_code, "This time has not come yet." in text(answer)) == (422, True)


def test_the_police_see_a_log_and_may_not_change_it(client, there, tired):
    officer = person(Role.POLICE_OFFICER, organisation(Kind.POLICE, there.district))
    client.force_login(officer)
    answer = client.get(f"/duty/{tired.pk}/")
    assert (answer.status_code, answer.context["may_change"]) == (200, False)
    assert client.post(f"/duty/{tired.pk}/sign-out/", {}).status_code == 404


def test_a_log_is_taken_away_as_a_spreadsheet_and_that_is_logged(client, there, tired):
    client.force_login(there.coordinator)
    answer = client.get(f"/duty/{tired.pk}/export.csv", headers=ENGLISH)
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert content.splitlines()[0] == "From,Until,Activity,Bus,Minutes"
    assert [line.split(",")[2] for line in content.splitlines()[1:]] == ["Rest", "Driving"]
    assert AccessRecord.objects.filter(action=Action.EXPORT, object_id=tired.pk).count() == 1

"""The page of a family: what it says, what it hides outside the window, and that each look is logged once."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fleet.audit.models import AccessRecord
from fleet.family.changes import set_preferences, set_privacy
from fleet.family.models import DriverName
from fleet.family.names import surname_of
from fleet.pupils.absences import report_absence
from fleet.pupils.linking import revoke_link
from fleet.pupils.models import Absence, AuthorisedAdult, Guardianship
from fleet.trips.models import TripState, VisitState
from tests.fleet.builders import person
from tests.parent.builders import Family, family
from tests.pupils.builders import assigned, linked, pupil
from tests.vehicles.builders import registered

pytestmark = pytest.mark.django_db


def shown(browser: Client) -> str:
    page = browser.get("/family/").content.decode()
    return re.sub(r"\s+", " ", page[page.index('id="cards"') : page.index('<template id="strings"')])


def test_says_minutes_as_a_range_stops_plate_age_and_when_to_leave(home: Family, browser: Client):
    page = shown(browser)
    assert re.search(r">6–9 min<|>7–9 min<", page)
    assert "2 stops away" in page
    assert home.line.bus.plate in page
    assert "data-ago" in page
    leave = timezone.localtime(timezone.now() + timedelta(minutes=2))
    early = leave - timedelta(minutes=1)
    assert f"<strong>{leave:%H:%M}</strong>" in page or f"<strong>{early:%H:%M}</strong>" in page


def test_planned_time_is_marked_as_planned_and_predicted_as_predicted(home: Family, browser: Client):
    page = shown(browser)
    assert re.search(r'class="is-planned"><dt>Planned</dt>', page)
    assert re.search(r'class="is-predicted"><dt>Predicted</dt>', page)


def test_nothing_of_the_bus_is_shown_before_it_is_let_go(browser: Client, home: Family):
    home.set_trip(state=TripState.PLANNED)
    page = shown(browser)
    assert home.line.bus.plate not in page
    assert home.line.driver.name[0] not in page
    assert "Planned at the stop at" in page
    assert browser.get("/family/now.json").json()["maps"] == []


def test_nothing_of_the_bus_is_shown_once_it_has_passed_the_stop(home: Family, browser: Client):
    at = timezone.now()
    home.set_visit(3, VisitState.DEPARTED, arrived_at=at, departed_at=at)
    page = shown(browser)
    assert home.line.bus.plate not in page
    assert f"The bus has passed the stop at {timezone.localtime(at):%H:%M}" in page
    assert browser.get("/family/now.json").json()["maps"] == []


def test_position_from_before_the_window_is_not_shown(home: Family, browser: Client):
    home.report_position(home.trip.starts_at - timedelta(hours=2))
    assert browser.get("/family/now.json").json()["maps"][0]["bus"] is None


def test_map_has_the_bus_and_the_own_stop(home: Family, browser: Client):
    drawn = browser.get("/family/now.json").json()["maps"]
    assert [one["stop"] for one in drawn] == [[120.02, 30.0]]
    assert drawn[0]["bus"][:2] == [120.011, 30.0]


def test_driver_is_named_as_far_as_the_school_allows(home: Family, browser: Client):
    where, name = home.line.where, home.line.driver.name
    for how, told in ((DriverName.FULL, name), (DriverName.SURNAME, surname_of(name))):
        set_privacy(school=where.school, changes={"driver_name": how}, by=where.principal)
        assert f"<dt>Driver</dt><dd>{told}</dd>" in shown(browser)
    set_privacy(school=where.school, changes={"driver_name": DriverName.NONE}, by=where.principal)
    assert "<dt>Driver</dt>" not in shown(browser)


def test_substitute_has_a_banner_with_the_plate_that_does_not_come(home: Family, browser: Client):
    other = registered(home.line.where)
    home.set_trip(bus=other)
    page = shown(browser)
    assert "Another bus comes today instead of" in page
    assert other.plate in page


def test_late_trip_says_why(home: Family, browser: Client):
    home.set_trip(late_reason="Road closed")
    assert "Road closed" in shown(browser)


def test_absent_child_sees_no_bus(home: Family, browser: Client):
    report_absence(pupil=home.child, first_day=timezone.localdate(), by=home.guardian)
    page = shown(browser)
    assert "Does not ride" in page
    assert home.line.bus.plate not in page


def test_each_child_has_a_card(home: Family, browser: Client):
    second = pupil(home.line.where, "小红")
    linked(home.line.where, second, home.guardian)
    page = shown(browser)
    assert "小明" in page
    assert "小红" in page
    assert "No bus today" in page


def test_queries_do_not_grow_with_the_children(home: Family, browser: Client, django_assert_max_num_queries):
    for name in ("小红", "小刚", "小兰"):
        child = pupil(home.line.where, name)
        assigned(home.line.where, child, home.line.pattern, order=2, weekdays=127)
        linked(home.line.where, child, home.guardian)
    browser.get("/family/")
    with django_assert_max_num_queries(26):
        assert shown(browser).count("<article") == 4


def test_who_has_no_child_is_told_how_to_link_one():
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(person())
    page = browser.get("/family/").content.decode()
    assert "No child is linked to you yet" in page
    assert 'href="/link/"' in page


def test_stranger_to_a_child_finds_nothing(home: Family):
    browser = Client()
    browser.force_login(person())
    assert browser.get("/family/now.json").json()["maps"] == []
    assert browser.get(f"/family/children/{home.child.pk}/").status_code == 404
    for action in ("absences", "adults", "links"):
        assert browser.post(f"/family/children/{home.child.pk}/{action}/", {}).status_code == 404


def test_look_is_logged_once_for_a_trip_and_not_for_each_poll(home: Family, browser: Client):
    for _poll in range(3):
        browser.get("/family/now.json")
    looks = AccessRecord.objects.filter(person=home.guardian, object_id=home.child.pk, kind="pupils.pupil")
    assert looks.count() == 1
    assert looks.get().channel == "page"


def test_no_look_is_logged_where_no_bus_is_shown(home: Family, browser: Client):
    home.set_trip(state=TripState.PLANNED)
    browser.get("/family/now.json")
    assert not AccessRecord.objects.filter(person=home.guardian).exists()


def test_revoked_link_shows_nothing_any_more(home: Family, browser: Client):
    assert "小明" in shown(browser)
    revoke_link(Guardianship.objects.get(), by=home.line.where.principal, reason="moved")
    assert "小明" not in browser.get("/family/").content.decode()


def test_absence_is_reported_and_taken_back(home: Family, browser: Client):
    day = timezone.localdate() + timedelta(days=1)
    address = f"/family/children/{home.child.pk}/"
    browser.post(f"{address}absences/", {"first_day": day.isoformat(), "reason": "fever"})
    absence = Absence.objects.current().get()
    assert (absence.first_day, absence.last_day, absence.reported_by) == (day, day, home.guardian)
    browser.post(f"{address}absences/{absence.pk}/withdraw/")
    assert not Absence.objects.current().exists()


def test_absence_in_the_past_is_refused_at_its_field(home: Family, browser: Client):
    day = timezone.localdate() - timedelta(days=1)
    answer = browser.post(
        f"/family/children/{home.child.pk}/absences/", {"first_day": day.isoformat(), "last_day": ""}
    )
    assert "This day is over" in answer.content.decode()
    assert not Absence.objects.exists()


def test_adult_is_added_and_taken_off(home: Family, browser: Client):
    address = f"/family/children/{home.child.pk}/adults/"
    browser.post(address, {"name": "外婆", "relation": "grandmother", "telephone": "13800000000"})
    adult = AuthorisedAdult.objects.current().get()
    browser.post(f"{address}{adult.pk}/remove/")
    assert not AuthorisedAdult.objects.current().exists()


def test_preferences_are_kept(home: Family, browser: Client):
    browser.post("/family/settings/", {"walking_minutes": 12, "stops_away": 3, "kinds": ["arriving"]})
    kept = home.guardian.family_preferences
    assert (kept.walking_minutes, kept.stops_away, kept.kinds) == (12, 3, ["arriving"])


def test_quiet_hours_need_both_times(home: Family, browser: Client):
    answer = browser.post(
        "/family/settings/", {"walking_minutes": 5, "stops_away": 2, "quiet_from": "21:00", "quiet_until": ""}
    )
    assert "Give both times, or none." in answer.content.decode()


def test_leaving_home_is_by_the_familys_own_way(home: Family, browser: Client):
    before = shown(browser)
    set_preferences(guardian=home.guardian, changes={"walking_minutes": 6})
    assert shown(browser) != before


@pytest.mark.parametrize("address", ["/family/manifest.webmanifest?language=en", "/family/worker.js"])
def test_what_installs_the_page_is_there_for_strangers(address: str):
    assert Client().get(address).status_code == 200


def test_manifest_speaks_both_languages():
    named = {
        language: Client().get(f"/family/manifest.webmanifest?language={language}").json()["lang"]
        for language in ("en", "zh-hans")
    }
    assert named == {"en": "en", "zh-hans": "zh-hans"}


def test_trip_of_tomorrow_is_not_shown_today(browser: Client, home: Family):
    family(timedelta(days=1))
    assert shown(browser).count("<article") == 1

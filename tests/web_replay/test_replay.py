"""The replay of a bus's driving: who may open it, which times it takes, and what it gives."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.contrib.gis.geos import LineString
from django.test import Client

from fleet.audit.models import AccessRecord
from fleet.findings.models import Finding
from fleet.organisations.models import Role
from fleet.people.models import Driver
from fleet.positions.queries import last_driving
from fleet.routes.models import PostedKind, Road
from telematics.geometry import moved
from tests.alarms.builders import coordinator, episode, tell
from tests.fleet.builders import bus as make_bus
from tests.fleet.builders import person, store
from tests.trips.drives import device_in, report

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
"""Twelve o'clock in China."""
AT_NOON = "from=2026-03-02T12:00&until=2026-03-02T13:00"


@pytest.fixture
def bus():
    return make_bus(plate="苏E12345")


@pytest.fixture
def driven(bus):
    """A bus that was driven for half a minute at noon, and again after a gap."""
    seconds = [0, 10, 20, 600, 610]
    reports = [report(NOON + timedelta(seconds=at), at * 8.0) for at in seconds]
    store(reports, device_in(bus).identifier)
    return bus


def signed_in(someone):
    browser = Client()
    browser.force_login(someone)
    return browser


@pytest.fixture
def browser(bus):
    return signed_in(coordinator(bus))


def track(browser, bus, query):
    answer = browser.get(f"/replay/{bus.pk}/track.json?{query}")
    return answer.status_code, json.loads(answer.content)


@pytest.mark.parametrize("path", ["", "track.json"])
def test_whose_bus_it_is_not_finds_nothing(bus, path):
    stranger = signed_in(coordinator(make_bus()))
    assert stranger.get(f"/replay/{bus.pk}/{path}?{AT_NOON}").status_code == 404


@pytest.mark.parametrize("path", ["", "1/"])
def test_who_watches_no_bus_has_no_replay(path):
    assert signed_in(person()).get(f"/replay/{path}").status_code == 404


def test_the_track_is_given_with_its_gap(driven, browser):
    status, content = track(browser, driven, AT_NOON)
    start = round(NOON.timestamp() * 1000)
    assert status == 200
    assert [(one[0] - start) / 1000 for one in content["points"]] == [0, 10, 20, 600, 610]
    assert content["points"][0][1:] == [120.0, 30.0, 8.0, 0]
    assert (content["from"], content["until"], content["next"]) == (start, start + 3_600_000, None)


def test_the_limits_along_the_drive_are_told_with_what_sets_them(driven, browser):
    for begins_m, ends_m, kmh in ((-100, 140, 30), (140, 8000, 50)):
        Road.objects.create(
            name=f"road {kmh}",
            road_class="arterial",
            line=LineString(*(east_of_start(at) for at in (begins_m, ends_m)), srid=4326),
            posted=PostedKind.NUMBER,
            forward_kmh=kmh,
            backward_kmh=kmh,
        )
    _status, content = track(browser, driven, AT_NOON)
    start = round(NOON.timestamp() * 1000)
    told = [((since - start) / 1000, kmh, words.split(" · ")[-1]) for since, kmh, words in content["limits"]]
    assert told == [(0, 30, "road 30"), (20, 50, "road 50")]


def test_where_no_road_is_known_pupils_aboard_set_the_limit(driven, browser):
    _status, content = track(browser, driven, AT_NOON)
    assert [kmh for _since, kmh, _words in content["limits"]] == [60]


def east_of_start(metres: float) -> tuple[float, float]:
    lat, lon = moved(30.0, 120.0, 90.0, metres)
    return lon, lat


def test_a_long_time_comes_in_parts_of_an_hour(driven, browser):
    address = f"/replay/{driven.pk}/track.json?from=2026-03-02T10:00&until=2026-03-02T12:00:15"
    parts = []
    while address:
        content = json.loads(browser.get(address).content)
        parts.append(len(content["points"]))
        address = content["next"]
    assert parts == [0, 0, 2]


@pytest.mark.parametrize("query, field", [
    ("from=2026-03-02T12:00", "until"),
    ("from=noon&until=2026-03-02T12:00", "from"),
    ("from=2026-02-30T12:00&until=2026-03-02T12:00", "from"),
    ("from=0001-01-01T00:00&until=0001-01-01T01:00", "from"),
    ("from=2026-03-02T12:00&until=2026-03-02T12:00", "until"),
    ("from=2026-03-02T12:00&until=2026-03-02T11:00", "until"),
    ("from=2026-03-02T12:00&until=2026-03-03T12:01", "until"),
])  # fmt: skip
def test_a_time_that_cannot_be_shown_is_refused_in_words(bus, browser, query, field):
    status, content = track(browser, bus, query)
    assert (status, content["field"]) == (400, field)
    page = browser.get(f"/replay/{bus.pk}/?{query}")
    assert page.status_code == 422
    assert content["error"] in page.content.decode()


def test_a_whole_day_is_taken_and_so_are_times_with_an_offset(driven, browser):
    assert track(browser, driven, "from=2026-03-02T00:00&until=2026-03-03T00:00")[0] == 200
    query = f"from={quote('2026-03-02T04:00:00+00:00')}&until={quote('2026-03-02T04:00:15Z')}"
    assert len(track(browser, driven, query)[1]["points"]) == 2


def test_without_a_time_it_is_the_hour_of_the_last_driving(driven, browser):
    assert last_driving(driven.pk) == NOON + timedelta(seconds=610)
    answer = browser.get(f"/replay/{driven.pk}/")
    assert answer.status_code == 302
    assert answer.url == f"/replay/{driven.pk}/?from=2026-03-02T11%3A11&until=2026-03-02T12%3A11"


def test_a_bus_that_never_reported_is_shown_empty(bus, browser):
    assert last_driving(bus.pk) is None
    page = browser.get(f"/replay/{bus.pk}/", follow=True, headers={"Accept-Language": "en"})
    assert page.status_code == 200
    assert "Nothing was found in this time." in page.content.decode()


def test_reports_of_a_standing_bus_do_not_count_as_driving(bus):
    device = device_in(bus).identifier
    store([report(NOON, 0.0), report(NOON + timedelta(hours=2), 0.0, mps=0.0)], device)
    assert last_driving(bus.pk) == NOON


def test_a_bus_is_chosen_by_its_plate(bus, browser):
    answer = browser.get(f"/replay/?plate=苏e12345&{AT_NOON}")
    assert answer.status_code == 302
    assert answer.url.startswith(f"/replay/{bus.pk}/?from=2026-03-02T12%3A00")
    assert browser.get("/replay/?plate=苏E12345&from=&until=").url == f"/replay/{bus.pk}/"
    assert browser.get(f"/replay/?plate={make_bus().plate}").status_code == 422


def speeding(minutes):
    return episode(minutes, rule="speeding", peak=20.0, limit=15.0, unit="m/s", limit_source="ordinary")


def test_findings_that_stand_are_listed_and_marked(bus, browser):
    tell(bus, speeding(minutes=5), speeding(minutes=300))
    tell(bus, speeding(minutes=5))
    page = browser.get(f"/replay/{bus.pk}/?{AT_NOON}", headers={"Accept-Language": "en"})
    start = round(NOON.timestamp() * 1000) + 300_000
    (mark,) = page.context["page_config"]["findings"]
    assert (mark["from"], mark["until"], mark["limit_kmh"]) == (start, start + 60_000, 54.0)
    assert f'href="#at={start}"' in page.content.decode()
    Finding.objects.update(withdrawn_at=NOON)
    assert browser.get(f"/replay/{bus.pk}/?{AT_NOON}").context["page_config"]["findings"] == []


@pytest.mark.parametrize("role, is_named", [(Role.COORDINATOR, True), (Role.PRINCIPAL, False)])
def test_a_driver_is_named_to_who_may_see_them_and_the_look_is_logged(bus, role, is_named):
    driver = Driver.objects.create(name="王建国", operator=bus.operator)
    tell(bus, speeding(minutes=5), speeding(minutes=15), driver=driver.pk)
    page = signed_in(person(role, bus.operator)).get(f"/replay/{bus.pk}/?{AT_NOON}")
    assert ("王建国" in page.content.decode()) == is_named
    looks = AccessRecord.objects.filter(kind="people.driver", object_id=driver.pk)
    assert looks.count() == is_named


@pytest.mark.parametrize("language, words", [("en", "Report before"), ("zh-hans", "上一次上报")])
def test_the_page_speaks_both_languages(driven, browser, language, words):
    page = browser.get(f"/replay/{driven.pk}/?{AT_NOON}", headers={"Accept-Language": language})
    assert words in page.content.decode()


def test_an_alarm_leads_to_the_replay_of_its_time(bus, browser):
    (alarm,) = tell(bus, speeding(minutes=5))
    page = browser.get(f"/alarms/{alarm.pk}/")
    assert page.context["replay_url"].startswith(
        f"/replay/{bus.pk}/?from=2026-03-02T12%3A00&until=2026-03-02T12%3A11#at="
    )

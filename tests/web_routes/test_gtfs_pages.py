"""Pages of timetables from elsewhere: given, seen, imported, undone; errors by file, line and field."""

import pytest
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from fleet.organisations.models import Role
from fleet.routes.models import Departure, Route, Stop
from telematics.transit.writing import write_schedule
from tests.fleet.builders import person
from tests.registry.builders import worked
from tests.registry.conftest import signed_in
from tests.telematics.transit.builders import PUBLISHER, schedule, unzipped, zipped
from tests.vehicles.builders import Place, place
from web.registry.models import ImportRun, ImportState
from web.routes.gtfs_steps import GTFS

pytestmark = pytest.mark.django_db
GOOD = write_schedule(schedule(), PUBLISHER)


@pytest.fixture
def browser(where) -> Client:
    return signed_in(where.coordinator)


def give(browser: Client, where: Place, content: bytes = GOOD, keeper: int | None = None):
    return browser.post(
        reverse("gtfs_new"),
        {
            "file": SimpleUploadedFile("feed.zip", content),
            "school": where.school.pk,
            "keeper": keeper or where.school.pk,
            "zero_is": "to_school",
            "with_calendar": "on",
        },
    )


def given(browser: Client, where: Place, content: bytes = GOOD) -> ImportRun:
    answer = give(browser, where, content)
    assert answer.status_code == 302, answer.context["form"].errors
    return worked(ImportRun.objects.get(subject=GTFS.slug))


def page(browser: Client, run: ImportRun) -> str:
    return browser.get(reverse("gtfs_run", args=[run.pk])).content.decode()


def imported(browser: Client, run: ImportRun) -> ImportRun:
    browser.post(reverse("gtfs_apply", args=[run.pk]))
    return worked(run)


def test_a_feed_is_seen_imported_and_undone(browser, where):
    run = given(browser, where)
    assert run.state == ImportState.CHECKED
    assert (Route.objects.count(), Stop.objects.count()) == (0, 0)
    shown = page(browser, run)
    assert "一号线" in shown
    run = imported(browser, run)
    assert run.state == ImportState.APPLIED, run.problems
    assert (Route.objects.current().count(), Stop.objects.current().count()) == (1, 3)
    assert Departure.objects.current().count() == 2
    browser.post(reverse("gtfs_undo", args=[run.pk]))
    run = worked(run)
    assert run.state == ImportState.UNDONE, run.refusal
    assert (Route.objects.current().count(), Stop.objects.current().count()) == (0, 0)
    assert Departure.objects.current().count() == 0


def test_errors_are_told_by_file_line_and_field_and_nothing_is_left(browser, where):
    files = unzipped(GOOD)
    broken = zipped(**files | {"stops": files["stops"].replace("31.0000000", "91.5")})
    run = given(browser, where, broken)
    assert run.state == ImportState.REFUSED
    assert run.problems == [["stops.txt", 2, "stop_lat", run.problems[0][3]]]
    shown = page(browser, run)
    for text in ("stops.txt", "stop_lat", "1 error"):
        assert text in shown
    browser.post(reverse("gtfs_apply", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == ImportState.REFUSED
    assert (Route.objects.count(), Stop.objects.count()) == (0, 0)


@pytest.mark.parametrize("content", [b"nothing of the kind", zipped(stops="stop_id\n")])
def test_what_is_no_feed_is_refused(browser, where, content):
    run = given(browser, where, content)
    assert (run.state, Route.objects.count()) == (ImportState.REFUSED, 0)
    assert page(browser, run)


def test_a_stop_nearby_is_pointed_out_and_may_be_said_to_be_the_same(browser, where):
    imported(browser, given(browser, where))
    Stop.objects.filter(name="站1").update(name="别名")
    ImportRun.objects.all().delete()
    run = given(browser, where)
    near = next(one for one in run.preview["stops"] if one["name"] == "站1")
    assert (near["near"], near["same"]) == ("Stop 1", False)
    same = [one["id"] for one in run.preview["stops"] if one["near"]]
    browser.post(reverse("gtfs_same", args=[run.pk]), {"same": same})
    run = worked(run)
    assert all(one["same"] for one in run.preview["stops"])
    assert run.created_count == 0
    assert "There is nothing to import" in page(browser, run)


def test_what_has_changed_since_the_preview_is_not_imported(browser, where):
    run = given(browser, where)
    Stop.objects.create(
        name="站1", place=Point(120, 31.01, srid=4326), organisation=where.school, school=where.school
    )
    run = imported(browser, run)
    assert run.state == ImportState.REFUSED
    assert Route.objects.count() == 0


def test_who_may_change_no_routes_and_who_gave_another_feed_find_nothing(browser, where):
    principal = signed_in(where.principal)
    assert principal.get(reverse("gtfs_new")).status_code == 403
    run = given(browser, where)
    other = signed_in(person(Role.COORDINATOR, where.district))
    for name in ("gtfs_run", "gtfs_apply", "gtfs_undo", "gtfs_same"):
        method = other.get if name == "gtfs_run" else other.post
        assert method(reverse(name, args=[run.pk])).status_code == 404
    assert reverse("gtfs_new") in browser.get(reverse("import_list")).content.decode()
    assert browser.get(reverse("import_run", args=[run.pk])).url == reverse("gtfs_run", args=[run.pk])


def test_a_feed_goes_to_nobody_elses_school(browser, where):
    assert "school" in give(browser, place()).context["form"].errors


def test_a_feed_that_is_too_large_is_refused_at_once(browser, where, monkeypatch):
    monkeypatch.setattr("web.routes.gtfs_views.LARGEST_FEED_MB", 0)
    assert "file" in give(browser, where).context["form"].errors

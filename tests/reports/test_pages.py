"""The pages of reports: what is asked for, as a page and as files, and subscriptions."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook

from fleet.audit.models import AccessRecord, Action
from fleet.organisations.models import Kind, Role
from fleet.reports.models import ReportSubscription
from fleet.reports.printing import print_report
from fleet.reports.subjects import SubjectKind
from tests.fleet.builders import bus, organisation, person
from tests.reports.builders import report, week

pytestmark = pytest.mark.django_db

DAYS = "period=week&day=2026-11-25"


@pytest.fixture
def one():
    return week()


@pytest.fixture
def page(client, one):
    client.force_login(one.line.where.coordinator)
    return client


@pytest.fixture
def school_page(client, one):
    client.force_login(one.line.where.principal)
    return client


def of(kind, record):
    return f"of={kind}:{record.pk}&kind={kind}&{DAYS}"


def test_by_default_it_is_this_week_of_the_widest_that_one_reaches(page, one):
    told = page.get("/reports/").context["report"]
    assert told.subject.one == one.line.where.district
    assert (told.last - told.first).days == 6


def test_the_page_shows_figures_and_logs_the_drivers_that_it_names(page, one):
    answer = page.get(f"/reports/?{of('bus', one.line.bus)}")
    assert answer.status_code == 200
    assert answer.context["page_config"]["findings"] == [1, 1, 0, 0, 0, 0, 0]
    assert one.line.driver.name in answer.content.decode()
    looked = AccessRecord.objects.get(person=one.line.where.coordinator)
    assert (looked.action, looked.object_id) == (Action.LIST, one.line.driver.pk)


@pytest.mark.parametrize("name", ["bus", "driver", "route", "operator", "school"])
def test_a_record_s_page_leads_to_its_report_of_this_month(page, one, name):
    record = one.line.pattern.route if name == "route" else getattr(one.line, name, None)
    record = record or getattr(one.line.where, name)
    kind = "organisation" if name in ("operator", "school") else name
    address = page.get(reverse(f"{kind}_detail", args=[record.pk])).context["report_address"]
    told = page.get(address).context["report"]
    assert told.subject.one == record
    assert told.first == timezone.localdate().replace(day=1)
    assert (told.last + timedelta(days=1)).day == 1


def test_no_page_leads_to_a_report_that_may_not_be_read(client, one):
    driver = one.line.driver
    driver.user = person()
    driver.save()
    client.force_login(driver.user)
    answer = client.get(reverse("driver_detail", args=[driver.pk]))
    assert (answer.status_code, answer.context["report_address"]) == (200, "")


def test_one_of_several_is_chosen_by_its_name(page, one):
    other = bus(one.line.where.operator)
    assert set(page.get(f"/reports/?kind=bus&{DAYS}").context["offered"]) == {one.line.bus, other}
    answer = page.get(f"/reports/?of=bus:{one.line.bus.pk}&kind=bus&q={other.plate}&{DAYS}")
    assert answer.context["report"].subject.one == other
    assert not page.get("/reports/?kind=bus&q=nonsense").context["offered"]


def test_days_without_anything_say_so(page, one):
    answer = page.get(
        "/reports/?period=range&day=2026-01-01&last=2026-01-02", headers={"accept-language": "en"}
    )
    assert "Nothing happened in these days" in answer.content.decode()


@pytest.mark.parametrize(
    "days", ["day=2026-02-01&last=2026-01-01", "day=2024-01-01&last=2026-01-01", "day=x"]
)
def test_days_that_can_t_be_are_told_at_the_form(page, days):
    assert page.get(f"/reports/?period=range&{days}").context["form"].errors


@pytest.mark.parametrize("period", ["day", "month", "semester"])
def test_other_periods_are_shown(page, one, period):
    told = page.get(f"/reports/?kind=school&period={period}&day=2026-11-23").context["report"]
    assert told.trips.ran == 1


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pdf_is_made_in_both_languages(one, language):
    with translation.override(language):
        made = print_report(report(one.line, SubjectKind.SCHOOL, one.line.where.school))
    assert made.startswith(b"%PDF")


def test_files_open_and_each_is_logged(page, one):
    asked = of("school", one.line.where.school)
    english = {"accept-language": "en"}
    files = {
        kind: page.get(f"/reports/export.{kind}?{asked}", headers=english).getvalue()
        for kind in ("pdf", "xlsx", "csv")
    }
    assert files["pdf"].startswith(b"%PDF")
    sheet = load_workbook(io.BytesIO(files["xlsx"])).worksheets[0]
    assert "Speeding" in {row[0] for row in sheet.iter_rows(values_only=True)}
    assert "Speeding,High,1,3,0" in files["csv"].decode("utf-8-sig")
    taken = AccessRecord.objects.filter(person=one.line.where.coordinator, action=Action.EXPORT)
    assert taken.filter(object_id=None).count() == 3
    assert taken.filter(object_id=one.line.driver.pk).count() == 3
    assert page.get(f"/reports/export.doc?{asked}").status_code == 404


def test_a_school_reads_of_itself_and_of_no_other(school_page, one):
    assert school_page.get("/reports/").context["report"].subject.one == one.line.where.school
    other = organisation(Kind.SCHOOL, one.line.where.district)
    for asked in (
        of("school", other),
        of("operator", one.line.where.operator),
        of("driver", one.line.driver),
    ):
        assert school_page.get(f"/reports/?{asked}").status_code == 404
        assert school_page.get(f"/reports/export.pdf?{asked}").status_code == 404
    kinds = dict(school_page.get("/reports/").context["form"].fields["kind"].choices)
    assert "driver" not in kinds


@pytest.mark.parametrize("asked", ["of=moon:1", "of=bus:x&kind=bus", "of=bus:0&kind=bus"])
def test_what_is_not_there_is_not_found(page, asked):
    assert page.get(f"/reports/?{asked}").status_code == 404


def test_who_may_read_none_is_told_nothing(client):
    client.force_login(person(Role.GUARD, organisation(Kind.SCHOOL)))
    assert client.get("/reports/").status_code == 404
    assert client.get("/reports/subscriptions/").status_code == 404


def test_one_subscribes_and_ends_it_again(school_page, one):
    where = one.line.where
    given = {"organisation": where.school.pk, "kind": "weekly", "language": "en"}
    assert school_page.post("/reports/subscriptions/", given).status_code == 422
    where.principal.email = "p@example.org"
    where.principal.save()
    assert school_page.post("/reports/subscriptions/", given).status_code == 302
    assert school_page.post("/reports/subscriptions/", given).status_code == 422
    made = ReportSubscription.objects.get()
    assert str(made) in school_page.get("/reports/subscriptions/").content.decode()
    assert school_page.post(f"/reports/subscriptions/{made.pk}/end/").status_code == 302
    assert not ReportSubscription.objects.current()
    assert school_page.post(f"/reports/subscriptions/{made.pk}/end/").status_code == 404


def test_nobody_subscribes_to_what_they_may_not_read(school_page, one):
    given = {"organisation": one.line.where.operator.pk, "kind": "weekly", "language": "en"}
    assert school_page.post("/reports/subscriptions/", given).status_code == 422

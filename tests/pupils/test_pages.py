"""The school's pages: who reaches what of a child, that each look is logged, and that they do what they say."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from fleet.audit.models import AccessRecord, Action
from fleet.organisations.models import Kind, Role
from fleet.people.models import User
from fleet.pupils.absences import report_absence
from fleet.pupils.changes import add_authorised_adult, ask_for_correction
from fleet.pupils.consents import Purpose
from fleet.pupils.link_code import as_printed, new_code
from fleet.pupils.linking import MOST_WRONG
from fleet.pupils.models import (
    Absence,
    AuthorisedAdult,
    CorrectionRequest,
    Guardianship,
    LinkCode,
    Pupil,
    SchoolClass,
    StopAssignment,
)
from fleet.pupils.queries import children_of
from tests.fleet.builders import organisation, person
from tests.pupils.builders import PASSWORD, assigned, code_for, linked, pupil, school_class, teacher
from tests.registry.conftest import signed_in
from tests.routes.builders import route
from tests.vehicles.builders import place

pytestmark = pytest.mark.django_db
EVERY_DAY = 0b1111111
CONSENTS = {f"consents_{purpose.value}": "on" for purpose in Purpose}


@pytest.fixture(autouse=True)
def english_pages(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def head(where):
    return teacher(where)


@pytest.fixture
def child(where, head):
    return pupil(where, "王小明", school_class=school_class(where, head))


@pytest.fixture
def way(where):
    made = route(where.school, stops=("村口", "桥头", "学校")).patterns.get()
    made.weekdays = EVERY_DAY
    made.save()
    return made


def page(name, *args) -> str:
    return reverse(name, args=args)


def text_of(response) -> str:
    text: str = response.content.decode()
    return text


def test_who_has_no_business_with_a_pupil_finds_no_page_of_it(where, child, way):
    guardian = linked(where, child).guardian
    held = assigned(where, child, way)
    absence = report_absence(pupil=child, first_day=timezone.localdate(), by=where.principal)
    adult = add_authorised_adult(pupil=child, name="外婆", by=where.principal)
    wish = ask_for_correction(pupil=child, wish="x", by=guardian)
    pages = [
        page("pupil_detail", child.pk),
        page("pupil_edit", child.pk),
        page("pupil_slip", child.pk),
        page("pupil_stop_new", child.pk),
        page("pupil_stop_end", child.pk, held.pk),
        page("pupil_absence_new", child.pk),
        page("pupil_absence_withdraw", child.pk, absence.pk),
        page("pupil_adult_new", child.pk),
        page("pupil_adult_edit", child.pk, adult.pk),
        page("pupil_adult_remove", child.pk, adult.pk),
        page("pupil_link_end", child.pk, Guardianship.objects.get().pk),
        page("pupil_codes_void", child.pk),
        page("pupil_correction_answer", child.pk, wish.pk),
        page("class_today", child.school_class_id),
        page("class_slips", child.school_class_id),
        page("schoolclass_detail", child.school_class_id),
    ]
    strangers = [
        guardian,
        teacher(where),
        person(Role.GUARD, where.school),
        person(Role.POLICE_OFFICER, organisation(Kind.POLICE, where.district)),
        person(Role.PRINCIPAL, organisation(Kind.SCHOOL, where.district)),
        person(Role.COORDINATOR, where.operator),
    ]
    for someone in strangers:
        client = signed_in(someone)
        assert {address: client.get(address).status_code for address in pages} == dict.fromkeys(pages, 404)
    principal = signed_in(where.principal)
    assert {address: principal.get(address).status_code for address in pages} == dict.fromkeys(pages, 200)


def test_a_pupils_page_shows_each_role_what_it_needs(where, head, child):
    guardian = linked(where, child, person(full_name="王妈妈")).guardian
    add_authorised_adult(pupil=child, name="外婆", by=where.principal)
    address = page("pupil_detail", child.pk)
    seen = {
        who: text_of(signed_in(someone).get(address))
        for who, someone in {
            "principal": where.principal,
            "teacher": head,
            "coordinator": where.coordinator,
        }.items()
    }
    assert all("王小明" in one for one in seen.values())
    assert {who for who, one in seen.items() if "外婆" in one} == {"principal", "teacher"}
    assert {who for who, one in seen.items() if str(guardian) in one} == {"principal", "teacher"}
    assert {who for who, one in seen.items() if "Who looked" in one} == {"principal"}
    looks = AccessRecord.objects.filter(kind="pupils.pupil", object_id=child.pk, action=Action.VIEW)
    assert {one.person for one in looks} == {where.principal, head, where.coordinator}


def test_the_list_is_of_those_in_reach_is_narrowed_down_and_logged(where, head, child, way):
    rides, foreign = pupil(where, "李小红"), pupil(place(), "陌生人")
    assigned(where, rides, way, weekdays=EVERY_DAY)
    report_absence(pupil=rides, first_day=timezone.localdate(), by=where.principal)
    client = signed_in(where.principal)
    names = ("王小明", "李小红", "陌生人")
    shown = []
    for asked in (
        "",
        "?rides=without_stop",
        "?rides=absent",
        "?rides=riding",
        f"?school_class={child.school_class_id}",
        f"?route={way.route_id}",
        f"?stop={way.pattern_stops.get(order=1).stop_id}",
        "?q=红",
    ):
        listed = text_of(client.get(page("pupil_list") + asked))
        shown.append({name for name in names if name in listed})
    both, first, second = {"王小明", "李小红"}, {"王小明"}, {"李小红"}
    assert shown == [both, first, second, second, first, second, second, second]
    assert not AccessRecord.objects.filter(object_id=foreign.pk).exists()
    assert AccessRecord.objects.filter(object_id=rides.pk, action=Action.LIST).count() == 6
    assert "李小红" not in text_of(signed_in(head).get(page("pupil_list")))


def test_lists_and_a_class_take_as_many_queries_for_many_pupils_as_for_few(
    where, head, child, way, django_assert_max_num_queries
):
    for number in range(40):
        other = pupil(where, f"学生{number}", school_class=child.school_class)
        assigned(where, other, way, weekdays=EVERY_DAY)
    for someone, address in (
        (where.principal, page("pupil_list")),
        (head, page("class_today", child.school_class_id)),
        (where.principal, page("schoolclass_list")),
    ):
        client = signed_in(someone)
        client.get(address)
        with django_assert_max_num_queries(34):  # two more since a class has its roll-call
            client.get(address)


def test_a_stop_is_given_and_ended_on_the_pages(where, child, way):
    client, today = signed_in(where.coordinator), timezone.localdate()
    given = {
        "place": way.pattern_stops.get(order=1).pk,
        "weekdays": ["0", "1"],
        "valid_from": today.isoformat(),
    }
    client.post(page("pupil_stop_new", child.pk), given)
    held = StopAssignment.objects.get()
    assert (held.weekdays, held.stop.name) == (0b11, "村口")
    again = client.post(page("pupil_stop_new", child.pk), given | {"weekdays": ["1"]})
    assert "村口" in text_of(again)
    assert StopAssignment.objects.count() == 1
    client.post(
        page("pupil_stop_end", child.pk, held.pk), {"last_day": (today + timedelta(days=3)).isoformat()}
    )
    held.refresh_from_db()
    assert held.valid_until == today + timedelta(days=3)


def test_a_teacher_marks_who_is_absent_with_one_tap_and_takes_it_back(where, head, child, way):
    assigned(where, child, way, weekdays=EVERY_DAY)
    client, place_of = signed_in(head), (child.school_class_id, child.pk)
    assert "村口" in text_of(client.get(page("class_today", child.school_class_id)))
    client.post(page("today_absent", *place_of))
    absence = Absence.objects.get()
    assert (absence.reported_by, absence.direction) == (head, "")
    client.post(page("today_absent", *place_of))
    assert Absence.objects.count() == 1
    client.post(page("today_rides", *place_of))
    assert not Absence.objects.current().exists()
    client.post(page("today_absent", *place_of), {"direction": "to_home"})
    assert Absence.objects.current().get().direction == "to_home"
    assert signed_in(teacher(where)).post(page("today_absent", *place_of)).status_code == 404


def test_adults_links_codes_and_requests_are_kept_on_the_pages(where, child):
    client = signed_in(where.principal)
    client.post(page("pupil_adult_new", child.pk), {"name": "外婆", "relation": "grandmother"})
    adult = AuthorisedAdult.objects.get()
    client.post(page("pupil_adult_edit", child.pk, adult.pk), {"name": "外婆", "telephone": "139"})
    client.post(page("pupil_adult_remove", child.pk, adult.pk), {"reason": "moved"})
    adult.refresh_from_db()
    assert (adult.telephone, bool(adult.archived_at)) == ("139", True)
    link = linked(where, child)
    wish = ask_for_correction(pupil=child, wish="The name is wrong", by=link.guardian)
    client.post(page("pupil_correction_answer", child.pk, wish.pk), {"outcome": "done", "answer": "Mended"})
    assert CorrectionRequest.objects.get().outcome == "done"
    client.post(page("pupil_link_end", child.pk, link.pk), {"reason": "custody"})
    assert not children_of(link.guardian).exists()
    code_for(where, child)
    client.post(page("pupil_codes_void", child.pk))
    assert not LinkCode.objects.filter(revoked_at=None, used_at=None).exists()


def test_a_class_is_opened_taught_and_filled_on_the_pages(where, head):
    client = signed_in(where.principal)
    client.post(
        page("schoolclass_new"), {"school": where.school.pk, "name": "二年级1班", "teachers": [head.pk]}
    )
    made = SchoolClass.objects.get()
    assert list(made.teachers.all()) == [head]
    pupil_data = {"school": where.school.pk, "school_class": made.pk, "number": "7", "name": "小兰"}
    client.post(page("pupil_new"), pupil_data)
    assert Pupil.objects.get().school_class == made
    client.post(page("schoolclass_edit", made.pk), {"name": "二年级2班"})
    made.refresh_from_db()
    assert (made.name, made.teachers.count()) == ("二年级2班", 0)
    refused = client.post(page("schoolclass_archive", made.pk), {"reason": "closed"}, follow=True)
    assert "1 pupils are in this class" in text_of(refused)


def test_slips_are_a_pdf_whose_codes_replace_the_earlier_and_printing_is_logged(where, child):
    old = code_for(where, child)
    client = signed_in(where.principal)
    response = client.post(page("class_slips", child.school_class_id), {"copies": "2"})
    assert response.content.startswith(b"%PDF")
    assert LinkCode.objects.filter(revoked_at=None).count() == 2
    assert AccessRecord.objects.get(action=Action.PRINT).object_id == child.pk
    assert client.get(page("link_code", old)).status_code == 404


def test_a_guardian_without_account_links_with_the_code_and_signs_in(client, where, child):
    code = code_for(where, child)
    asked = client.post(page("link_child"), {"code": as_printed(code).lower()})
    assert asked["Location"] == page("link_code", code)
    shown = text_of(client.get(asked["Location"]))
    assert "王**" in shown
    assert "王小明" not in shown
    told = {"full_name": "王妈妈", "username": "13900000001", "password": PASSWORD, "relation": "mother"}
    assert client.post(asked["Location"], told).status_code == 200
    assert not User.objects.filter(username="13900000001").exists()
    assert client.post(asked["Location"], told | CONSENTS)["Location"] == page("login")
    assert list(children_of(User.objects.get(username="13900000001"))) == [child]
    assert client.post(asked["Location"], told | CONSENTS).status_code == 404


def test_who_is_signed_in_links_a_second_child(where, child):
    guardian = linked(where, pupil(where)).guardian
    client = signed_in(guardian)
    client.post(page("link_code", code_for(where, child)), {"relation": "father"} | CONSENTS)
    assert children_of(guardian).count() == 2


def test_guessing_on_the_page_is_stopped(client, where, child):
    for _ in range(MOST_WRONG):
        assert client.get(page("link_code", new_code())).status_code == 404
    assert client.get(page("link_code", code_for(where, child))).status_code == 429


def test_the_search_by_pupil_tells_buses_alone_and_only_who_sees_pupils(where, child):
    found = signed_in(where.coordinator).post(page("pupil_bus"), {"name": "王小明"})
    assert found.json() == {"buses": [], "is_vague": False}
    assert AccessRecord.objects.get().purpose == "Search on the live map"
    for someone in (teacher(where), person(Role.GUARD, where.school)):
        assert signed_in(someone).post(page("pupil_bus"), {"name": "王小明"}).status_code == 404

"""The school's page about its families: what they see follows it; links end there; slips for who is not linked."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fleet.audit.models import AccessRecord
from fleet.family.changed import take_changes
from fleet.family.changes import set_privacy
from fleet.family.legs import family_day
from fleet.family.models import DriverName, FamilyNotice, SchoolPrivacy
from fleet.family.shares import share_of, share_trips
from fleet.organisations.models import Role
from fleet.records import RecordError
from fleet.trips.models import TripState
from tests.fleet.builders import person
from tests.parent.builders import family, running_family
from tests.pupils.builders import pupil
from tests.vehicles.builders import place, registered

pytestmark = pytest.mark.django_db

USUAL = {
    "driver_name": "surname", "shows_plate": "True", "telephone": "", "allows_shares": "True",
    "shown_before_min": "30", "stops_away": "2", "publishes_accuracy": "False",
    "notice_kinds": ["departed", "arriving"],
}  # fmt: skip


def page_of(school) -> str:
    return reverse("schoolfamily_detail", args=[school.pk])


def browser_of(someone) -> Client:
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(someone)
    return browser


def set_for(one, **changes):
    where = one.line.where
    return set_privacy(school=where.school, changes=changes, by=where.principal)


def seen(one):
    return family_day(one.guardian, timezone.now()).children[0]


def test_a_principal_says_what_families_see_with_a_reason_and_an_example_shows_it():
    where = place()
    browser = browser_of(where.principal)
    body = USUAL | {"driver_name": "none", "telephone": "0512-1234", "reason": "decided by the board"}
    assert browser.post(page_of(where.school), body).status_code == 302
    kept = SchoolPrivacy.objects.get(school=where.school)
    assert (kept.driver_name, kept.telephone, kept.notice_kinds) == (
        "none",
        "0512-1234",
        ["departed", "arriving"],
    )
    change = SchoolPrivacy.history.get()
    assert (change.history_user, change.history_change_reason) == (where.principal, "decided by the board")
    page = browser.get(page_of(where.school)).content.decode()
    assert "0512-1234" in page
    assert "decided by the board" in page


def test_what_can_t_be_right_is_told_at_its_field():
    where = place()
    answer = browser_of(where.principal).post(page_of(where.school), USUAL | {"shown_before_min": "600"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"shown_before_min"}
    assert not SchoolPrivacy.objects.exists()


def test_who_keeps_the_register_sees_the_page_and_only_principal_and_administrator_change_it():
    where = place()
    officer = browser_of(person(Role.SAFETY_OFFICER, where.school))
    page = officer.get(page_of(where.school))
    assert (page.status_code, page.context["form"]) == (200, None)
    assert officer.post(page_of(where.school), USUAL).status_code == 404
    administrator = browser_of(person(Role.ADMINISTRATOR, where.district))
    assert administrator.post(page_of(where.school), USUAL).status_code == 302
    for stranger in (where.coordinator, place().principal, person(Role.CLASS_TEACHER, where.school)):
        assert browser_of(stranger).get(page_of(where.school)).status_code == 404
        assert browser_of(stranger).post(page_of(where.school), USUAL).status_code == 404


def test_who_has_one_school_comes_to_it_at_once_and_others_choose():
    where = place()
    address = reverse("schoolfamily_list")
    assert browser_of(where.principal).get(address)["Location"] == page_of(where.school)
    place_there = person(Role.ADMINISTRATOR, where.district)
    page = browser_of(place_there).get(address)
    assert page.status_code == 302 or page_of(where.school) in page.content.decode()
    assert browser_of(where.coordinator).get(address).status_code == 404


def test_plate_and_driver_are_shown_as_the_school_allows():
    one = running_family()
    leg = seen(one).legs[0]
    assert leg.plate == one.line.bus.plate
    set_for(one, shows_plate=False, driver_name=DriverName.FULL, telephone="110")
    child = seen(one)
    assert (child.legs[0].plate, child.legs[0].driver, child.telephone) == ("", one.line.driver.name, "110")
    page = browser_of(one.guardian).get(reverse("family")).content.decode()
    assert one.line.bus.plate not in page
    assert "tel:110" in page


def test_a_substitute_s_plate_is_not_told_where_plates_are_not_shown():
    one = running_family()
    set_for(one, shows_plate=False)
    one.set_trip(bus=registered(one.line.where))
    take_changes([one.trip.pk])
    assert FamilyNotice.objects.get(kind="substitute").details["plate"] == ""
    assert browser_of(one.guardian).get(reverse("family_settings")).status_code == 200


def test_the_bus_is_shown_from_as_long_before_as_the_school_says():
    one = family(timedelta(minutes=40), TripState.DISPATCHED)
    assert not seen(one).legs[0].is_shown
    set_for(one, shown_before_min=45)
    assert seen(one).legs[0].is_shown


def test_who_has_chosen_nothing_is_told_what_the_school_says():
    one = running_family()
    set_for(one, notice_kinds=["late"])
    take_changes([one.trip.pk])
    assert not FamilyNotice.objects.exists()
    set_for(one, notice_kinds=["stops_away"], stops_away=5)
    one.set_trip(late_reason="fog")
    take_changes([one.trip.pk])
    assert [notice.kind for notice in FamilyNotice.objects.all()] == ["stops_away"]
    chosen = browser_of(one.guardian).get(reverse("family_settings")).context["form"]
    assert (chosen.initial["stops_away"], chosen.initial["kinds"]) == (5, ["stops_away"])


def test_where_links_are_not_allowed_none_is_made_and_none_opens_anything():
    one = running_family()
    _share, secret = share_trips(pupil=one.child, name="grandmother", days=10, by=one.guardian)
    assert share_of(secret, timezone.now())
    set_for(one, allows_shares=False)
    assert share_of(secret, timezone.now()) is None
    with pytest.raises(RecordError):
        share_trips(pupil=one.child, name="aunt", days=10, by=one.guardian)
    page = browser_of(one.guardian).get(reverse("family_child", args=[one.child.pk])).content.decode()
    assert "does not allow links" in page
    set_for(one, allows_shares=True)
    assert share_of(secret, timezone.now())


def test_a_school_sees_the_links_in_force_and_revokes_one():
    one = running_family()
    where = one.line.where
    share, secret = share_trips(pupil=one.child, name="grandmother", days=10, by=one.guardian)
    browser = browser_of(where.principal)
    assert browser.get(page_of(where.school)).context["shares"] == [share]
    address = reverse("schoolfamily_share_end", args=[where.school.pk, share.pk])
    assert browser_of(place().principal).post(address).status_code == 404
    assert browser.post(address).status_code == 302
    assert share_of(secret, timezone.now()) is None
    share.refresh_from_db()
    assert share.revoked_by == where.principal


def test_who_is_linked_and_who_is_not_is_listed_and_logged_and_slips_are_for_those_who_are_not():
    one = running_family()
    where = one.line.where
    waiting = pupil(where, "小刚")
    browser = browser_of(where.principal)
    page = browser.get(page_of(where.school))
    assert [row[0] for row in page.context["rows"]] == [waiting]
    assert (page.context["linked_count"], page.context["waiting_count"]) == (1, 1)
    assert AccessRecord.objects.filter(object_id=waiting.pk, person=where.principal).count() == 1
    linked = browser.get(page_of(where.school), {"show": "linked"})
    assert [(pupil, [link.guardian for link in links]) for pupil, links in linked.context["rows"]] == [
        (one.child, [one.guardian])
    ]
    slips = reverse("schoolfamily_slips", args=[where.school.pk])
    assert browser.get(slips).context["pupils"] == [waiting]
    made = browser.post(slips, {"copies": "1"})
    assert made["Content-Type"] == "application/pdf"
    assert browser.get(page_of(where.school)).context["rows"][0][0].has_code

"""The switch for low visibility: by whom, for where, and never for a time that is past."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from fleet.organisations.models import Kind
from fleet.routes import weather_changes as changes
from fleet.routes.models import LowVisibility
from tests.fleet.builders import organisation

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


def declared(where, **details):
    given = {"organisation": where.operator, "weather": "fog"} | details
    return changes.declare_low_visibility(by=where.coordinator, reason="t", **given)


def test_it_holds_at_once_and_until_it_is_ended(where):
    before = timezone.now()
    one = declared(where)
    assert before <= one.since <= timezone.now()
    assert one.until is None
    ended = changes.end_low_visibility(one, by=where.coordinator, reason="clear")
    assert ended.until is not None
    assert [one.history_user for one in ended.history.all()] == [where.coordinator] * 2


def test_nobody_is_held_to_what_could_not_be_known(where):
    with pytest.raises(ValidationError, match="past"):
        declared(where, since=timezone.now() - HOUR)
    with pytest.raises(ValidationError, match="past"):
        declared(where, until=timezone.now() - HOUR)
    with pytest.raises(ValidationError, match="after it begins"):
        declared(where, since=timezone.now() + 2 * HOUR, until=timezone.now() + HOUR)


def test_what_has_been_in_force_does_not_change(where):
    one = declared(where)
    for change in ({"since": timezone.now() + HOUR}, {"organisation": where.district}):
        with pytest.raises((ValidationError, PermissionDenied)):
            changes.change_low_visibility(one, change, by=where.coordinator)
    changes.end_low_visibility(one, by=where.coordinator)
    with pytest.raises(ValidationError, match="over"):
        changes.change_low_visibility(one, {"until": timezone.now() + HOUR}, by=where.coordinator)


def test_what_was_taken_back_comes_back_only_before_it_begins(where):
    later = declared(where, since=timezone.now() + HOUR)
    changes.archive(later, by=where.coordinator, reason="t")
    assert changes.restore(later, by=where.coordinator).archived_at is None
    now = declared(where)
    changes.archive(now, by=where.coordinator, reason="t")
    with pytest.raises(ValidationError, match="begun"):
        changes.restore(now, by=where.coordinator)


def test_only_within_reach(where):
    with pytest.raises(PermissionDenied):
        declared(where, organisation=organisation(Kind.OPERATOR, organisation()))
    with pytest.raises(PermissionDenied):
        changes.declare_low_visibility(by=where.principal, organisation=where.school, weather="fog")


def test_the_coordinator_s_page(client, where):
    assert b"No low visibility" in client.get(reverse("lowvisibility_list")).content
    given = {
        "organisation": where.operator.pk,
        "weather": "snow",
        "since": "",
        "until": "",
        "note": "北部山区",
    }
    assert client.post(reverse("lowvisibility_new"), given).status_code == 302
    one = LowVisibility.objects.get()
    shown = client.get(reverse("lowvisibility_list")).content.decode()
    assert "In force" in shown
    detail = reverse("lowvisibility_detail", args=[one.pk])
    assert "End now" in client.get(detail).content.decode()
    assert client.post(reverse("lowvisibility_end", args=[one.pk])).status_code == 302
    page = client.get(detail).content.decode()
    assert "End now" not in page
    assert "The usual limits hold again." in page
    assert "Over" in client.get(reverse("lowvisibility_list")).content.decode()


def test_its_end_can_be_set_though_a_form_knows_no_seconds(client, where):
    one = declared(where)
    edit = reverse("lowvisibility_edit", args=[one.pk])
    since = timezone.localtime(one.since).strftime("%Y-%m-%dT%H:%M")
    until = timezone.localtime(timezone.now() + HOUR).strftime("%Y-%m-%dT%H:%M")
    given = {"organisation": where.operator.pk, "weather": "fog", "since": since, "until": until, "note": ""}
    assert client.post(edit, given).status_code == 302
    one.refresh_from_db()
    assert one.until is not None
    with pytest.raises(ValidationError, match="begun"):
        changes.change_low_visibility(one, {"since": timezone.now() + HOUR}, by=where.coordinator)


def test_it_can_be_edited_in_the_past_by_nobody(client, where):
    past = timezone.localtime(timezone.now() - HOUR).strftime("%Y-%m-%dT%H:%M")
    given = {"organisation": where.operator.pk, "weather": "fog", "since": past, "until": "", "note": ""}
    page = client.post(reverse("lowvisibility_new"), given)
    assert page.status_code == 200
    assert b"in the past" in page.content
    assert not LowVisibility.objects.exists()

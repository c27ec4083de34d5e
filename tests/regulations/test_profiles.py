"""Regulation profiles: what is shipped, which version judges a day, four eyes, and differences."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from fleet.dispatch.gate import check_dispatch
from fleet.organisations.models import Kind, Role
from fleet.regulations import changes
from fleet.regulations.changes import ProfileError
from fleet.regulations.models import RegulationNumber, RegulationProfile, Status
from fleet.regulations.profile import current_rulebook
from fleet.regulations.queries import NoProfileError, differences, profile_for
from fleet.regulations.shipped import load_shipped_profiles, shipped_profiles
from tests.dispatch.builders import LAWFUL
from tests.fleet.builders import organisation, person

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)
LATER = date(2027, 1, 1)


@pytest.fixture
def country():
    return organisation()


@pytest.fixture
def one(country):
    return person(Role.ADMINISTRATOR, country)


@pytest.fixture
def other(country):
    return person(Role.ADMINISTRATOR, country)


def profile(code="cn-2022"):
    return RegulationProfile.objects.get(code=code)


def drafted(by, **given):
    return changes.draft_from(
        **{"basis": profile(), "valid_from": LATER, "by": by, "reason": "new law", **given}
    )


def approved(one, other, **given):
    """A version with another age limit, drafted by one and approved by the other."""
    draft = drafted(one, **given)
    changes.set_number(profile=draft, key="driver.age_max", content={"value": 63}, by=one, reason="Order 172")
    changes.propose(profile=draft, by=one, reason="ready")
    return changes.approve(profile=draft, by=other, reason="read it")


def age_limit(day, jurisdiction="CN"):
    return profile_for(jurisdiction, day).numbers["driver.age_max"].value


def test_what_is_shipped_is_in_the_database_once():
    before = RegulationNumber.objects.count()
    load_shipped_profiles()
    assert RegulationNumber.objects.count() == before == sum(len(file.numbers) for file in shipped_profiles())
    assert set(RegulationProfile.objects.values_list("code", "status", "enabled")) == {
        ("cn-2012", "approved", True),
        ("cn-2022", "approved", True),
        ("us-395-5", "approved", False),
        ("eu-561-2006", "approved", False),
    }


def test_what_a_new_release_ships_is_proposed_where_a_profile_is_in_force():
    profile("cn-2022").delete()
    load_shipped_profiles()
    assert (profile().status, profile("cn-2012").status) == (Status.PROPOSED, Status.APPROVED)


def test_every_number_of_the_law_has_its_article_and_source():
    for number in RegulationNumber.objects.all():
        if not number.key.startswith("left_aboard."):
            assert number.article, number.key
            assert number.source, number.key
        number.full_clean()


def test_numbers_that_nobody_has_read_in_the_law_are_to_be_confirmed():
    to_be_confirmed = {number.key for number in profile().numbers.all() if number.to_be_confirmed}
    assert {"fatigue.driving_24h", "fatigue.night_from", "crime.overloading_large_percent"} <= to_be_confirmed
    assert not {"driver.age_max", "speed.ordinary", "points.overloading_upper"} & to_be_confirmed


def test_a_tier_from_a_number_on_includes_it():
    numbers = profile_for("CN", DAY).numbers
    assert numbers["points.overloading_upper_tier_from"].bound == "at_least"
    assert numbers["points.overloading_upper_tier_from"].value == 20


def test_the_gate_finds_every_number_that_it_needs_in_what_is_shipped():
    assert check_dispatch(LAWFUL, profile_for("CN", DAY).values).allowed


def test_a_day_is_judged_by_the_version_of_that_day():
    assert profile_for("CN", date(2022, 3, 31)).code == "cn-2012"
    assert profile_for("CN", date(2022, 4, 1)).code == "cn-2022"
    with pytest.raises(NoProfileError, match="2012-04-04"):
        profile_for("CN", date(2012, 4, 4))


@pytest.mark.parametrize("jurisdiction", ["US", "EU", "FR"])
def test_a_jurisdiction_that_is_switched_off_or_unknown_judges_nothing(jurisdiction):
    with pytest.raises(NoProfileError, match=jurisdiction):
        profile_for(jurisdiction, DAY)


def test_reports_are_held_against_the_profile_of_today():
    book = current_rulebook()
    assert book.profile == "cn-2022"
    assert round(book.speeding.lowest_mps * 3.6) == 20


def test_a_version_approved_by_another_judges_from_its_day_on(one, other):
    version = approved(one, other)
    assert (version.code, version.version, version.approved_by) == ("cn-v3", 3, other)
    assert [age_limit(LATER - timedelta(days=1)), age_limit(LATER)] == [60, 63]
    assert profile("cn-2022").status == Status.APPROVED


def test_who_made_a_version_cannot_approve_it(one, other):
    draft = drafted(one)
    changes.set_number(profile=draft, key="driver.age_max", content={"value": 63}, by=other, reason="x")
    changes.propose(profile=draft, by=other, reason="x")
    for maker in (one, other):
        with pytest.raises(PermissionDenied, match="Another administrator"):
            changes.approve(profile=draft, by=maker, reason="x")
    draft.refresh_from_db()
    assert draft.status == Status.PROPOSED
    assert age_limit(LATER) == 60


def test_who_is_no_administrator_of_all_may_change_nothing(country, one):
    school = organisation(Kind.SCHOOL, country)
    draft = drafted(one)
    proposed = changes.propose(profile=drafted(one), by=one, reason="x")
    for someone in (
        person(Role.COORDINATOR, country),
        person(Role.PRINCIPAL, school),
        person(Role.ADMINISTRATOR, school),
        person(),
    ):
        for attempt in (
            drafted,
            lambda by: changes.draft_province(
                jurisdiction="CN-JS", name="x", valid_from=LATER, by=by, reason="x"
            ),
            lambda by: changes.set_number(profile=draft, key="a.b", content={}, by=by, reason="x"),
            lambda by: changes.remove_number(profile=draft, key="driver.age_max", by=by, reason="x"),
            lambda by: changes.propose(profile=draft, by=by, reason="x"),
            lambda by: changes.send_back(profile=proposed, by=by, reason="x"),
            lambda by: changes.approve(profile=proposed, by=by, reason="x"),
        ):
            with pytest.raises(PermissionDenied):
                attempt(someone)


def test_what_is_approved_or_proposed_cannot_be_changed(one, other):
    proposed = changes.propose(profile=drafted(one), by=one, reason="x")
    for fixed in (proposed, profile()):
        with pytest.raises(ProfileError, match="draft a new one"):
            changes.set_number(profile=fixed, key="driver.age_max", content={"value": 70}, by=one, reason="x")
        with pytest.raises(ProfileError, match="draft a new one"):
            changes.remove_number(profile=fixed, key="driver.age_max", by=one, reason="x")
    with pytest.raises(ProfileError):
        changes.approve(profile=profile(), by=other, reason="x")
    assert age_limit(DAY) == 60


def test_a_draft_or_proposal_judges_nothing(one):
    draft = drafted(one)
    changes.set_number(profile=draft, key="driver.age_max", content={"value": 63}, by=one, reason="x")
    assert age_limit(LATER) == 60
    changes.propose(profile=draft, by=one, reason="x")
    assert age_limit(LATER) == 60


def test_what_was_sent_back_can_be_changed_and_proposed_again(one, other):
    proposed = changes.propose(profile=drafted(one), by=one, reason="x")
    back = changes.send_back(profile=proposed, by=other, reason="typing error")
    changes.set_number(profile=back, key="driver.age_max", content={"value": 63}, by=one, reason="x")
    changes.propose(profile=back, by=one, reason="x")
    with pytest.raises(PermissionDenied):
        changes.approve(profile=back, by=other, reason="x")  # sending back was a hand in it


def test_a_version_is_withdrawn_by_one_that_takes_all_its_days(one, other, country):
    first = approved(one, other)
    second = approved(one, other, basis=first)
    first.refresh_from_db()
    assert (first.status, second.status) == (Status.WITHDRAWN, Status.APPROVED)
    assert profile_for("CN", LATER).code == second.code


def test_a_version_for_some_days_gives_way_again(one, other):
    approved(one, other, valid_until=LATER + timedelta(days=30))
    assert [age_limit(LATER + timedelta(days=n)) for n in (0, 30, 31)] == [63, 63, 60]
    assert profile("cn-2022").status == Status.APPROVED


def test_a_version_that_is_switched_off_ends_what_was_in_force(one, other):
    approved(one, other, enabled=False)
    assert age_limit(LATER - timedelta(days=1)) == 60
    with pytest.raises(NoProfileError):
        profile_for("CN", LATER)


def test_a_province_overrides_single_numbers_and_inherits_the_others(one, other):
    draft = changes.draft_province(
        jurisdiction="CN-JS", name="江苏", valid_from=LATER, by=one, reason="provincial rule"
    )
    content = {
        "value": 50,
        "unit": "km/h",
        "bound": "at_most",
        "article": "第十条",
        "source": "省政府令",
        "certainty": "secondary",
    }
    changes.set_number(profile=draft, key="speed.ordinary", content=content, by=one, reason="x")
    changes.propose(profile=draft, by=one, reason="x")
    changes.approve(profile=draft, by=other, reason="x")
    rules = profile_for("CN-JS", LATER)
    assert rules.code == "cn-js-v1+cn-2022"
    assert (rules.values["speed.ordinary"], rules.values["speed.expressway"]) == (50, 80)
    assert profile_for("CN", LATER).values["speed.ordinary"] == 60
    assert profile_for("CN-JS", DAY).values["speed.ordinary"] == 60


@pytest.mark.parametrize("jurisdiction", ["CN", "FR-75", "JS"])
def test_a_province_needs_a_country_with_a_profile(one, jurisdiction):
    with pytest.raises(ProfileError, match="CN-JS"):
        changes.draft_province(jurisdiction=jurisdiction, name="x", valid_from=LATER, by=one, reason="x")


def test_what_cannot_be_right_is_refused_with_the_field_named(one):
    with pytest.raises(ValidationError) as refused:
        drafted(one, valid_until=LATER - timedelta(days=1))
    assert "profile_ends_after_start" in str(refused.value) or "valid_until" in refused.value.message_dict
    with pytest.raises(ValidationError) as refused:
        changes.draft_province(jurisdiction="CN-江苏", name="x", valid_from=LATER, by=one, reason="x")
    assert set(refused.value.message_dict) == {"jurisdiction"}
    draft = drafted(one)
    for field, value in (("value", "many"), ("bound", "about"), ("certainty", "sure"), ("unit", "")):
        with pytest.raises(ValidationError) as refused:
            changes.set_number(
                profile=draft, key="driver.age_max", content={field: value}, by=one, reason="x"
            )
        assert set(refused.value.message_dict) == {field}
    with pytest.raises(ValidationError) as refused:
        changes.set_number(profile=draft, key="Age", content={}, by=one, reason="x")
    assert "key" in refused.value.message_dict


def test_every_change_needs_a_reason_and_is_kept_with_who_made_it(one):
    with pytest.raises(ProfileError, match="Say why"):
        drafted(one, reason="  ")
    draft = drafted(one)
    changes.set_number(profile=draft, key="driver.age_max", content={"value": 63}, by=one, reason="Order 172")
    changes.remove_number(profile=draft, key="bus.seats_min", by=one, reason="not ours")
    kept = RegulationNumber.history.filter(profile_id=draft.pk)
    changed = kept.filter(key="driver.age_max").first()
    assert (changed.history_user, changed.history_change_reason, changed.value) == (one, "Order 172", 63)
    removed = kept.filter(key="bus.seats_min").first()
    assert (removed.history_user, removed.history_change_reason, removed.history_type) == (
        one,
        "not ours",
        "-",
    )


def test_the_difference_of_two_versions(one):
    draft = drafted(one)
    assert differences(profile(), draft) == []
    changes.set_number(profile=draft, key="driver.age_max", content={"value": 63}, by=one, reason="x")
    changes.set_number(profile=draft, key="bus.seats_min", content={"note": "as before"}, by=one, reason="x")
    changes.remove_number(profile=draft, key="speed.hazard", by=one, reason="x")
    new = {"value": 1, "unit": "h", "bound": "exactly", "certainty": "common"}
    changes.set_number(profile=draft, key="zone.new", content=new, by=one, reason="x")
    assert [(one.key, one.kind) for one in differences(profile(), draft)] == [
        ("bus.seats_min", "changed"),
        ("driver.age_max", "changed"),
        ("speed.hazard", "removed"),
        ("zone.new", "added"),
    ]

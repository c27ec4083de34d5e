"""Plate cards: when one may be issued, what it may name, how long it holds."""

from dataclasses import replace
from datetime import time

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from fleet.permits.cards import CardText, end_card, issue_card
from fleet.permits.changes import apply_for_change
from fleet.permits.models import ApplicationKind, CardState, PlateCard
from fleet.permits.queries import cards_in_force
from fleet.records import RecordError
from fleet.vehicles.models import VehicleInspection
from tests.permits.builders import APPLIED, TODAY, District, days

pytestmark = pytest.mark.django_db


@pytest.fixture
def district() -> District:
    return District()


def changed(district: District, permit, kind: ApplicationKind) -> None:
    application = apply_for_change(
        permit=permit,
        kind=kind,
        bus=district.bus,
        details="变更",
        applied_on=APPLIED,
        by=district.coordinator,
    )
    district.approve(application)


def test_a_card_ends_with_the_inspection(district):
    district.inspect(days(90))
    assert district.card(district.permit()).valid_until == days(90)


def test_a_card_never_ends_after_the_permit(district):
    district.inspect(days(90))
    assert district.card(district.permit(valid_until=days(30))).valid_until == days(30)


def test_no_card_without_an_inspection_that_was_passed(district):
    permit = district.permit()
    with pytest.raises(RecordError):
        district.card(permit)
    district.inspect(days(90))
    VehicleInspection.objects.create(bus=district.bus, inspected_on=days(-1), result="failed")
    with pytest.raises(RecordError):
        district.card(permit)


def test_no_card_once_the_inspection_has_ended(district):
    district.inspect(days(-1))
    with pytest.raises(RecordError):
        district.card(district.permit())


def test_no_card_before_the_permit_is_granted(district):
    district.inspect(days(90))
    with pytest.raises(RecordError):
        district.card(district.application().permit)


def test_no_card_for_a_bus_outside_the_permit(district):
    permit, other = district.permit(), district.another_bus()
    district.inspect(days(90), of=other)
    with pytest.raises(ValidationError) as refusal:
        district.card(permit, bus=other)
    assert "bus" in refusal.value.message_dict


def test_a_driver_without_qualification_is_refused_by_name(district):
    district.inspect(days(90))
    lapsed = district.driver(valid_until=days(-1))
    with pytest.raises(ValidationError) as refusal:
        district.card(district.permit(), district.text(drivers=(lapsed,)))
    assert lapsed.name in str(refusal.value.message_dict["drivers"])


@pytest.mark.parametrize("times", [(), ((time(8), time(7)),)])
def test_times_that_can_not_be_are_refused(district, times):
    district.inspect(days(90))
    with pytest.raises(ValidationError) as refusal:
        district.card(district.permit(), district.text(times=times))
    assert "times" in refusal.value.message_dict


def test_a_second_card_for_the_same_days_is_refused(district):
    permit, text = district.permit(), district.text()
    district.inspect(days(90))
    district.card(permit, text)
    with pytest.raises(RecordError):
        district.card(permit, text)
    assert PlateCard.objects.count() == 1


def test_two_current_cards_of_a_bus_never_share_a_day(district):
    district.inspect(days(90))
    card = district.card(district.permit())
    twin = PlateCard.objects.get(pk=card.pk)
    twin.pk, twin.number = None, "another"
    with pytest.raises(ValidationError) as refusal:
        twin.full_clean()
    assert set(refusal.value.message_dict) == {"valid_from", "valid_until"}


def test_a_card_is_renewed_within_the_month_before_and_follows_without_a_gap(district):
    permit, text = district.permit(), district.text()
    district.inspect(days(20))
    old = district.card(permit, text)
    district.inspect(days(190), inspected_on=days(-1))
    new = district.card(permit, text)
    assert new.valid_from == days(21)
    assert new.valid_until == days(190)
    assert list(cards_in_force(TODAY)) == [old]
    assert list(cards_in_force(days(30))) == [new]


def test_a_renewed_card_names_the_same(district):
    permit, text = district.permit(), district.text()
    district.inspect(days(20))
    district.card(permit, text)
    district.inspect(days(190), inspected_on=days(-1))
    with pytest.raises(ValidationError) as refusal:
        district.card(permit, replace(text, drivers=(district.driver(),), owner="别人"))
    assert set(refusal.value.message_dict) == {"drivers", "owner"}


def test_a_driver_is_changed_by_an_approved_change_and_a_new_card(district):
    permit, text = district.permit(), district.text()
    district.inspect(days(90))
    old = district.card(permit, text)
    changed(district, permit, ApplicationKind.DRIVER)
    other = replace(text, drivers=(district.driver(),))
    with pytest.raises(ValidationError):
        district.card(permit, replace(other, owner="别人"))
    new = district.card(permit, other)
    old.refresh_from_db()
    assert old.state == CardState.REPLACED
    assert CardText.of(new) == other
    assert list(cards_in_force(TODAY)) == [new]


def test_an_approved_change_is_good_for_one_card(district):
    permit, text = district.permit(), district.text()
    district.inspect(days(90))
    district.card(permit, text)
    changed(district, permit, ApplicationKind.DRIVER)
    district.card(permit, text)
    with pytest.raises(RecordError):
        district.card(permit, text)


def test_a_lost_card_is_replaced_by_one_that_names_the_same(district):
    permit, text = district.permit(), district.text()
    district.inspect(days(90))
    card = district.card(permit, text)
    end_card(card=card, state=CardState.LOST, ended_on=TODAY, reason="遗失", by=district.coordinator)
    assert not cards_in_force(TODAY).exists()
    with pytest.raises(ValidationError):
        district.card(permit, replace(text, stops=("别处",)))
    assert district.card(permit, text).valid_until == days(90)


def test_a_card_ends_once_and_for_a_reason(district):
    district.inspect(days(90))
    card = district.card(district.permit())
    given = {"card": card, "state": CardState.RETURNED, "ended_on": TODAY, "by": district.coordinator}
    with pytest.raises(RecordError):
        end_card(**given, reason=" ")
    end_card(**given, reason="停用")
    with pytest.raises(RecordError):
        end_card(**given, reason="停用")


def test_a_coordinator_does_not_issue_cards(district):
    district.inspect(days(90))
    with pytest.raises(PermissionDenied):
        issue_card(
            permit=district.permit(),
            bus=district.bus,
            number="1",
            issuer="x",
            issued_on=TODAY,
            text=district.text(),
            by=district.coordinator,
        )

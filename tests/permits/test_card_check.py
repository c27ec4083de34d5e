"""What a plain phone shows that scans a plate card."""

import pytest
from django.urls import reverse

from fleet.permits.card_check import CardVerdict, check_card, verdict_on
from fleet.permits.card_code import PREFIX, CardSigner, CodeError
from fleet.permits.cards import end_card
from fleet.permits.changes import revoke_permit
from fleet.permits.models import CardState
from fleet.permits.printing import code_of
from tests.permits.builders import TODAY, District, days

pytestmark = pytest.mark.django_db


@pytest.fixture
def district() -> District:
    made = District()
    made.inspect(days(90))
    return made


def scanned(card) -> str:
    return code_of(card, CardSigner.of_installation())


def page(client, card):
    return client.get(reverse("plate_card_check", args=[scanned(card).rpartition(PREFIX)[2]]))


def test_the_code_is_an_address_that_a_plain_phone_opens(district, settings):
    card = district.card(district.permit())
    assert scanned(card).startswith("/c/")
    settings.PUBLIC_URL = "https://bus.example"
    assert scanned(card).startswith("https://bus.example/c/")
    assert check_card(scanned(card), TODAY).card == card


def test_a_stranger_sees_that_a_card_is_good_and_no_name_of_a_driver(client, district):
    card = district.card(district.permit())
    shown = page(client, card)
    assert shown.status_code == 200
    assert shown.context["check"].verdict == CardVerdict.GOOD
    assert card.plate in shown.content.decode()
    assert card.drivers.get().name not in shown.content.decode()


def test_a_lost_card_is_not_good_and_the_new_one_is(client, district):
    permit, text = district.permit(), district.text()
    lost = district.card(permit, text)
    end_card(card=lost, state=CardState.LOST, ended_on=TODAY, reason="遗失", by=district.coordinator)
    new = district.card(permit, text)
    assert lost.number != new.number
    assert page(client, lost).context["check"].verdict == CardVerdict.ENDED
    assert page(client, new).context["check"].verdict == CardVerdict.GOOD


def test_a_card_is_good_on_its_days_only(district):
    card = district.card(district.permit())
    verdicts = [verdict_on(card, day) for day in (days(-1), TODAY, days(90), days(91))]
    assert verdicts == [CardVerdict.NOT_YET, CardVerdict.GOOD, CardVerdict.GOOD, CardVerdict.LAPSED]


def test_no_card_of_a_permit_that_was_revoked_is_good(district):
    permit = district.permit()
    card = district.card(permit)
    revoke_permit(permit=permit, revoked_on=TODAY, reason="超员", by=district.administrator)
    assert check_card(scanned(card), TODAY).verdict == CardVerdict.ENDED


@pytest.mark.parametrize("code", ["x", "YQ.YQ", "a.b.c", "é"])
def test_a_code_that_was_not_signed_here_is_told_as_such(client, code):
    assert client.get(reverse("plate_card_check", args=[code])).status_code == 404
    with pytest.raises(CodeError):
        check_card(PREFIX + code, TODAY)

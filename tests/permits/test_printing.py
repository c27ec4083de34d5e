"""Plate cards as a PDF."""

import re

import pytest

from fleet.permits.card_code import CardSigner, read_code
from fleet.permits.printing import code_of, in_chinese, print_cards
from tests.permits.builders import TODAY, District, days

pytestmark = pytest.mark.django_db


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.fixture
def card():
    district = District()
    district.inspect(days(90))
    return district.card(district.permit())


def test_fronts_and_backs_are_on_pages_of_their_own_two_cards_to_a_sheet(card):
    assert pages_of(print_cards([card])) == 2
    assert pages_of(print_cards([card, card])) == 2
    assert pages_of(print_cards([card, card, card])) == 4


def test_a_card_with_many_stops_keeps_to_its_sheet(card):
    card.stops = [f"第{n}停靠站点" for n in range(40)]
    assert pages_of(print_cards([card, card])) == 2


def test_the_code_says_what_is_on_the_card(card):
    signer = CardSigner.of_installation()
    content = read_code(code_of(card, signer), signer.public_key)
    assert (content.number, content.plate) == (card.number, card.plate)
    assert (content.valid_from, content.valid_until) == (card.valid_from, card.valid_until)


def test_days_are_written_as_on_official_documents():
    assert in_chinese(TODAY) == f"{TODAY.year}年{TODAY.month}月{TODAY.day}日"

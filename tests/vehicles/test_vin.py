"""VINs: known ones are taken, and every single mistake in one with a check digit is found where it can be."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fleet.vehicles.vin import (
    CHECK_POSITION,
    VALUES,
    WEIGHTS,
    VinError,
    VinFault,
    check_digit,
    check_vin,
    has_check_digit,
    normalise_vin,
)

PUBLISHED = ["1M8GDM9AXKP042788", "11111111111111111", "5GZCZ43D13S812715", "LSVAM4187C2184847"]


def with_check_digit(text: str) -> str:
    return text[:CHECK_POSITION] + check_digit(text) + text[CHECK_POSITION + 1 :]


chinese = st.text(alphabet=sorted(VALUES), min_size=16, max_size=16).map(lambda t: with_check_digit("L" + t))


@pytest.mark.parametrize("vin", PUBLISHED)
def test_published_vins_have_the_check_digit_that_is_worked_out(vin):
    assert check_vin(vin) is True
    assert check_digit(vin) == vin[CHECK_POSITION]


@given(chinese, st.integers(0, 16), st.sampled_from(sorted(VALUES)))
def test_a_mistyped_character_is_found_unless_its_number_is_the_same(vin, position, character):
    assume(position not in (0, CHECK_POSITION))
    assume((VALUES[vin[position]] - VALUES[character]) * WEIGHTS[position] % 11 != 0)
    wrong = vin[:position] + character + vin[position + 1 :]
    with pytest.raises(VinError) as refused:
        check_vin(wrong)
    assert refused.value.fault == VinFault.CHECK_DIGIT


@given(chinese, st.sampled_from("0123456789X"))
def test_only_one_check_digit_goes_with_the_rest(vin, digit):
    assume(digit != vin[CHECK_POSITION])
    with pytest.raises(VinError):
        check_vin(vin[:CHECK_POSITION] + digit + vin[CHECK_POSITION + 1 :])


@pytest.mark.parametrize(
    ("vin", "fault"),
    [
        ("", VinFault.LENGTH),
        ("LSVAM4187C218484", VinFault.LENGTH),
        ("LSVAM4187C21848477", VinFault.LENGTH),
        ("LSVAM4187C218484O", VinFault.CHARACTER),
        ("LSVAM4187C21848I7", VinFault.CHARACTER),
        ("LSVAM418QC2184847", VinFault.CHARACTER),
        ("LSVAM4188C2184847", VinFault.CHECK_DIGIT),
    ],
)
def test_a_vin_that_cannot_be_is_refused_with_the_reason(vin, fault):
    with pytest.raises(VinError) as refused:
        check_vin(vin)
    assert refused.value.fault == fault


def test_a_maker_outside_china_and_north_america_need_give_no_check_digit():
    european = "WDB9634031L123456"
    assert not has_check_digit(european)
    assert check_vin(european) is False


def test_a_vin_is_kept_in_half_width_capitals():
    assert normalise_vin(" lsvam4187-c2184847 ") == normalise_vin("ＬＳＶＡＭ４１８７Ｃ２１８４８４７")
    assert normalise_vin(" lsvam4187-c2184847 ") == "LSVAM4187C2184847"

"""Identity numbers: the standard's own example is taken, and every single mistake is found."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.people.identity_number import (
    CHECK_CHARACTERS,
    IdentityError,
    IdentityFault,
    check_character,
    check_identity_number,
    masked,
    normalise_identity_number,
)

TODAY = date(2026, 11, 23)
FROM_THE_STANDARD = "11010519491231002X"


@st.composite
def numbers(draw):
    born_on = draw(st.dates(date(1900, 1, 1), TODAY))
    first = f"{draw(st.sampled_from(['110105', '320500', '440524']))}{born_on:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return first + check_character(first)


def test_the_examples_of_the_standard_are_taken():
    assert check_identity_number(FROM_THE_STANDARD, TODAY) == date(1949, 12, 31)
    assert check_character("44052418800101001") == "4"


@given(numbers(), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(number, position, difference):
    digit = (int(number[position]) + difference) % 10
    with pytest.raises(IdentityError):
        check_identity_number(number[:position] + str(digit) + number[position + 1 :], TODAY)


@given(numbers(), st.integers(0, 15))
def test_two_digits_changed_over_never_pass(number, position):
    swapped = number[:position] + number[position + 1] + number[position] + number[position + 2 :]
    if swapped != number:
        with pytest.raises(IdentityError):
            check_identity_number(swapped, TODAY)


@given(numbers(), st.sampled_from(CHECK_CHARACTERS))
def test_one_check_character_goes_with_the_rest(number, character):
    if character == number[-1]:
        assert check_identity_number(number, TODAY)
    else:
        with pytest.raises(IdentityError) as refused:
            check_identity_number(number[:-1] + character, TODAY)
        assert refused.value.fault == IdentityFault.CHECK_CHARACTER


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("", IdentityFault.SHAPE),
        ("1101051949123100", IdentityFault.SHAPE),
        ("X1010519491231002X", IdentityFault.SHAPE),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢٥", IdentityFault.SHAPE),
        ("99010519491231002X", IdentityFault.REGION),
        ("110105194902300021", IdentityFault.BIRTH_DATE),
        ("110105189912310021", IdentityFault.BIRTH_DATE),
        ("110105203012310021", IdentityFault.BIRTH_DATE),
        ("110105194912310021", IdentityFault.CHECK_CHARACTER),
    ],
)
def test_a_number_that_cannot_be_is_refused_with_the_reason(number, fault):
    with pytest.raises(IdentityError) as refused:
        check_identity_number(number, TODAY)
    assert refused.value.fault == fault


def test_a_number_is_kept_in_one_form_and_shown_masked():
    assert normalise_identity_number(" 110105 19491231-002x ") == FROM_THE_STANDARD
    assert masked(FROM_THE_STANDARD) == "110*************2X"
    assert masked("1234") == "****"

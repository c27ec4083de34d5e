"""Plates that exist are taken and kept in one form; those that can't be are refused with the reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.vehicles.plates import (
    BATTERY,
    LETTERS,
    OTHER_NEW_ENERGY,
    PROVINCES,
    PlateError,
    PlateFault,
    PlateKind,
    check_plate,
    normalise_plate,
)

places = st.tuples(st.sampled_from(PROVINCES), st.sampled_from(LETTERS)).map("".join)


@pytest.mark.parametrize(
    ("plate", "kind"),
    [
        ("苏E12345", PlateKind.ORDINARY),
        ("京A8B88C", PlateKind.ORDINARY),
        ("粤BD12345", PlateKind.SMALL_NEW_ENERGY),
        ("沪AFK1234", PlateKind.SMALL_NEW_ENERGY),
        ("苏E12345D", PlateKind.LARGE_NEW_ENERGY),
        ("苏E12345F", PlateKind.LARGE_NEW_ENERGY),
        ("沪AA12345", PlateKind.SMALL_NEW_ENERGY),
        ("京AGC1234", PlateKind.SMALL_NEW_ENERGY),
        ("苏E12345K", PlateKind.LARGE_NEW_ENERGY),
        ("粤Z1234港", PlateKind.CROSS_BORDER),
        ("粤ZAB12澳", PlateKind.CROSS_BORDER),
    ],
)
def test_the_kind_follows_from_the_plate(plate, kind):
    assert check_plate(plate) == kind


@pytest.mark.parametrize(
    ("plate", "fault"),
    [
        ("", PlateFault.PROVINCE),
        ("E12345", PlateFault.PROVINCE),
        ("苏", PlateFault.AUTHORITY),
        ("苏I12345", PlateFault.AUTHORITY),
        ("苏112345", PlateFault.AUTHORITY),
        ("苏EO2345", PlateFault.LETTER),
        ("苏E1234I", PlateFault.LETTER),
        ("苏E1234", PlateFault.LENGTH),
        ("苏E1234567", PlateFault.LENGTH),
        ("苏EABC12", PlateFault.SERIAL),
        ("苏E学1234", PlateFault.SERIAL),
        ("苏E123456", PlateFault.SERIAL),
        ("沪AF8K123", PlateFault.SERIAL),
        ("苏EDD123D", PlateFault.SERIAL),
        ("苏EL12345", PlateFault.SERIAL),
        ("苏E12345L", PlateFault.SERIAL),
        ("苏E1234港", PlateFault.SERIAL),
        ("苏E1234学", PlateFault.PURPOSE),
        ("苏E1234警", PlateFault.PURPOSE),
        ("苏E1234挂", PlateFault.PURPOSE),
        ("沪22412领", PlateFault.PURPOSE),
        ("224012使", PlateFault.PURPOSE),
        ("使224012", PlateFault.PURPOSE),
        ("苏E1234临", PlateFault.PURPOSE),
        ("民航A1234", PlateFault.PURPOSE),
        ("WJ苏1234X", PlateFault.PURPOSE),
    ],
)
def test_a_plate_that_cannot_be_is_refused_with_the_reason(plate, fault):
    with pytest.raises(PlateError) as refused:
        check_plate(plate)
    assert refused.value.fault == fault


@pytest.mark.parametrize(
    "written", ["苏E·12345", "苏e 12345", " 苏Ｅ・１２３４５ ", "苏E-12345", "苏E•12345"]
)
def test_every_way_of_writing_a_plate_is_kept_as_one(written):
    assert normalise_plate(written) == "苏E12345"


@given(places, st.from_regex(r"[0-9]{5}", fullmatch=True))
def test_five_digits_are_a_plate_everywhere(place, digits):
    assert check_plate(place + digits) == PlateKind.ORDINARY


@given(places, st.sampled_from(BATTERY + OTHER_NEW_ENERGY), st.from_regex(r"[0-9]{5}", fullmatch=True))
def test_the_place_of_the_letter_tells_small_from_large(place, letter, digits):
    assert check_plate(place + letter + digits) == PlateKind.SMALL_NEW_ENERGY
    assert check_plate(place + digits + letter) == PlateKind.LARGE_NEW_ENERGY


@given(
    places,
    st.sampled_from(sorted(set(LETTERS) - set(BATTERY + OTHER_NEW_ENERGY))),
    st.from_regex(r"[0-9]{5}", fullmatch=True),
)
def test_no_other_letter_makes_a_new_energy_plate(place, letter, digits):
    for plate in (place + letter + digits, place + digits + letter):
        with pytest.raises(PlateError) as refused:
            check_plate(plate)
        assert refused.value.fault == PlateFault.SERIAL


@given(st.text(max_size=12))
def test_any_text_is_judged_and_a_plate_that_is_taken_stays_as_it_is(text):
    kept = normalise_plate(text)
    try:
        check_plate(kept)
    except PlateError:
        return
    assert len(kept) in (7, 8)
    assert normalise_plate(kept) == kept

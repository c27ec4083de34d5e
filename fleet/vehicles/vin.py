"""Vehicle identification numbers and their check digit; pure.

Source: GB 16735-2019 道路车辆 车辆识别代号, 4.1 and annex A (ISO 3779, ISO 3780; 49 CFR 565.15).
"""

import re
import unicodedata
from enum import StrEnum

LENGTH = 17
CHECK_POSITION = 8
"""Of the check digit, counted from 0: it is the ninth character."""

VALUES = dict(zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", [*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)],
                  strict=True))  # fmt: skip
"""The number that stands for each character; I, O and Q are not used."""

WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
CHECKED_REGIONS = frozenset("L12345")
"""First characters of makers that must give a check digit: China by GB 16735, North America by 49 CFR 565."""


class VinFault(StrEnum):
    """What is wrong with a VIN."""

    LENGTH = "length"
    CHARACTER = "character"
    CHECK_DIGIT = "check_digit"


class VinError(ValueError):
    """A VIN that can't be; `fault` says why."""

    def __init__(self, fault: VinFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def normalise_vin(text: str) -> str:
    """A VIN as it is kept: half-width capitals without spaces or hyphens."""
    return re.sub(r"[\s\-]+", "", unicodedata.normalize("NFKC", text)).upper()


def check_digit(vin: str) -> str:
    """The ninth character that goes with the other sixteen of a VIN.

    Raises:
        VinError: where the length or a character can't be right.
    """
    if len(vin) != LENGTH:
        raise VinError(VinFault.LENGTH)
    if any(one not in VALUES for position, one in enumerate(vin) if position != CHECK_POSITION):
        raise VinError(VinFault.CHARACTER)
    total = sum(weight * VALUES[one] for weight, one in zip(WEIGHTS, vin, strict=True) if weight)
    return "0123456789X"[total % 11]


def has_check_digit(vin: str) -> bool:
    """Whether the maker's region binds it to give a check digit; elsewhere the ninth character is free."""
    return vin[:1] in CHECKED_REGIONS


def check_vin(vin: str) -> bool:
    """Refuse a normalised VIN that can't be right.

    Returns:
        Whether the check digit was held against the rest; False where this maker need not give one.

    Raises:
        VinError: where the length, a character, or a binding check digit is wrong.
    """
    expected = check_digit(vin)
    if vin[CHECK_POSITION] not in VALUES:
        raise VinError(VinFault.CHARACTER)
    if not has_check_digit(vin):
        return False
    if vin[CHECK_POSITION] != expected:
        raise VinError(VinFault.CHECK_DIGIT)
    return True

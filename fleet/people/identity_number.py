"""Resident identity numbers of China: region, birth date, sequence, check character; pure.

Source: GB 11643-1999 公民身份号码, check character by ISO 7064 MOD 11-2. A driving licence bears its holder's number
(GA 482).
"""

import re
import unicodedata
from datetime import date
from enum import StrEnum

LENGTH = 18
WEIGHTS = tuple(2**power % 11 for power in range(17, 0, -1))
CHECK_CHARACTERS = "10X98765432"
EARLIEST_BIRTH = date(1900, 1, 1)
PROVINCE_CODES = frozenset(
    str(code)
    for code in (
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        *range(81, 84),
    )
)
"""First two digits by GB/T 2260; 71, 81, 82 and 83 are those of residents from Taiwan, Hong Kong and Macao."""


class IdentityFault(StrEnum):
    """What is wrong with an identity number."""

    SHAPE = "shape"
    REGION = "region"
    BIRTH_DATE = "birth_date"
    CHECK_CHARACTER = "check_character"


class IdentityError(ValueError):
    """An identity number that can't be; `fault` says why."""

    def __init__(self, fault: IdentityFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def normalise_identity_number(text: str) -> str:
    """An identity number as it is kept: half-width, a capital X, without spaces or hyphens."""
    return re.sub(r"[\s\-]+", "", unicodedata.normalize("NFKC", text)).upper()


def check_character(first_seventeen: str) -> str:
    """The last character that goes with the first 17 digits."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first_seventeen, strict=True))
    return CHECK_CHARACTERS[total % 11]


def check_identity_number(number: str, today: date) -> date:
    """Refuse a normalised identity number that can't be right.

    Args:
        number: as `normalise_identity_number` gives it.
        today: nobody is born after it.

    Returns:
        The birth date in it.

    Raises:
        IdentityError: for the first thing found wrong.
    """
    if not re.fullmatch("[0-9]{17}[0-9X]", number):
        raise IdentityError(IdentityFault.SHAPE)
    if number[:2] not in PROVINCE_CODES:
        raise IdentityError(IdentityFault.REGION)
    born_on = birth_date(number)
    if not EARLIEST_BIRTH <= born_on <= today:
        raise IdentityError(IdentityFault.BIRTH_DATE)
    if number[-1] != check_character(number[:17]):
        raise IdentityError(IdentityFault.CHECK_CHARACTER)
    return born_on


def birth_date(number: str) -> date:
    """The birth date in an identity number.

    Raises:
        IdentityError: where there is no such day.
    """
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise IdentityError(IdentityFault.BIRTH_DATE) from error


def masked(number: str) -> str:
    """An identity number with only its region's first three and its last two characters legible."""
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}" if len(number) > 5 else "*" * len(number)

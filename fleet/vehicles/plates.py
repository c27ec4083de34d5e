"""Chinese number plates: what can be on one that a school bus carries, and how it is written here; pure.

Taken: ordinary plates, those of vehicles that also drive in Hong Kong or Macao (粤Z…港, 粤Z…澳, which school buses
across the border have), new-energy plates. Refused, because no school bus is registered so: learner cars (学),
police (警), trailers (挂), embassies (使) and consulates (领), vehicles of airports (民航), the army and the armed
police. Refused too: temporary plates (临), since a permit takes a vehicle that is registered (校车安全管理条例
Art 14).

Source: GA 36-2018 中华人民共和国机动车号牌, 5.9 (order of letters and digits; I and O are not used), tables 4 to 6.
Its text was not to be had: the letters of new-energy plates are those on which public implementations of it agree.
"""

import re
import unicodedata
from enum import StrEnum

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
"""The character of each of the 31 administrative divisions that issue plates by GA 36."""

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without I and O, which look like 1 and 0."""

BATTERY, OTHER_NEW_ENERGY = "DABCE", "FGHJK"
"""The letters of new-energy plates, in the order in which they come into use; D and F are the first."""

OTHER_PURPOSES = "学警挂使领临"
"""Characters at an end of a plate that no school bus carries."""

AIRPORT, ARMED_POLICE = "民航", "WJ"

_SERIAL = f"[0-9{LETTERS}]"
_ORDINARY = re.compile(f"{_SERIAL}{{5}}")
_CROSS_BORDER = re.compile(f"粤Z{_SERIAL}{{4}}[港澳]")
_SMALL_NEW_ENERGY = re.compile(f"[{BATTERY}{OTHER_NEW_ENERGY}]{_SERIAL}[0-9]{{4}}")
_LARGE_NEW_ENERGY = re.compile(f"[0-9]{{5}}[{BATTERY}{OTHER_NEW_ENERGY}]")
_MOST_LETTERS = 2
_SEPARATORS = re.compile(r"[\s·•・‧∙⋅.\-]+")


class PlateKind(StrEnum):
    """What a plate number tells about its vehicle."""

    ORDINARY = "ordinary"
    CROSS_BORDER = "cross_border"
    SMALL_NEW_ENERGY = "small_new_energy"
    LARGE_NEW_ENERGY = "large_new_energy"


class PlateFault(StrEnum):
    """What is wrong with a plate number."""

    PURPOSE = "purpose"
    PROVINCE = "province"
    AUTHORITY = "authority"
    LETTER = "letter"
    LENGTH = "length"
    SERIAL = "serial"


class PlateError(ValueError):
    """A plate number that can't be; `fault` says why."""

    def __init__(self, fault: PlateFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def normalise_plate(text: str) -> str:
    """A plate number as it is kept: half-width capitals, without spaces, dots or hyphens."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def check_plate(plate: str) -> PlateKind:
    """Tell what kind of plate a normalised number is.

    Seven characters are an ordinary plate, blue or yellow; eight are of a new-energy vehicle, with its letter first
    in the serial (small) or last (large).

    Args:
        plate: as `normalise_plate` gives it, such as "苏E12345" or "苏ED12345".

    Raises:
        PlateError: for a number that can't be on a school bus's plate.
    """
    province, authority, serial = plate[:1], plate[1:2], plate[2:]
    if is_for_another_purpose(plate):
        raise PlateError(PlateFault.PURPOSE)
    if _CROSS_BORDER.fullmatch(plate):
        return PlateKind.CROSS_BORDER
    if province not in PROVINCES or not province:
        raise PlateError(PlateFault.PROVINCE)
    if authority not in LETTERS or not authority:
        raise PlateError(PlateFault.AUTHORITY)
    if "I" in serial or "O" in serial:
        raise PlateError(PlateFault.LETTER)
    if len(serial) == 5:
        return _ordinary(serial)
    if len(serial) == 6:
        return _new_energy(serial)
    raise PlateError(PlateFault.LENGTH)


def is_for_another_purpose(plate: str) -> bool:
    """Whether a plate is one of those that no school bus carries."""
    ends = {plate[:1], plate[-1:]} - {""}
    return bool(ends & set(OTHER_PURPOSES)) or plate.startswith((AIRPORT, ARMED_POLICE))


def _ordinary(serial: str) -> PlateKind:
    if not _ORDINARY.fullmatch(serial) or sum(one in LETTERS for one in serial) > _MOST_LETTERS:
        raise PlateError(PlateFault.SERIAL)
    return PlateKind.ORDINARY


def _new_energy(serial: str) -> PlateKind:
    if _SMALL_NEW_ENERGY.fullmatch(serial):
        return PlateKind.SMALL_NEW_ENERGY
    if _LARGE_NEW_ENERGY.fullmatch(serial):
        return PlateKind.LARGE_NEW_ENERGY
    raise PlateError(PlateFault.SERIAL)

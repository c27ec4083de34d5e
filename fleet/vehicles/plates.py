"""Chinese number plates: what can be on one, and how it is written here; pure.

Source: GA 36-2018 中华人民共和国机动车号牌 (structure of plate numbers; letters I and O are not used).
"""

import re
import unicodedata
from enum import StrEnum

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
"""The character of each of the 31 administrative divisions that issue plates by GA 36."""

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without I and O, which look like 1 and 0."""

SUFFIXES = "学警挂"
"""Learner cars, police, trailers; the last character of five."""

_SERIAL = f"[0-9{LETTERS}]"
_ORDINARY = re.compile(f"{_SERIAL}{{5}}|{_SERIAL}{{4}}[{SUFFIXES}]")
_SMALL_NEW_ENERGY = re.compile(f"[DABCEFGHJK]{_SERIAL}[0-9]{{4}}")
_LARGE_NEW_ENERGY = re.compile("[0-9]{5}[DABCEFGHJK]")
_MOST_LETTERS = 2
_SEPARATORS = re.compile(r"[\s·•・‧∙⋅.\-]+")


class PlateKind(StrEnum):
    """What a plate number tells about its vehicle."""

    ORDINARY = "ordinary"
    LEARNER = "learner"
    POLICE = "police"
    TRAILER = "trailer"
    SMALL_NEW_ENERGY = "small_new_energy"
    LARGE_NEW_ENERGY = "large_new_energy"


class PlateFault(StrEnum):
    """What is wrong with a plate number."""

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

    Seven characters are an ordinary plate, blue or yellow, of which the last may be 学, 警 or 挂; eight are of a
    new-energy vehicle, with its letter first (small) or last (large). The letters D, A, B, C, E stand for battery
    vehicles and F, G, H, J, K for the others.

    Args:
        plate: as `normalise_plate` gives it, such as "苏E12345" or "苏ED12345".

    Raises:
        PlateError: for a number that can't be on a plate.

    Source:
        GA 36-2018 for D and F; the further letters as the Ministry of Public Security has opened them since (read in
        secondary sources only).
    """
    province, authority, serial = plate[:1], plate[1:2], plate[2:]
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


def _ordinary(serial: str) -> PlateKind:
    if not _ORDINARY.fullmatch(serial) or sum(one in LETTERS for one in serial) > _MOST_LETTERS:
        raise PlateError(PlateFault.SERIAL)
    kinds = {"学": PlateKind.LEARNER, "警": PlateKind.POLICE, "挂": PlateKind.TRAILER}
    return kinds.get(serial[-1], PlateKind.ORDINARY)


def _new_energy(serial: str) -> PlateKind:
    if _SMALL_NEW_ENERGY.fullmatch(serial):
        return PlateKind.SMALL_NEW_ENERGY
    if _LARGE_NEW_ENERGY.fullmatch(serial):
        return PlateKind.LARGE_NEW_ENERGY
    raise PlateError(PlateFault.SERIAL)

"""What a value of `maxspeed` says: a pure function of the text, and nothing guessed."""

import re
import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path

import msgspec

KMH_PER_MPH = 1.609344
KMH_PER_KNOT = 1.852
WALKING_KMH = 7.0
"""The fastest that is still called walking pace."""
MOST_KMH = 200.0
"""No road is posted faster: such a value is a slip of the pen."""
NUMBER = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,2})?) ?(km/h|kmh|km/hr|kph|mph|knots)?")
ZONE = re.compile(r"([a-z]{2})(?:-([a-z0-9]{1,3}))?:([a-z0-9_:]+)")
ZONE_OF_SPEED = re.compile(r"(?:zone:?)?([0-9]{1,3})")
FACTORS = {"mph": KMH_PER_MPH, "knots": KMH_PER_KNOT}


class Kind(StrEnum):
    """What kind of limit a value posts."""

    NUMBER = "number"
    NONE = "none"
    """No limit is posted for cars; the law's own for buses still holds."""
    WALK = "walk"
    SIGNALS = "signals"
    """Signals show it; the map does not know it."""
    VARIABLE = "variable"
    ZONE = "zone"
    """A country's limit for such a place, such as DE:rural."""


class Posted(msgspec.Struct, frozen=True):
    """What is posted.

    Attributes:
        kind: how.
        kmh: the limit, kilometres per hour; None where none can be told.
        urban: whether it says that the road lies in a built-up area; None where it does not.
    """

    kind: Kind
    kmh: float | None = None
    urban: bool | None = None


WORDS = {
    "none": Posted(Kind.NONE),
    "unlimited": Posted(Kind.NONE),
    "walk": Posted(Kind.WALK, WALKING_KMH),
    "signals": Posted(Kind.SIGNALS),
    "signal": Posted(Kind.SIGNALS),
    "variable": Posted(Kind.VARIABLE),
}


def parse_maxspeed(text: str) -> Posted | None:
    """Read a value of `maxspeed` or of one of its kin.

    Args:
        text: such as "50", "30 mph", "none", "signals", "walk", "variable", "CN:urban", "DE:zone:30".

    Returns:
        What it posts; None where it is no value that is understood.

    Source:
        https://wiki.openstreetmap.org/wiki/Key:maxspeed.
    """
    value = text.strip().lower()
    if value in WORDS:
        return WORDS[value]
    if found := NUMBER.fullmatch(value):
        kmh = float(found[1]) * FACTORS.get(found[2] or "", 1.0)
        return Posted(Kind.NUMBER, kmh) if 0 < kmh <= MOST_KMH else None
    return parse_zone(value)


def parse_zone(text: str) -> Posted | None:
    """Read what a country's zone implies, as `maxspeed`, `maxspeed:type` and `source:maxspeed` name it.

    Args:
        text: such as "DE:rural", "NO:zone30" or "CN-SH:urban"; without regard to case.

    Returns:
        What it implies, without a number where that hangs on more than the zone; None where it names no zone.
    """
    found = ZONE.fullmatch(text.strip().lower())
    if not found:
        return None
    country, region, zone = found[1].upper(), found[2], found[3]
    if speed := ZONE_OF_SPEED.fullmatch(zone):
        kmh = float(speed[1]) * (KMH_PER_MPH if country in ("GB", "US") else 1.0)
        return Posted(Kind.ZONE, kmh, urban=True) if 0 < kmh <= MOST_KMH else None
    urban = {"urban": True, "living_street": True, "rural": False}.get(zone)
    zones = implied_speeds().get(country, {})
    value = zones.get(f"{region}:{zone}", zones.get(zone))
    if value is None:
        return Posted(Kind.ZONE, urban=urban) if country == "CN" and (urban is not None) else None
    if value == "none":
        return Posted(Kind.NONE)
    implied = parse_maxspeed(str(value))
    return Posted(Kind.ZONE, implied.kmh, urban) if implied else None


@cache
def implied_speeds() -> dict[str, dict[str, float | str]]:
    """By country and zone, what a zone implies."""
    text = Path(__file__).with_name("implied_speeds.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)

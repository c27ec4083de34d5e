"""What the tags of a way say of a road: a pure function, and a count of what it could not use."""

import re
from collections.abc import Mapping

import msgspec

from telematics.osm.maxspeed import Kind, Posted, parse_maxspeed, parse_zone

ROAD_CLASSES = {
    "motorway": "expressway", "motorway_link": "expressway",
    "trunk": "arterial", "trunk_link": "arterial", "primary": "arterial", "primary_link": "arterial",
    "secondary": "collector", "secondary_link": "collector", "tertiary": "collector", "tertiary_link": "collector",
    "unclassified": "local", "residential": "local", "living_street": "local", "service": "local", "road": "local",
    "busway": "local", "bus_guideway": "local",
}  # fmt: skip
"""The values of `highway` that buses drive on, and what class of road each is."""
URBAN_BY_NATURE = frozenset({"residential", "living_street"})
ZONE_KEYS = ("maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic")
YES = frozenset({"yes", "true", "1"})
LANES = re.compile(r"[0-9]{1,2}(\.[0-9])?")
ONEWAYS = {"yes": 1, "true": 1, "1": 1, "-1": -1, "reverse": -1}
IMPLIED_ONEWAYS = frozenset({"motorway", "motorway_link"})


class Unusable(msgspec.Struct, frozen=True):
    """A value that is not understood, and its key."""

    key: str
    value: str


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """A road as its tags describe it.

    Attributes:
        highway: the value of `highway`.
        road_class: "expressway", "arterial", "collector" or "local".
        name: as signposted.
        name_en: the English one.
        forward: what is posted along the way's line; None where nothing is.
        backward: what is posted against it.
        oneway: 1 along its line only, -1 against it only, 0 both ways.
        lanes: of both directions together; None where it is not told.
        centre_line: whether one is painted; None where it is not told.
        urban: whether it lies in a built-up area; None where it is not told.
        motorroad: whether it is for motor vehicles only, as urban expressways are.
        bridge: whether it runs over a bridge or viaduct.
        tunnel: whether it runs in a tunnel.
        conditionals: how many limits it has for some times or weathers only, which are left out.
        unusable: values of limits that are not understood.
    """

    highway: str
    road_class: str
    name: str = ""
    name_en: str = ""
    forward: Posted | None = None
    backward: Posted | None = None
    oneway: int = 0
    lanes: int | None = None
    centre_line: bool | None = None
    urban: bool | None = None
    motorroad: bool = False
    bridge: bool = False
    tunnel: bool = False
    conditionals: int = 0
    unusable: tuple[Unusable, ...] = ()

    @property
    def is_posted(self) -> bool:
        """Whether a limit is posted in any direction."""
        return self.forward is not None or self.backward is not None


def read_way(tags: Mapping[str, str]) -> Way | None:
    """What the tags of a way say; None where it is no road that a bus drives on.

    Args:
        tags: of the way, as OpenStreetMap has them.
    """
    highway = tags.get("highway", "")
    if highway not in ROAD_CLASSES or tags.get("area") == "yes":
        return None
    unusable: list[Unusable] = []
    zone = zone_of(tags)
    both = posted(tags, "", unusable)
    forward, backward = (
        posted(tags, ":forward", unusable) or both,
        posted(tags, ":backward", unusable) or both,
    )
    implied = zone if zone and zone.kmh is not None else None
    motorroad = tags.get("motorroad") in YES
    return Way(
        highway=highway,
        road_class="expressway" if motorroad else ROAD_CLASSES[highway],
        name=tags.get("name", ""),
        name_en=tags.get("name:en", ""),
        forward=forward or implied,
        backward=backward or implied,
        oneway=oneway(tags),
        lanes=lanes(tags),
        centre_line=centre_line(tags),
        urban=urban(highway, both or zone, zone),
        motorroad=motorroad,
        bridge=tags.get("bridge", "no") != "no",
        tunnel=tags.get("tunnel", "no") not in ("no", "building_passage"),
        conditionals=sum(key.startswith("maxspeed") and key.endswith(":conditional") for key in tags),
        unusable=tuple(unusable),
    )


def posted(tags: Mapping[str, str], direction: str, unusable: list[Unusable]) -> Posted | None:
    """What is posted for a direction, "" for both: of lanes that differ, the highest.

    A limit that changes with the traffic is no more than the one that is posted beside it.
    """
    key = f"maxspeed{direction}"
    if key in tags:
        if found := parse_maxspeed(tags[key]):
            return found
        unusable.append(Unusable(key, tags[key]))
    lanes_key = f"maxspeed:lanes{direction}"
    if lanes_key not in tags:
        return (
            Posted(Kind.VARIABLE) if not direction and tags.get("maxspeed:variable", "no") != "no" else None
        )
    each = [parse_maxspeed(lane) for lane in tags[lanes_key].split("|") if lane.strip()]
    known = [one for one in each if one is not None]
    if not known or len(known) < len(each):
        unusable.append(Unusable(lanes_key, tags[lanes_key]))
        return None
    return max(known, key=lambda one: float("inf") if one.kmh is None else one.kmh)


def zone_of(tags: Mapping[str, str]) -> Posted | None:
    """What the zone of a road implies, where one is named beside the limit."""
    return next(filter(None, (parse_zone(tags[key]) for key in ZONE_KEYS if key in tags)), None)


def urban(highway: str, *said: Posted | None) -> bool | None:
    """Whether a road lies in a built-up area, as its tags say or its kind does."""
    told = next((one.urban for one in said if one and one.urban is not None), None)
    return True if told is None and highway in URBAN_BY_NATURE else told


def oneway(tags: Mapping[str, str]) -> int:
    """Which way a road may be driven: 1 along its line, -1 against it, 0 both."""
    if "oneway" in tags:
        return ONEWAYS.get(tags["oneway"], 0)
    implied = tags["highway"] in IMPLIED_ONEWAYS or tags.get("junction") in ("roundabout", "circular")
    return 1 if implied else 0


def lanes(tags: Mapping[str, str]) -> int | None:
    """How many lanes there are, of both directions together."""
    text = tags.get("lanes", "").strip()
    if LANES.fullmatch(text):
        return int(float(text)) or None
    each = [tags.get(f"lanes:{direction}", "").strip() for direction in ("forward", "backward")]
    return sum(map(int, each)) or None if all(one.isascii() and one.isdecimal() for one in each) else None


def centre_line(tags: Mapping[str, str]) -> bool | None:
    """Whether a line is painted between the directions."""
    markings = tags.get("lane_markings")
    return None if markings not in ("yes", "no") else markings == "yes"

"""What a simulated district consists of: schools, operators, stops, routes and buses, on a road network."""

from dataclasses import dataclass
from typing import Literal

from telematics.simulator.network import RoadClass, RoadNetwork
from telematics.simulator.plane import LatLon

Behaviour = Literal["normal", "speeding", "silent", "late", "parked", "void"]
Direction = Literal["morning", "afternoon"]


@dataclass(frozen=True)
class School:
    """A school and the place of its gate, degrees WGS-84."""

    name_zh: str
    name_en: str
    kind: Literal["kindergarten", "primary", "middle"]
    lat: float
    lon: float


@dataclass(frozen=True)
class Operator:
    """A company that runs school buses, and where its depot is, degrees WGS-84."""

    name_zh: str
    name_en: str
    depot_zh: str
    depot_en: str
    depot_lat: float
    depot_lon: float


@dataclass(frozen=True)
class Stop:
    """A stopping place at the right-hand kerb.

    Attributes:
        name_zh: name in Chinese.
        name_en: name in English.
        lat: latitude, degrees WGS-84.
        lon: longitude, degrees WGS-84.
        heading_deg: course of a bus that comes to it, degrees true.
    """

    name_zh: str
    name_en: str
    lat: float
    lon: float
    heading_deg: float


@dataclass(frozen=True)
class Span:
    """A part of a pattern's line on one kind of road.

    Attributes:
        start_m: where it begins, metres along the line; it ends where the next begins.
        road_class: the road's class.
        speed_limit_kmh: the posted limit.
        tunnel: whether satellites are out of sight.
        hazardous: whether a school bus must keep to 20 km/h.
    """

    start_m: float
    road_class: RoadClass
    speed_limit_kmh: float
    tunnel: bool
    hazardous: bool


@dataclass(frozen=True)
class RoutePattern:
    """A route in one direction.

    Attributes:
        direction: to school in the morning, home in the afternoon.
        stops: indices into the district's stops, in the order served; the school's own stop is one of them.
        stop_distances_m: where each stop lies, metres along the line.
        line: (lat, lon) along the middle of the roads from the first stop to the last.
        spans: the roads along the line.
    """

    direction: Direction
    stops: tuple[int, ...]
    stop_distances_m: tuple[float, ...]
    line: tuple[LatLon, ...]
    spans: tuple[Span, ...]

    @property
    def length_m(self) -> float:
        """Length of the line in metres."""
        return self.stop_distances_m[-1]


@dataclass(frozen=True)
class Route:
    """A route to one school, with its way there and its way back."""

    code: str
    name_zh: str
    name_en: str
    school: int
    morning: RoutePattern
    afternoon: RoutePattern


@dataclass(frozen=True)
class Bus:
    """A bus with its onboard unit.

    Attributes:
        plate: registration, plain: "苏E12345".
        operator: index into the district's operators.
        school: index into the district's schools.
        route: index into the district's routes.
        device_id: the unit's 15-digit identity (IMEI with its check digit), or "sim000123".
        capacity_pupils: pupils that the bus may carry.
        capacity_adults: adults that it may carry, the driver included.
        behaviour: what is peculiar about it.
    """

    plate: str
    operator: int
    school: int
    route: int
    device_id: str
    capacity_pupils: int
    capacity_adults: int
    behaviour: Behaviour


@dataclass(frozen=True)
class District:
    """Everything that the simulator drives, and that the demo's database is filled from."""

    name_zh: str
    name_en: str
    schools: tuple[School, ...]
    operators: tuple[Operator, ...]
    network: RoadNetwork
    stops: tuple[Stop, ...]
    routes: tuple[Route, ...]
    buses: tuple[Bus, ...]

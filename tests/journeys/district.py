"""What the demo's district holds, told from the simulator that it was made from."""

from functools import cache
from typing import NamedTuple

from telematics.geometry import bearing_deg, distance_m
from telematics.simulator.district import demo_district


class DemoBus(NamedTuple):
    """A bus of the demo.

    Attributes:
        plate: of the bus.
        device: the identifier that its device gives itself.
        school: number of its school; the principal's is 0.
        gate: where its route ends, (lat, lon): in town, away from any expressway.
    """

    plate: str
    device: str
    school: int
    gate: tuple[float, float]


@cache
def demo_buses() -> list[DemoBus]:
    """All buses; the last one's device is not known to the server yet."""
    district = demo_district()
    return [
        DemoBus(bus.plate, bus.device_id, bus.school, district.routes[bus.route].morning.line[-1])
        for bus in district.buses
    ]


class Straight(NamedTuple):
    """A straight road.

    Attributes:
        begins: (lat, lon).
        course_deg: from there along it.
    """

    begins: tuple[float, float]
    course_deg: float


def straight_road(*, limit_kmh: float, length_m: float) -> Straight:
    """A road with a posted limit that can be driven along for so many metres without a turn."""
    for segment in demo_district().network.segments:
        first, last = segment.line[0], segment.line[-1]
        if (
            segment.speed_limit_kmh == limit_kmh
            and segment.length_m > length_m
            and segment.length_m < 1.001 * distance_m(*first, *last)
        ):
            return Straight(first, bearing_deg(*first, *last))
    raise AssertionError(f"no straight road of {length_m} m")

"""What the demo's district holds, told from the simulator that it was made from."""

from functools import cache
from typing import NamedTuple

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

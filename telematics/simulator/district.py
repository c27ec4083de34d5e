"""The district that the demo shows: Chengxi, with three schools, two operators and forty buses."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from telematics.simulator import plan
from telematics.simulator.dice import dice
from telematics.simulator.model import Behaviour, Bus, District, Operator, Route, School
from telematics.simulator.plane import XY, to_lat_lon
from telematics.simulator.routing import ARTERIAL_ROUTE, EXPRESSWAY_ROUTE, TUNNEL_ROUTE, plan_routes
from telematics.simulator.town import town_network

_CAPACITIES = {"kindergarten": (30, 4), "primary": (40, 3), "middle": (52, 3)}
_PECULIAR: dict[int, Behaviour] = {
    EXPRESSWAY_ROUTE: "speeding",
    ARTERIAL_ROUTE: "speeding",
    TUNNEL_ROUTE: "void",
    11: "silent",
    17: "late",
    29: "parked",
}
_PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters of a Chinese plate: I and O are left out (GA 36)."""


@lru_cache(maxsize=4)
def demo_district(seed: int = 1) -> District:
    """Chengxi and all that is in it: the same for the same seed, every time."""
    network = town_network(seed)
    schools, stops, routes = plan_routes(network, seed)
    return District(
        name_zh=plan.DISTRICT_ZH,
        name_en=plan.DISTRICT_EN,
        schools=schools,
        operators=(
            _operator(
                "澄溪校车服务有限公司",
                "Chengxi School Bus Service Co.",
                "西站停车场",
                "West Depot",
                (-2450, -2290),
            ),
            _operator(
                "平安学子客运有限公司",
                "Ping'an Student Transport Co.",
                "东新停车场",
                "Dongxin Depot",
                (3420, 1300),
            ),
        ),
        network=network,
        stops=stops,
        routes=routes,
        buses=tuple(_buses(schools, routes, seed)),
    )


def _operator(name_zh: str, name_en: str, depot_zh: str, depot_en: str, depot: XY) -> Operator:
    lat, lon = to_lat_lon(depot)
    return Operator(name_zh, name_en, depot_zh, depot_en, lat, lon)


def _buses(schools: Sequence[School], routes: Sequence[Route], seed: int) -> Iterator[Bus]:
    chance = dice("plates", seed)
    plates: set[str] = set()
    for index, route in enumerate(routes):
        while (plate := f"苏E{chance.choice(_PLATE_LETTERS)}{chance.randrange(10000):04d}") in plates:
            continue
        plates.add(plate)
        pupils, adults = _CAPACITIES[schools[route.school].kind]
        yield Bus(
            plate=plate,
            operator=index % 2,
            school=route.school,
            route=index,
            device_id=imei(index + 1),
            capacity_pupils=pupils,
            capacity_adults=adults,
            behaviour=_PECULIAR.get(index, "normal"),
        )


def imei(serial: int) -> str:
    """A 15-digit equipment identity with its Luhn check digit (3GPP TS 23.003, annex B).

    Args:
        serial: 0 to 999,999.
    """
    body = f"86123450{serial:06d}"
    weighted = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(body))
    total = sum(value // 10 + value % 10 for value in weighted)
    return f"{body}{-total % 10}"

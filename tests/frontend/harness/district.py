"""An invented district: roads on a grid, three schools, and buses that drive along them."""

import math
import random
import time
from typing import Any

CENTRE_LON, CENTRE_LAT = 120.62, 31.30
BLOCK_DEG = 0.012
BLOCKS = 12
FRESH_STATES = [1, 1, 1, 1, 2, 2]


def _line(points: list[tuple[float, float]], **properties: object) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "LineString", "coordinates": points},
    }


def _point(lon: float, lat: float, **properties: object) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
    }


def _blob(east_deg: float, north_deg: float, radius: float, **properties: object) -> dict[str, Any]:
    lon, lat = CENTRE_LON + east_deg, CENTRE_LAT + north_deg
    ring = []
    for step in range(49):
        angle = step / 48 * 2 * math.pi
        wobble = radius * (1 + 0.18 * math.sin(3 * angle + lon * 50) + 0.1 * math.sin(5 * angle))
        ring.append((lon + wobble * 1.3 * math.cos(angle), lat + wobble * math.sin(angle)))
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def basemap() -> dict[str, Any]:
    """The district's map as `live_basemap` serves it."""
    half = BLOCKS // 2
    roads = []
    for step in range(-half, half + 1):
        road_class = (
            "expressway"
            if step == 4
            else "arterial"
            if step % 3 == 0
            else "collector"
            if step % 3 == 1
            else "local"
        )
        lon, lat = CENTRE_LON + step * BLOCK_DEG, CENTRE_LAT + step * BLOCK_DEG * 0.8
        reach = half * BLOCK_DEG
        bend = [(index / 20 - 0.5) * 2 for index in range(21)]
        roads.append(
            _line(
                [(CENTRE_LON + b * reach, lat + 0.003 * math.sin(2 * b + step)) for b in bend],
                name_zh=f"人民{step + half + 1}路",
                name_en=f"Renmin {step + half + 1} Road",
                road_class=road_class,
                tunnel=False,
            )
        )
        roads.append(
            _line(
                [(lon + 0.003 * math.sin(2 * b + step), CENTRE_LAT + b * reach * 0.8) for b in bend],
                name_zh=f"湖西{step + half + 1}街",
                name_en=f"Huxi {step + half + 1} Street",
                road_class="local" if road_class == "expressway" else road_class,
                tunnel=step == 1,
            )
        )
    school_lat = CENTRE_LAT + 0.017
    schools = [
        _point(CENTRE_LON - 0.021, school_lat, name_zh="湖西小学", name_en="Huxi Primary School"),
        _point(CENTRE_LON + 0.033, CENTRE_LAT - 0.012, name_zh="金桥幼儿园", name_en="Jinqiao Kindergarten"),
        _point(CENTRE_LON - 0.008, CENTRE_LAT - 0.031, name_zh="枫林中学", name_en="Fenglin Middle School"),
    ]
    stops = [
        _point(
            CENTRE_LON + (index % 7 - 3) * BLOCK_DEG * 1.2,
            CENTRE_LAT + (index // 7 - 2) * BLOCK_DEG,
            name_zh=f"新村{index + 1}站",
            name_en=f"Xincun Stop {index + 1}",
        )
        for index in range(28)
    ]
    return {
        "roads": _collection(roads),
        "areas": _collection(
            [
                _blob(
                    0.045,
                    0.022,
                    0.014,
                    kind="water",
                    name_zh="金鸡湖",
                    name_en="Jinji Lake",
                ),
                _blob(
                    -0.045,
                    -0.025,
                    0.011,
                    kind="park",
                    name_zh="枫林公园",
                    name_en="Fenglin Park",
                ),
                _blob(
                    -0.05,
                    0.03,
                    0.012,
                    kind="hill",
                    name_zh="西山",
                    name_en="West Hill",
                ),
                _blob(0.0, 0.0, 0.016, kind="built_up", name_zh="", name_en=""),
            ]
        ),
        "area_names": _collection(
            [
                _point(
                    CENTRE_LON - 0.045,
                    CENTRE_LAT - 0.025,
                    kind="park",
                    name_zh="枫林公园",
                    name_en="Fenglin Park",
                ),
            ]
        ),
        "routes": _collection(
            [
                _line(
                    [(CENTRE_LON - 0.06, CENTRE_LAT + 0.017), (CENTRE_LON - 0.021, CENTRE_LAT + 0.017)],
                    name="1",
                    school="湖西小学",
                )
            ]
        ),
        "stops": _collection(stops),
        "schools": _collection(schools),
        "bounds": [CENTRE_LON - 0.08, CENTRE_LAT - 0.06, CENTRE_LON + 0.08, CENTRE_LAT + 0.06],
    }


class FakeFleet:
    """Buses that move by themselves, in the shape of the live feed's messages."""

    def __init__(self, size: int, *, seed: int = 7) -> None:
        """Makes `size` buses, some of which are silent, without satellites or never seen."""
        self._random = random.Random(seed)
        self.buses = [self._bus(index + 1) for index in range(size)]

    def snapshot(self) -> dict[str, Any]:
        """The first message of a connection."""
        return {"type": "snapshot", "now": now_ms(), "seq": 1, "buses": self.buses, "alarms": self._alarms()}

    def delta(self, *, everybody: bool = False) -> dict[str, Any]:
        """Where the buses that drive are now, a second on."""
        rows = []
        for bus in self.buses:
            row = bus["row"]
            driving = row[7] in {1, 4}
            if row[2] is None or not (everybody or driving):
                continue
            if driving:
                metres = row[4]
                row[2] += math.sin(math.radians(row[5])) * metres / 95_000
                row[3] += math.cos(math.radians(row[5])) * metres / 111_000
                row[4] = max(3.0, row[4] + self._random.uniform(-1, 1))
            row[1] = row[6] = now_ms()
            rows.append(row)
        return {"type": "delta", "now": now_ms(), "rows": rows}

    def alarm(self, bus: dict[str, Any], number: int, *, ended_s_ago: float | None) -> dict[str, Any]:
        """A speeding episode of `bus`."""
        started = now_ms() - 95_000 - number * 240_000
        ended = None if ended_s_ago is None else started + 42_000
        return {
            "id": f"a{number}",
            "bus": bus["id"],
            "plate": bus["plate"],
            "kind": "speeding",
            "kind_label": "超速",
            "severity": "high",
            "state": "new" if number == 0 else "acknowledged",
            "state_label": "新" if number == 0 else "已确认",
            "is_open": True,
            "assignee": "",
            "version": 0,
            "url": f"/alarms/{number}/",
            "started": started,
            "ended": ended,
            "peak": f"{77 + number} km/h",
            "limit": "60 km/h",
            "limit_source": "普通道路 60 km/h",
            "article": "校车安全管理条例 第三十五条",
            "lat": bus["row"][3],
            "lon": bus["row"][2],
            "duration_s": 42,
            "live": number != 2,
        }

    def _alarms(self) -> list[dict[str, Any]]:
        speeding = [bus for bus in self.buses if bus["row"][7] == 4]
        others = [bus for bus in self.buses if bus["row"][7] == 2]
        going = [self.alarm(bus, 0, ended_s_ago=None) for bus in speeding[:1]]
        return going + [self.alarm(bus, number + 1, ended_s_ago=60) for number, bus in enumerate(others[:3])]

    def _bus(self, number: int) -> dict[str, Any]:
        school = ["湖西小学", "金桥幼儿园", "枫林中学"][number % 3]
        return {
            "id": number,
            "plate": f"苏E{10000 + number * 37 % 90000:05d}",
            "operator": ["苏州校安客运", "金阊校车服务"][number % 2],
            "school": school,
            "route": None if number % 9 == 0 else f"{number % 12 + 1} 号线",
            "driver": None,
            "device": number % 17 != 0,
            "row": self._row(number),
        }

    def _row(self, number: int) -> list[Any]:
        if number % 17 == 0:
            return [number, None, None, None, None, None, None, 0]
        state = 4 if number in {5, 12} else 3 if number % 11 == 0 else FRESH_STATES[number % 6]
        age_s = 900 if number % 13 == 0 else 35 if number % 7 == 0 else self._random.uniform(0, 4)
        step = self._random.randint(-4, 4)
        along = self._random.uniform(-0.055, 0.055)
        lon, lat = (
            CENTRE_LON + along,
            CENTRE_LAT + step * BLOCK_DEG * 0.8 + 0.003 * math.sin(2 * along / 0.072 + step),
        )
        if number % 6 == 4:
            lon, lat = CENTRE_LON - 0.03 + (number % 3) * 1e-5, CENTRE_LAT - 0.012
        speed = 0.0 if state == 2 else 22.6 if state == 4 else self._random.uniform(5, 15)
        heard = now_ms() - age_s * 1000
        return [number, heard, lon, lat, speed, self._random.choice([87, 268, 0, 181]), heard, state]


def now_ms() -> int:
    """The time now, epoch milliseconds."""
    return int(time.time() * 1000)


def trail(fleet: FakeFleet, bus_id: int) -> dict[str, Any]:
    """The last ten minutes of a bus, with one silence and one doubtful point."""
    row = next(bus["row"] for bus in fleet.buses if bus["id"] == bus_id)
    if row[2] is None:
        return {"points": []}
    points = []
    for seconds in range(600, 0, -5):
        if 250 < seconds < 380:
            continue
        lon = row[2] - math.sin(math.radians(row[5])) * seconds * 9 / 95_000
        lat = row[3] - math.cos(math.radians(row[5])) * seconds * 9 / 111_000
        doubtful = int(seconds == 100)
        points.append(
            [now_ms() - seconds * 1000, lon + doubtful * 0.002, lat + doubtful * 0.002, 9.0, doubtful]
        )
    return {"points": points}

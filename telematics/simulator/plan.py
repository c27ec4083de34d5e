"""The plan of Chengxi, a district that does not exist: river, hill, main roads and villages, in metres."""

from dataclasses import dataclass

from telematics.simulator.junctions import RAISED, Way
from telematics.simulator.network import RoadClass
from telematics.simulator.plane import XY, shifted_right, smoothed

DISTRICT_ZH, DISTRICT_EN = "澄溪区", "Chengxi District"

RIVER: tuple[XY, ...] = (
    (-6400, 2900), (-5200, 2500), (-4000, 1950), (-2650, 760), (-1350, 380), (-150, 720),
    (950, 480), (1750, -480), (2800, -1130), (4300, -980), (5400, -1650), (6400, -2500),
)  # fmt: skip
RIVER_HALF_WIDTH_M = 52.0
CANAL: tuple[XY, ...] = ((-5000, -3700), (-4100, -1700), (-3650, 100), (-3450, 1480))
CANAL_HALF_WIDTH_M = 14.0
LAKE: tuple[XY, ...] = (
    (-2150, 1250),
    (-1900, 1420),
    (-1640, 1300),
    (-1560, 1020),
    (-1780, 860),
    (-2080, 960),
)
LAKE_PARK: tuple[XY, ...] = (
    (-2240, 1320), (-1960, 1560), (-1560, 1480), (-1400, 1100), (-1500, 780), (-1850, 720), (-2200, 860),
)  # fmt: skip
HILL: tuple[XY, ...] = (
    (950, 3000), (1350, 3650), (2100, 3820), (2900, 3620), (3150, 3050), (2650, 2620),
    (1900, 2780), (1300, 2720),
)  # fmt: skip
RIVERSIDE_PARK: tuple[XY, ...] = (
    (1180, 620),
    (1520, 760),
    (1900, 520),
    (2180, 40),
    (2120, -160),
    (1860, -200),
)
PEOPLES_PARK: tuple[XY, ...] = (
    (-1080, -780),
    (-780, -760),
    (-620, -880),
    (-660, -1080),
    (-900, -1140),
    (-1120, -1020),
)
TOWN: tuple[XY, ...] = (
    (-3150, -1800), (-2950, -400), (-2750, 600), (-2350, 1600), (-1950, 2350), (-900, 3000), (300, 2750),
    (1700, 2550), (2850, 1950), (3900, 1650), (3850, 0), (2950, -400), (2600, -1150), (2350, -1950),
    (950, -2250), (-400, -2450), (-1800, -2450), (-3200, -2350),
)  # fmt: skip


@dataclass(frozen=True)
class Village:
    """A hamlet outside the town, with a loop of lanes around its centre."""

    name_zh: str
    name_en: str
    centre: XY
    radius_m: float


VILLAGES = (
    Village("柳塘村", "Liutang Village", (-5250, -1450), 190),
    Village("石桥村", "Shiqiao Village", (-4850, 850), 170),
    Village("青屏村", "Qingping Village", (2330, 4450), 200),
    Village("荷塘村", "Hetang Village", (4500, -2700), 180),
    Village("南渡村", "Nandu Village", (650, -3850), 210),
    Village("东湾村", "Dongwan Village", (5650, 700), 160),
)

LIMIT_KMH: dict[RoadClass, float] = {"expressway": 80, "arterial": 60, "collector": 50, "local": 40}
RAMP_LIMIT_KMH = 40.0


def _road(name_zh: str, name_en: str, road_class: RoadClass, *points: XY) -> Way:
    return Way(name_zh, name_en, road_class, tuple(smoothed(points)), LIMIT_KMH[road_class])


_EXPRESSWAY_COURSE: tuple[XY, ...] = (
    (-6300, -1900), (-5000, -2450), (-3300, -2850), (-1900, -3050), (-550, -3050), (1100, -2900),
    (2600, -2450), (3700, -1650), (4350, -500), (4500, 900), (4250, 2300), (3800, 3500), (3700, 4700),
)  # fmt: skip
EXPRESSWAY = Way(
    "澄溪绕城高速",
    "Chengxi Ring Expressway",
    "expressway",
    tuple(smoothed(_EXPRESSWAY_COURSE)),
    LIMIT_KMH["expressway"],
    level=RAISED,
)

ARTERIALS = (
    _road("澄溪大道", "Chengxi Avenue", "arterial",
          (-650, -4300), (-560, -3050), (-380, -1900), (-300, -1150), (-230, -450), (-120, 300), (-60, 900),
          (150, 1500), (300, 2650), (520, 3300), (450, 4300)),
    _road("人民路", "Renmin Road", "arterial",
          (-6000, -850), (-4600, -620), (-2930, -480), (-1500, -600), (-230, -450), (850, -380), (1800, -330),
          (2780, -150), (3580, 120), (4700, 180), (5450, 500)),
    _road("江北大道", "Jiangbei Avenue", "arterial",
          (-5600, 3500), (-4200, 3050), (-2900, 2350), (-2330, 1850), (-1350, 1700), (150, 1500),
          (1330, 1330), (2870, 980), (3680, 960), (4500, 900), (5200, 950)),
    _road("环城西路", "Huancheng West Road", "arterial",
          (-3650, -3900), (-3300, -2850), (-3180, -1750), (-2930, -480), (-2680, 700), (-2330, 1850),
          (-1850, 2500), (-900, 2900), (300, 2650)),
    _road("环城东路", "Huancheng East Road", "arterial",
          (300, 2650), (1650, 2430), (2680, 1850), (2870, 980), (2780, -150), (2640, -1100), (2280, -1850)),
    _road("环城南路", "Huancheng South Road", "arterial",
          (2280, -1850), (900, -2130), (-380, -1900), (-1700, -1950), (-3180, -1750)),
    _road("青屏路", "Qingping Road", "arterial", (1650, 2430), (1850, 2800)),
    _road("青屏路", "Qingping Road", "arterial", (2120, 3600), (2230, 3950), (2330, 4250)),
)  # fmt: skip

TUNNEL = Way(
    "青屏山隧道",
    "Qingping Hill Tunnel",
    "arterial",
    ((1850, 2800), (1960, 3200), (2120, 3600)),
    60,
    tunnel=True,
)

COLLECTORS = (
    _road("学府路", "Xuefu Road", "collector",
          (-1720, -2400), (-1700, -1950), (-1580, -1230), (-1500, -600), (-1430, 240)),
    _road("文昌路", "Wenchang Road", "collector",
          (-3060, -1130), (-1580, -1230), (-300, -1150), (960, -1330), (2460, -1480)),
    _road("和平路", "Heping Road", "collector", (900, -2130), (960, -1330), (850, -380), (740, 430)),
    _road("新华路", "Xinhua Road", "collector",
          (-1250, 520), (-1230, 1050), (-1350, 1700), (-1180, 2200), (-1250, 2800)),
    _road("北苑路", "Beiyuan Road", "collector",
          (-2000, 2330), (-1180, 2200), (250, 2080), (1380, 1940), (2680, 1850)),
    _road("东方路", "Dongfang Road", "collector", (1120, 480), (1330, 1330), (1380, 1940), (1650, 2430)),
    _road("工业路", "Gongye Road", "collector", (-3240, -2330), (-1720, -2400), (-480, -2450), (880, -2480)),
    _road("环湖路", "Huanhu Road", "collector",
          (-2560, 1000), (-2300, 1560), (-1960, 1680), (-1480, 1560), (-1290, 1350)),
    _road("东新路", "Dongxin Road", "collector",
          (3100, -1000), (3450, -500), (3580, 120), (3680, 960), (3500, 1620), (2750, 1750)),
    _road("科创路", "Kechuang Road", "collector", (2870, 500), (3620, 480), (4100, 480), (4150, 930)),
    _road("南环支路", "Nanhuan Branch Road", "collector", (880, -2480), (900, -2130)),
)  # fmt: skip

VILLAGE_ROADS = (
    _road("柳塘路", "Liutang Road", "local",
          (-4650, -620), (-5050, -1050), (-5250, -1450), (-4950, -1900), (-4100, -2050), (-3220, -2050)),
    _road("石桥路", "Shiqiao Road", "local",
          (-4300, -570), (-4500, 150), (-4850, 850), (-5000, 1500), (-4820, 2200)),
    _road("石桥路", "Shiqiao Road", "local", (-4700, 2460), (-4480, 2780), (-4350, 3100)),
    _road("荷塘路", "Hetang Road", "local",
          (2300, -1850), (2900, -2450), (3650, -2900), (4500, -2700), (5100, -2350)),
    _road("南渡路", "Nandu Road", "local",
          (-620, -3750), (-100, -4000), (650, -3850), (1350, -3350), (900, -2480)),
    _road("东湾路", "Dongwan Road", "local", (5450, 500), (5650, 700), (5500, 1300), (5200, 950)),
    _road("青屏山路", "Qingpingshan Road", "local",
          (430, 3800), (900, 4050), (1250, 3980), (1500, 4250), (1900, 4420), (2330, 4250)),
)  # fmt: skip

NARROW_BRIDGE = Way(
    "石桥", "Shiqiao Bridge", "local", ((-4820, 2200), (-4700, 2460)), LIMIT_KMH["local"], hazardous=True
)


def banks() -> tuple[Way, Way]:
    """The two roads along the river through the town."""
    course = smoothed(RIVER)
    in_town = [point for point in course if -2760 < point[0] < 2700]
    south = [point for point in shifted_right(in_town, 115) if point[0] < 1560]
    north = shifted_right(in_town, -125)
    limit = LIMIT_KMH["collector"]
    return (
        Way("滨河南路", "Binhe South Road", "collector", tuple(south), limit),
        Way("滨河北路", "Binhe North Road", "collector", tuple(north), limit),
    )

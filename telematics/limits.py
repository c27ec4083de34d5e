"""The speed limit in force: the lowest of what is posted, what the law sets for the road, and for what is aboard.

Pure: every number comes from the regulation profile, every circumstance is told.
"""

import math

import msgspec

from telematics.roads import OwnLimit
from telematics.rules.speeding import SpeedLimit
from telematics.units import kmh_to_mps

EXPRESSWAY = "expressway"
LOCAL = "local"
MINUTES_A_DAY = 1440
LEAST_JUDGED_KMH = 10.0
SIGNPOSTED = "道路交通安全法 第四十二条"
"""No faster than the signs say: the article of every posted limit."""


class Statute(msgspec.Struct, frozen=True, gc=False):
    """A number of the law: kilometres per hour, or per cent; and its article."""

    value: float
    article: str


class LimitBook(msgspec.Struct, frozen=True, kw_only=True):
    """The speed limits of the law.

    Attributes:
        aboard_ordinary: with pupils aboard, on no expressway.
        aboard_expressway: with pupils aboard, on an expressway.
        aboard_hazard: with pupils aboard, on a dangerous stretch or in bad weather.
        hazard: without pupils, there and then; None where the profile has no such number.
        expressway: of a bus on an expressway without signs.
        no_line_city: of a road without a line between the directions, in a built-up area.
        no_line_road: outside one.
        one_lane_city: of a road with one lane each way, in a built-up area.
        one_lane_road: outside one.
        night_share: how many per cent of the day's limit hold at night; None where the night is as the day.
        night_from_min: the night begins, minutes after local midnight.
        night_until_min: it ends.
    """

    aboard_ordinary: Statute
    aboard_expressway: Statute
    aboard_hazard: Statute
    hazard: Statute | None = None
    expressway: Statute | None = None
    no_line_city: Statute | None = None
    no_line_road: Statute | None = None
    one_lane_city: Statute | None = None
    one_lane_road: Statute | None = None
    night_share: Statute | None = None
    night_from_min: float = 0.0
    night_until_min: float = 0.0

    def is_night(self, minute_of_day: float) -> bool:
        """Whether the limits of the night hold at a local time."""
        if self.night_share is None:
            return False
        since = (minute_of_day - self.night_from_min) % MINUTES_A_DAY
        return since < (self.night_until_min - self.night_from_min) % MINUTES_A_DAY


class Circumstances(msgspec.Struct, frozen=True, gc=False):
    """What else decides the limit.

    Attributes:
        aboard: whether pupils are, or have to be taken to be.
        hazard: whether the place lies on a stretch of a route that is marked as dangerous.
        weather: whether low visibility has been declared for the area.
        night: whether it is night.
    """

    aboard: bool = True
    hazard: bool = False
    weather: bool = False
    night: bool = False


def limit_in_force(road: OwnLimit | None, now: Circumstances, book: LimitBook) -> SpeedLimit:
    """The lowest limit that holds on a road in some circumstances.

    Args:
        road: what holds there by signs and kind; None where the bus is on no road that is known.
        now: the circumstances.
        book: the law.

    Returns:
        The limit, with what sets it; endless where nothing sets one, as without pupils on a road that is not known.
        The share of the night is a rule for operators: penalty points are counted from the limit of the day.

    Source:
        校车安全管理条例 Art 35; 道路交通安全法实施条例 Art 45, 46.
    """
    is_expressway = road is not None and road.road_class == EXPRESSWAY
    name, is_posted = (road.road, road.posted_kmh is not None) if road else ("", False)

    def limit(statute: Statute, source: str) -> SpeedLimit:
        return SpeedLimit(
            mps=kmh_to_mps(statute.value),
            source=source,
            article=statute.article,
            kmh=statute.value,
            is_expressway=is_expressway,
            road=name,
            is_posted=is_posted,
        )

    by_day = []
    if road and road.posted_kmh is not None:
        by_day.append(limit(Statute(road.posted_kmh, SIGNPOSTED), "posted"))
    elif road and (default := class_default(road, book)):
        by_day.append(limit(default, "class_default"))
    if now.aboard:
        by_day.append(
            limit(book.aboard_expressway, "expressway")
            if is_expressway
            else limit(book.aboard_ordinary, "ordinary")
        )
    found = list(by_day)
    if now.night and book.night_share and by_day:
        day = min(by_day, key=lambda one: one.mps)
        share = Statute(day.kmh * book.night_share.value / 100, book.night_share.article)
        found.append(msgspec.structs.replace(limit(share, "night"), punished_kmh=day.kmh))
    dangerous = book.aboard_hazard if now.aboard else book.hazard
    if dangerous and (now.hazard or now.weather):
        found.append(limit(dangerous, "hazard" if now.hazard else "weather"))
    if not found:
        return SpeedLimit(mps=math.inf, source="", article="", kmh=math.inf, road=name)
    return min(found, key=lambda one: one.mps)


def class_default(road: OwnLimit, book: LimitBook) -> Statute | None:
    """What the law sets for a road by the way it is built, where no sign stands.

    The law numbers expressways, roads without a line between the directions and roads with one lane each way; others
    have no number of their own. What is not told of a road is taken as it favours the driver: outside a built-up
    area, and, but for local roads, more than one lane each way.
    """
    if road.road_class == EXPRESSWAY:
        return book.expressway
    if road.centre_line is False:
        return book.no_line_city if road.urban else book.no_line_road
    if road.lanes == 1 or (road.lanes is None and road.road_class == LOCAL):
        return book.one_lane_city if road.urban else book.one_lane_road
    return None


def lowest_kmh(roads: list[OwnLimit], book: LimitBook) -> float:
    """What no limit that can hold on some roads lies below: slower reports need no look-up.

    Walking pace is posted on some, and is not judged: no receiver tells it from standing surely enough.
    """
    own = [road.posted_kmh for road in roads if road.posted_kmh is not None]
    defaults = [book.no_line_city, book.no_line_road, book.one_lane_city, book.one_lane_road]
    by_day = [*own, book.aboard_ordinary.value, book.aboard_expressway.value]
    by_day += [one.value for one in (*defaults, book.expressway) if one]
    share = book.night_share.value if book.night_share else 100.0
    dangerous = [one.value for one in (book.aboard_hazard, book.hazard) if one]
    return max(min(min(by_day) * share / 100, *dangerous), LEAST_JUDGED_KMH)

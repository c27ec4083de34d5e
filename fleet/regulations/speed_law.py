"""The speed limits and tiers of a regulation profile, as the speeding rule takes them."""

from collections.abc import Mapping

from fleet.regulations.models import RegulationNumber
from telematics.limits import LimitBook, Statute
from telematics.rules.speeding_tiers import CriminalThreshold, Fine, SpeedingTiers, Tier

Numbers = Mapping[str, RegulationNumber]


def limit_book(numbers: Numbers) -> LimitBook:
    """The speed limits of a profile; what it has no number for holds nowhere.

    Raises:
        KeyError: where it has no limits with pupils aboard.
    """
    return LimitBook(
        aboard_ordinary=Statute(numbers["speed.ordinary"].value, numbers["speed.ordinary"].article),
        aboard_expressway=Statute(numbers["speed.expressway"].value, numbers["speed.expressway"].article),
        aboard_hazard=Statute(numbers["speed.hazard"].value, numbers["speed.hazard"].article),
        hazard=statute(numbers, "speed.default_hazard"),
        expressway=statute(numbers, "speed.default_expressway"),
        no_line_city=statute(numbers, "speed.default_no_line_city"),
        no_line_road=statute(numbers, "speed.default_no_line_road"),
        one_lane_city=statute(numbers, "speed.default_one_lane_city"),
        one_lane_road=statute(numbers, "speed.default_one_lane_road"),
        night_share=statute(numbers, "fatigue.night_speed_share"),
        night_from_min=value(numbers, "fatigue.night_from"),
        night_until_min=value(numbers, "fatigue.night_until"),
    )


def speeding_tiers(numbers: Numbers) -> SpeedingTiers:
    """What a profile gives for speeding; before there were points in it, nothing."""
    expressway, other = "points.speeding_expressway", "points.speeding_other"
    return SpeedingTiers(
        expressway=tiers(
            numbers, (0.0, f"{expressway}_lower"), (f"{expressway}_upper_tier_from", f"{expressway}_upper")
        ),
        other=tiers(
            numbers,
            *((f"{other}_{tier}_tier_from", f"{other}_{tier}") for tier in ("lower", "middle", "upper")),
        ),
        fine=fine(numbers),
        crime_expressway=threshold(numbers, "crime.speeding_expressway"),
        crime_elsewhere=threshold(numbers, "crime.speeding_elsewhere"),
        crime_hazard=threshold(numbers, "crime.speeding_hazard"),
    )


def tiers(numbers: Numbers, *keys: tuple[str | float, str]) -> list[Tier]:
    """Tiers by the keys of where they begin, or the share itself, and of their points."""
    return [
        Tier(
            from_percent=numbers[begins].value if isinstance(begins, str) else begins,
            points=int(numbers[key].value),
            words=numbers[key].note,
            article=numbers[key].article,
        )
        for begins, key in keys
        if key in numbers and (not isinstance(begins, str) or begins in numbers)
    ]


def fine(numbers: Numbers) -> Fine | None:
    """What is to be paid for speeding."""
    keys = ("fine.speeding_tier_over", "fine.speeding_min", "fine.speeding_max")
    if not all(key in numbers for key in keys):
        return None
    over, least, most = (numbers[key].value for key in keys)
    return Fine(over, least, most, numbers[keys[0]].article)


def threshold(numbers: Numbers, key: str) -> CriminalThreshold | None:
    """When speeding is criminal."""
    percent, speed = numbers.get(f"{key}_percent"), numbers.get(f"{key}_speed")
    return CriminalThreshold(percent.value, speed.value) if percent and speed else None


def statute(numbers: Numbers, key: str) -> Statute | None:
    """A number with its article; None where the profile has none."""
    return Statute(numbers[key].value, numbers[key].article) if key in numbers else None


def value(numbers: Numbers, key: str) -> float:
    """A bare number; 0 where the profile has none."""
    return numbers[key].value if key in numbers else 0.0

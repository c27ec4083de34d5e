"""The numbers of a regulation profile, as the ledger's rules take them."""

from fleet.regulations.queries import RuleSet
from telematics.rules.left_aboard import LeftAboardLimits
from telematics.rules.overloading import Capacity, OverloadingLimits

ARTICLE_OF_OVERLOADING = "校车安全管理条例 第三十四条"


def left_aboard_limits(profile: RuleSet) -> LeftAboardLimits:
    """After how many minutes who is told of a trip that stays open."""
    numbers = profile.values
    return LeftAboardLimits(
        attendant_min=numbers["left_aboard.escalation_attendant"],
        coordinator_min=numbers["left_aboard.escalation_coordinator"],
        principal_min=numbers["left_aboard.escalation_principal"],
        article=profile.numbers["left_aboard.escalation_attendant"].article,
    )


def minutes_to_class(profile: RuleSet) -> float:
    """Within how many minutes it has to be told that a pupil who rode is not in class."""
    return profile.values["left_aboard.absent_in_class"]


def overloading_limits(profile: RuleSet, capacity: Capacity) -> OverloadingLimits | None:
    """What the law gives for overloading a bus of a size; None where the capacity or the profile does not tell.

    The tiers of points and fines begin at the same percentage.
    """
    numbers = profile.values
    if capacity.total is None or "points.overloading_upper_tier_from" not in numbers:
        return None
    size = size_of(capacity.total, numbers)
    return OverloadingLimits(
        upper_tier_percent=int(numbers["points.overloading_upper_tier_from"]),
        points=int(numbers["points.overloading_lower"]),
        upper_points=int(numbers["points.overloading_upper"]),
        fine=(int(numbers["fine.overloading_min"]), int(numbers["fine.overloading_max"])),
        upper_fine=(int(numbers["fine.overloading_upper_min"]), int(numbers["fine.overloading_upper_max"])),
        crime_percent=int(numbers[f"crime.overloading_{size}_percent"]),
        crime_people=int(numbers[f"crime.overloading_{size}_people"]),
        article=ARTICLE_OF_OVERLOADING,
    )


def size_of(seats: int, numbers: dict[str, float]) -> str:
    """Small, medium or large, by the seats: the length is not recorded."""
    if seats <= numbers["licence.small_bus_seats_max"]:
        return "small"
    return "medium" if seats <= numbers["licence.medium_bus_seats_max"] else "large"

"""The dispatch gate: whether a trip may leave, and if not, why, by which law, and what would cure it; pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import attrgetter

from fleet.dispatch.conditions import Condition, Numbers
from fleet.dispatch.law import CONDITIONS
from fleet.dispatch.situation import Answer, DispatchFacts, Period


class RouteException(StrEnum):
    """What allows a bus off its approved route: Art 30 of the school-bus regulation names these and no other."""

    TRAFFIC_CONTROL = "traffic_control"
    WORKS = "works"
    DISASTER = "disaster"
    SEVERE_WEATHER = "severe_weather"
    ACCIDENT = "accident"


OVERRIDABLE = frozenset({"route_not_approved"})

ASKED_AT_DEPARTURE = frozenset(
    {"too_many_pupils", "too_many_adults", "pupil_in_front_seat", "stranger_aboard", "running_suspended"}
)
"""What may be known only when the bus is about to leave."""


@dataclass(frozen=True)
class Refusal:
    """One reason why a trip may not leave.

    Attributes:
        code: what is wrong.
        article: the law that asks for it.
        cure: code of what would put it right.
        unknown: nothing is known of it, which is not met.
        found: what was found, in words of data: a number, a date; None where there is nothing to tell.
        limit: what it was held against.
    """

    code: str
    article: str
    cure: str
    unknown: bool
    found: str | float | None = None
    limit: str | float | None = None

    @property
    def overridable(self) -> bool:
        """Whether two people may let the trip leave nevertheless, for one of the reasons in Art 30."""
        return self.code in OVERRIDABLE and not self.unknown


@dataclass(frozen=True)
class GateDecision:
    """What the gate says.

    Attributes:
        allowed: whether the trip may leave.
        refusals: every reason why not, in the order of the law's conditions.
    """

    allowed: bool
    refusals: tuple[Refusal, ...]

    @property
    def overridable(self) -> bool:
        """Whether nothing but what Art 30 excepts stands against the trip."""
        return bool(self.refusals) and all(refusal.overridable for refusal in self.refusals)

    @property
    def ahead(self) -> tuple[Refusal, ...]:
        """The reasons that stand already, before anybody is asked at departure."""
        return tuple(
            refusal
            for refusal in self.refusals
            if not (refusal.unknown and refusal.code in ASKED_AT_DEPARTURE)
        )


def check_dispatch(facts: DispatchFacts, numbers: Numbers) -> GateDecision:
    """Hold a trip against every condition of the law.

    Args:
        facts: what is known of the trip; what is not known counts as not met.
        numbers: the regulation profile of the trip's day.

    Raises:
        KeyError: where the profile lacks a number that a condition needs.
    """
    refusals = []
    for condition in CONDITIONS:
        verdict = condition.check(facts, numbers)
        if verdict is not Answer.MET:
            refusals.append(refusal(condition, verdict, facts, numbers))
    return GateDecision(not refusals, tuple(refusals))


def refusal(condition: Condition, verdict: Answer, facts: DispatchFacts, numbers: Numbers) -> Refusal:
    """What a condition that is not met, or not known to be, says."""
    limit = (
        numbers[condition.number]
        if condition.number
        else detail(attrgetter(condition.limit)(facts))
        if condition.limit
        else None
    )
    return Refusal(
        code=condition.code,
        article=condition.article,
        cure=condition.cure,
        unknown=verdict is Answer.UNKNOWN,
        found=detail(attrgetter(condition.found)(facts)) if condition.found else None,
        limit=limit,
    )


def detail(value: float | date | Period | None) -> str | float | None:
    """A fact as it is told with a refusal: of a period its last day, days in ISO form."""
    if isinstance(value, Period):
        value = value.last
    return value.isoformat() if isinstance(value, date) else value

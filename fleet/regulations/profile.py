"""Makes the rulebook that reports are held against from the regulation profile of a day."""

from django.utils import timezone

from fleet.regulations.models import RegulationNumber
from fleet.regulations.queries import RuleSet, profile_for
from fleet.routes.queries import road_stretches
from telematics.fix import Fix
from telematics.pipeline import Rulebook
from telematics.roads import RoadIndex
from telematics.rules.speeding import SpeedingLimits, SpeedLimit
from telematics.units import kmh_to_mps
from telematics.validate import Plausibility

HERE = "CN"
"""The jurisdiction that this installation runs in."""


def make_rulebook(profile: RuleSet, roads: RoadIndex) -> Rulebook:
    """The rulebook of a profile on the roads of a district."""
    ordinary = speed_limit(profile.numbers["speed.ordinary"], "ordinary")
    expressway = speed_limit(profile.numbers["speed.expressway"], "expressway")

    def limit_at(report: Fix) -> SpeedLimit:
        road = roads.road_of(report)
        return expressway if road and road.road_class == "expressway" else ordinary

    return Rulebook(
        profile=profile.code,
        plausibility=Plausibility(),
        speeding=SpeedingLimits(at=limit_at, lowest_mps=min(ordinary.mps, expressway.mps)),
    )


def speed_limit(number: RegulationNumber, source: str) -> SpeedLimit:
    """The limit as rules compare with it."""
    return SpeedLimit(mps=kmh_to_mps(number.value), source=source, article=number.article)


def current_rulebook() -> Rulebook:
    """The rulebook for reports that come now, on the roads in the database.

    Raises:
        NoProfileError: where no profile is approved for today.
    """
    return make_rulebook(profile_for(HERE, timezone.localdate()), RoadIndex(road_stretches()))

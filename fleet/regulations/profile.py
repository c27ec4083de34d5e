"""Reads a regulation profile, and makes the rulebook that reports are held against."""

import tomllib
from pathlib import Path
from typing import Literal

import msgspec

from fleet.routes.queries import road_stretches
from telematics.fix import Fix
from telematics.pipeline import Rulebook
from telematics.roads import RoadIndex
from telematics.rules.speeding import SpeedingLimits, SpeedLimit
from telematics.units import kmh_to_mps
from telematics.validate import Plausibility

PROFILES = Path(__file__).parent / "profiles"


class SpeedNumber(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A speed limit as the law gives it."""

    value_kmh: float
    article: str
    certainty: Literal["text", "secondary", "common"]

    def limit(self, source: str) -> SpeedLimit:
        """The limit as rules compare with it."""
        return SpeedLimit(mps=kmh_to_mps(self.value_kmh), source=source, article=self.article)


class SpeedingNumbers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits by kind of road."""

    ordinary: SpeedNumber
    expressway: SpeedNumber


class RegulationProfile(msgspec.Struct, frozen=True):
    """The numbers of one jurisdiction, in force from a day on."""

    id: str
    name: str
    speeding: SpeedingNumbers


def read_profile(name: str) -> RegulationProfile:
    """The profile in ``profiles/<name>.toml``.

    Raises:
        msgspec.ValidationError: naming the field that does not fit.
    """
    return msgspec.convert(tomllib.loads((PROFILES / f"{name}.toml").read_text("utf-8")), RegulationProfile)


def make_rulebook(profile: RegulationProfile, roads: RoadIndex) -> Rulebook:
    """The rulebook of a profile on the roads of a district."""
    ordinary = profile.speeding.ordinary.limit("ordinary")
    expressway = profile.speeding.expressway.limit("expressway")

    def limit_at(report: Fix) -> SpeedLimit:
        road = roads.road_of(report)
        return expressway if road and road.road_class == "expressway" else ordinary

    return Rulebook(
        profile=profile.id,
        plausibility=Plausibility(),
        speeding=SpeedingLimits(at=limit_at, lowest_mps=min(ordinary.mps, expressway.mps)),
    )


def current_rulebook() -> Rulebook:
    """The rulebook for reports that come now, on the roads in the database."""
    return make_rulebook(read_profile("cn"), RoadIndex(road_stretches()))

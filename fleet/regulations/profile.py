"""Makes the rulebook that reports are held against: the law of a day, on the roads, there and then."""

from datetime import datetime, tzinfo
from functools import partial

import msgspec
from django.utils import timezone

from fleet.regulations.circumstances import Tables
from fleet.regulations.queries import RuleSet, profile_for
from fleet.regulations.speed_law import limit_book, speeding_tiers
from fleet.routes.queries import newest_road_import, road_stretches
from telematics.fix import Fix
from telematics.limits import Circumstances, LimitBook, limit_in_force, lowest_kmh
from telematics.pipeline import Rulebook
from telematics.roads import OwnLimit, RoadIndex
from telematics.rules.speeding import SpeedingLimits, SpeedLimit
from telematics.rules.speeding_tiers import consequence
from telematics.units import kmh_to_mps
from telematics.validate import Plausibility

HERE = "CN"
"""The jurisdiction that this installation runs in."""


class SpeedLaw:
    """The limits for each device: the law, the roads, and what is known of the bus that the device is in.

    Args:
        profile: the numbers of the law.
        roads: the roads that buses are on; all where none are given.
    """

    def __init__(self, profile: RuleSet, roads: RoadIndex | None = None) -> None:
        self.book: LimitBook = limit_book(profile.numbers)
        self.tables = Tables()
        self.zone: tzinfo = timezone.get_default_timezone()
        self._consequence = partial(consequence, tiers=speeding_tiers(profile.numbers))
        self._import = newest_road_import()
        self._known: dict[tuple[OwnLimit | None, bool, bool, bool, bool], SpeedLimit] = {}
        self.limits = self._limits_on(roads or RoadIndex(road_stretches()))

    def limits_of(self, device: str) -> SpeedingLimits:
        """What the reports of a device are held against."""
        if self.tables.refresh() and (newest := newest_road_import()) != self._import:
            self._import = newest
            self.limits = self._limits_on(RoadIndex(road_stretches()))
        return msgspec.structs.replace(self.limits, at=LimitsOfDevice(self, device))

    def limit(
        self, road: OwnLimit | None, *, aboard: bool, hazard: bool, weather: bool, night: bool
    ) -> SpeedLimit:
        """The limit on a road in some circumstances; there are few that differ, so that each is made once."""
        key = (road, aboard, hazard, weather, night)
        found = self._known.get(key)
        if found is None:
            now = Circumstances(aboard=aboard, hazard=hazard, weather=weather, night=night)
            found = self._known[key] = limit_in_force(road, now, self.book)
        return found

    def is_night(self, local: datetime) -> bool:
        """Whether the limits of the night hold at a local time."""
        return self.book.is_night(local.hour * 60 + local.minute)

    def _limits_on(self, roads: RoadIndex) -> SpeedingLimits:
        self._known.clear()
        own = [one for pair in roads.own_limits for one in pair]
        return SpeedingLimits(
            at=LimitsOfDevice(self, ""),
            lowest_mps=kmh_to_mps(lowest_kmh(own, self.book)),
            roads=roads,
            consequence=self._consequence,
        )


class LimitsOfDevice:
    """The limit in force for a device where and when a report was made."""

    def __init__(self, law: SpeedLaw, device: str) -> None:
        self._law = law
        self._device = device

    def __call__(self, report: Fix, road: OwnLimit | None) -> SpeedLimit:
        """The limit on a road; on None, which is none that is known."""
        law, tables, at = self._law, self._law.tables, report.time
        stay, local = tables.stay(self._device, at), at.astimezone(law.zone)
        return law.limit(
            road,
            aboard=tables.may_have_pupils(stay, at, local.date()),
            hazard=report.lat is not None
            and report.lon is not None
            and tables.is_hazard(report.lat, report.lon, report.course_deg, at),
            weather=tables.is_low_visibility(stay, at),
            night=law.is_night(local),
        )


def make_rulebook(profile: RuleSet) -> Rulebook:
    """The rulebook of a profile on the roads in the database."""
    law = SpeedLaw(profile)
    return Rulebook(
        profile=profile.code,
        plausibility=Plausibility(),
        speeding=law.limits,
        speeding_of=law.limits_of,
    )


def current_rulebook() -> Rulebook:
    """The rulebook for reports that come now, on the roads in the database.

    Raises:
        NoProfileError: where no profile is approved for today.
    """
    return make_rulebook(profile_for(HERE, timezone.localdate()))

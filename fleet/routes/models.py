"""Everything that is known of where and when buses run."""

from fleet.routes.calendars import ExceptionalDay, Term, Weekday
from fleet.routes.patterns import (
    Departure,
    Direction,
    HazardousStretch,
    LimiterStretch,
    PatternStop,
    Route,
    RoutePattern,
)
from fleet.routes.roads import Area, PostedKind, Road, RoadClass, RoadImport
from fleet.routes.stops import (
    Hazard,
    HazardKind,
    MarkingCondition,
    MarkingKind,
    SideOfRoad,
    Stop,
    StopInspection,
    StopKind,
    StopMarking,
)
from fleet.routes.weather import LowVisibility, Weather

__all__ = [
    "Area",
    "Departure",
    "Direction",
    "ExceptionalDay",
    "Hazard",
    "HazardKind",
    "HazardousStretch",
    "LimiterStretch",
    "LowVisibility",
    "MarkingCondition",
    "MarkingKind",
    "PatternStop",
    "PostedKind",
    "Road",
    "RoadClass",
    "RoadImport",
    "Route",
    "RoutePattern",
    "SideOfRoad",
    "Stop",
    "StopInspection",
    "StopKind",
    "StopMarking",
    "Term",
    "Weather",
    "Weekday",
]

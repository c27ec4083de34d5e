"""Everything that is known of where and when buses run."""

from fleet.routes.calendars import ExceptionalDay, Term, Weekday
from fleet.routes.patterns import (
    Departure,
    Direction,
    HazardousStretch,
    PatternStop,
    Route,
    RoutePattern,
)
from fleet.routes.roads import Area, Road, RoadClass
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

__all__ = [
    "Area",
    "Departure",
    "Direction",
    "ExceptionalDay",
    "Hazard",
    "HazardKind",
    "HazardousStretch",
    "MarkingCondition",
    "MarkingKind",
    "PatternStop",
    "Road",
    "RoadClass",
    "Route",
    "RoutePattern",
    "SideOfRoad",
    "Stop",
    "StopInspection",
    "StopKind",
    "StopMarking",
    "Term",
    "Weekday",
]

"""The demo's routes: stops with their markings, both directions of each route, its dangerous stretches, and terms."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from django.contrib.gis.geos import Point
from django.utils import timezone

from fleet.organisations.models import Organisation
from fleet.routes.models import (
    Direction,
    HazardKind,
    HazardousStretch,
    MarkingCondition,
    MarkingKind,
    PatternStop,
    Route,
    RoutePattern,
    SideOfRoad,
    Stop,
    StopKind,
    StopMarking,
    Term,
)
from telematics.simulator import model
from web.demo_geometry import line

PLANNED_MPS = 6.5
DWELL_S = 25
APPROVED_DAYS_AGO = 400
APPROVED_FOR_DAYS = 730
WORN_EVERY, MISSING_EVERY = 7, 11
DIRECTIONS = {"morning": Direction.TO_SCHOOL, "afternoon": Direction.TO_HOME}


def draw_routes(
    simulated: model.District, district: Organisation, schools: Sequence[Organisation]
) -> list[Route]:
    """Stops with their markings, and each route with its way to school and its way home."""
    today = timezone.localdate()
    stops = Stop.objects.bulk_create(
        Stop(
            name=one.name_zh,
            name_en=one.name_en,
            place=Point(one.lon, one.lat),
            approach_deg=one.heading_deg,
            side=SideOfRoad.RIGHT,
            kind=StopKind.SCHOOL_BUS_STOP,
            organisation=district,
            approval_number=f"示范站批〔{today.year - 1}〕{number:03d}号",
            approved_on=today - timedelta(days=APPROVED_DAYS_AGO),
            approved_until=today + timedelta(days=APPROVED_FOR_DAYS - APPROVED_DAYS_AGO),
        )
        for number, one in enumerate(simulated.stops, start=1)
    )
    StopMarking.objects.bulk_create(
        marking for number, stop in enumerate(stops, start=1) for marking in markings(stop, number)
    )
    routes = Route.objects.bulk_create(
        Route(name=one.name_zh, name_en=one.name_en, school=schools[one.school]) for one in simulated.routes
    )
    for route, one in zip(routes, simulated.routes, strict=True):
        for pattern in (one.morning, one.afternoon):
            draw_pattern(route, pattern, stops)
    return routes


def markings(stop: Stop, number: int) -> Iterator[StopMarking]:
    """A stop's three markings: most are good, some worn, some missing."""
    for offset, kind in enumerate(MarkingKind):
        condition = MarkingCondition.GOOD
        if (number + offset) % MISSING_EVERY == 0:
            condition = MarkingCondition.MISSING
        elif (number + offset) % WORN_EVERY == 0:
            condition = MarkingCondition.WORN
        yield StopMarking(
            stop=stop, kind=kind, condition=condition, owner="示范区公路管理站", inspected_at=timezone.now()
        )


def draw_pattern(route: Route, drawn: model.RoutePattern, stops: Sequence[Stop]) -> None:
    """A route's way in one direction."""
    pattern = RoutePattern.objects.create(
        route=route,
        direction=DIRECTIONS[drawn.direction],
        valid_from=timezone.localdate() - timedelta(days=APPROVED_DAYS_AGO),
        line=line(drawn.line),
        length_m=drawn.length_m,
    )
    PatternStop.objects.bulk_create(
        PatternStop(
            pattern=pattern,
            stop=stops[stop],
            order=order,
            distance_m=along_m,
            offset_s=round(along_m / PLANNED_MPS) + DWELL_S * (order - 1),
            dwell_s=DWELL_S,
        )
        for order, (stop, along_m) in enumerate(
            zip(drawn.stops, drawn.stop_distances_m, strict=True), start=1
        )
    )
    ends = [*(span.start_m for span in drawn.spans), drawn.length_m]
    HazardousStretch.objects.bulk_create(
        HazardousStretch(
            pattern=pattern,
            kind=HazardKind.SHARP_BEND,
            begins_m=begins,
            ends_m=min(until, drawn.length_m),
            protected=True,
        )
        for span, (begins, until) in zip(drawn.spans, pairwise(ends), strict=True)
        if span.hazardous and begins < drawn.length_m
    )


def hold_terms(schools: Sequence[Organisation], today: date) -> None:
    """The term of each school that today lies in."""
    Term.objects.bulk_create(
        Term(
            school=school,
            name="本学期",
            valid_from=today - timedelta(days=80),
            valid_until=today + timedelta(days=80),
        )
        for school in schools
    )

"""Routes with their patterns and stops, said in a few words."""

from collections.abc import Sequence
from datetime import date

from django.contrib.gis.geos import LineString, Point

from fleet.organisations.models import Organisation
from fleet.routes.models import Direction, PatternStop, Route, RoutePattern, Stop
from telematics.geometry import distance_m

LONG_AGO = date(2020, 1, 1)
PLANNED_MPS = 6.0


def route(
    school: Organisation,
    name: str = "一号线",
    stops: Sequence[str] = ("村口", "学校"),
    direction: Direction = Direction.TO_SCHOOL,
) -> Route:
    """A route of a school whose stops lie a kilometre apart on a straight road to the east."""
    made = Route.objects.create(name=name, school=school)
    pattern(made, stops, direction)
    return made


def pattern(
    of: Route, stops: Sequence[str] = ("村口", "学校"), direction: Direction = Direction.TO_SCHOOL
) -> RoutePattern:
    """A pattern of a route, valid since long ago, every weekday."""
    places = [(120 + 0.01 * number, 30.0) for number in range(max(2, len(stops)))]
    along = [distance_m(30, 120, lat, lon) for lon, lat in places]
    made = RoutePattern.objects.create(
        route=of,
        direction=direction,
        valid_from=LONG_AGO,
        line=LineString(places, srid=4326),
        length_m=along[-1],
    )
    for order, name in enumerate(stops, start=1):
        place, metres = places[order - 1], along[order - 1]
        stop = Stop.objects.create(name=name, place=Point(place, srid=4326), organisation=of.school)
        PatternStop.objects.create(
            pattern=made, stop=stop, order=order, distance_m=metres, offset_s=round(metres / PLANNED_MPS)
        )
    return made

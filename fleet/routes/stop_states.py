"""Reads: in one word how a stop stands: its approval first, then its markings; and stops near a place."""

from datetime import date

from django.contrib.gis.geos import Polygon
from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from fleet.routes.models import MarkingCondition, MarkingKind, Stop, StopMarking
from telematics.geometry import distance_m, moved

NOT_SEEN = (MarkingCondition.MISSING, MarkingCondition.DAMAGED, MarkingCondition.HIDDEN)
"""Whoever drives past can't read such a marking."""


class StopState(models.TextChoices):
    """What is the matter with a stop, the most urgent first."""

    LAPSED = "lapsed", _("Approval lapsed")
    UNAPPROVED = "unapproved", _("Not approved")
    MISSING = "missing", _("Marking missing or not to be read")
    UNKNOWN = "unknown", _("Marking never inspected")
    WORN = "worn", _("Marking worn")
    GOOD = "good", _("Good")


def with_state(stops: QuerySet[Stop], today: date) -> QuerySet[Stop]:
    """The stops, each with its `stop_state` on a day."""
    markings = StopMarking.objects.current().filter(stop=OuterRef("pk"))
    inspected = (
        markings.exclude(condition="").order_by().values("stop").annotate(count=Count("pk")).values("count")
    )
    return stops.annotate(
        markings_inspected=Coalesce(Subquery(inspected), 0),
        stop_state=Case(
            When(approved_until__lt=today, then=Value(StopState.LAPSED.value)),
            When(
                Q(approved_on__isnull=True) | Q(approved_on__gt=today),
                then=Value(StopState.UNAPPROVED.value),
            ),
            When(Exists(markings.filter(condition__in=NOT_SEEN)), then=Value(StopState.MISSING.value)),
            When(markings_inspected__lt=len(MarkingKind), then=Value(StopState.UNKNOWN.value)),
            When(Exists(markings.filter(condition=MarkingCondition.WORN)), then=Value(StopState.WORN.value)),
            default=Value(StopState.GOOD.value),
        ),
    )


def state_of(stop: Stop) -> StopState:
    """How a stop from `with_state` stands."""
    return StopState(vars(stop)["stop_state"])


def stops_near(stops: QuerySet[Stop], lat: float, lon: float, within_m: float) -> list[tuple[float, Stop]]:
    """The stops within a distance of a place, with their distance in metres, the nearest first."""
    north, _east = moved(lat, lon, 0, within_m)
    south, _west = moved(lat, lon, 180, within_m)
    _north, east = moved(lat, lon, 90, within_m)
    _south, west = moved(lat, lon, 270, within_m)
    around = Polygon.from_bbox((west, south, east, north))
    around.srid = 4326
    found = [
        (distance_m(lat, lon, one.place.y, one.place.x), one) for one in stops.filter(place__within=around)
    ]
    return sorted((pair for pair in found if pair[0] <= within_m), key=lambda pair: (pair[0], pair[1].pk))

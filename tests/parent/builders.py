"""A family whose child waits for a bus, said in a few words."""

import base64
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.contrib.gis.geos import Point
from django.utils import timezone

from fleet.family.changes import subscribe
from fleet.family.models import PushSubscription
from fleet.people.models import User
from fleet.positions.models import LastPosition
from fleet.pupils.models import Pupil
from fleet.routes.models import RoutePattern
from fleet.trips.models import Progress, StopVisit, Trip, TripState, VisitState
from tests.fleet.builders import person
from tests.pupils.builders import assigned, linked, pupil
from tests.trips.builders import Line, line, trip_of
from tests.trips.drives import device_in

ALL_WEEK = 0b1111111
OWN_STOP = 3


@dataclass
class Family:
    """A guardian, the child, and the trip that it waits for at the third of four stops."""

    line: Line
    guardian: User
    child: Pupil
    trip: Trip

    def visit(self, order: int = OWN_STOP) -> StopVisit:
        return StopVisit.objects.get(trip=self.trip, order=order)

    def set_trip(self, **changes: Any) -> None:
        Trip.objects.filter(pk=self.trip.pk).update(**changes)
        self.trip.refresh_from_db()

    def set_visit(self, order: int, state: VisitState, **changes: Any) -> None:
        StopVisit.objects.filter(trip=self.trip, order=order).update(state=state, **changes)

    def predict(self, low: datetime, median: datetime, high: datetime, order: int = OWN_STOP) -> None:
        told = {
            "order": order,
            "median": median.timestamp(),
            "low": low.timestamp(),
            "high": high.timestamp(),
        }
        Progress.objects.update_or_create(trip=self.trip, defaults={"predictions": [told]})

    def report_position(self, at: datetime, lon: float = 120.011, lat: float = 30.0) -> None:
        device = device_in(self.line.bus)
        place = Point(lon, lat, srid=4326)
        LastPosition.objects.update_or_create(
            bus=self.line.bus, defaults={"device": device, "time": at, "position": place, "heard_at": at}
        )


def family(starts_in: timedelta = timedelta(minutes=10), state: TripState = TripState.PLANNED) -> Family:
    """Planned to leave its first stop so soon; on every day of the week, holidays too."""
    one = line()
    RoutePattern.objects.filter(pk=one.pattern.pk).update(weekdays=ALL_WEEK)
    one.pattern.refresh_from_db()
    child, guardian = pupil(one.where), person()
    assigned(one.where, child, one.pattern, order=OWN_STOP, weekdays=ALL_WEEK)
    linked(one.where, child, guardian)
    trip = trip_of(one, timezone.now() + starts_in)
    made = Family(one, guardian, child, trip)
    made.set_trip(state=state)
    return made


def running_family() -> Family:
    """The bus has left its first stop, and was heard just now."""
    made = family(timedelta(minutes=-3), TripState.RUNNING)
    now = timezone.now()
    made.set_visit(1, VisitState.DEPARTED, arrived_at=now, departed_at=now)
    made.set_visit(OWN_STOP, VisitState.AHEAD, planned_at=now + timedelta(minutes=7))
    made.report_position(now - timedelta(seconds=12))
    made.predict(
        now + timedelta(minutes=7), now + timedelta(minutes=8), now + timedelta(minutes=8, seconds=50)
    )
    return made


@dataclass
class Browser:
    """The keys of a browser that was subscribed to push."""

    key: ec.EllipticCurvePrivateKey
    secret: bytes
    subscription: PushSubscription


def subscribed(guardian: User, endpoint: str, language: str = "en") -> Browser:
    key, secret = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    made = subscribe(
        guardian=guardian,
        endpoint=endpoint,
        p256dh=base64url(point),
        auth=base64url(secret),
        language=language,
    )
    return Browser(key, secret, made)


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")

"""Writes: what follows for families when something new is known of a trip: polls see it, and they are told."""

from collections.abc import Iterable
from datetime import datetime

import structlog
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from fleet.deliveries import DeliveryState
from fleet.family.freshness import STAMPS_KEPT_S, touch, trip_stamp
from fleet.family.legs import Prediction, predictions_of, stops_away
from fleet.family.models import (
    FamilyNotice,
    FamilyPreferences,
    PushDelivery,
    PushSubscription,
)
from fleet.family.notices import Happening, is_quiet, kinds_due
from fleet.family.privacy import privacies_of, privacy_of, usual_preferences
from fleet.family.stages import AFTER, Call
from fleet.pupils.models import Guardianship
from fleet.pupils.riders import riders_of
from fleet.routes.models import Direction
from fleet.trips.models import Progress, StopVisit, Trip
from fleet.trips.states import State

log = structlog.get_logger(__name__)


def family_changed(trips: Iterable[int]) -> None:
    """Tell the families of trips what is known anew, once it is committed; called by whoever has changed a trip.

    Args:
        trips: ids of the trips whose state, bus, crew, stops or predictions may have changed.
    """
    changed = list(trips)
    if changed:
        transaction.on_commit(lambda: take_changes(changed), robust=True)


def take_changes(trips: list[int]) -> None:
    """Have polls see the change, and tell families where it is one that they are told of."""
    touch(trip_stamp(trip) for trip in trips)
    now = timezone.now()
    happenings = happenings_of(trips)
    signs = {f"family-told-{trip}": sign_of(stops, now) for trip, stops in happenings.items()}
    known = cache.get_many(signs)
    fresh = [trip for trip in happenings if known.get(key := f"family-told-{trip}") != signs[key]]
    for trip in Trip.objects.filter(pk__in=fresh).select_related("pattern__route", "bus"):
        told = tell_families(trip, happenings[trip.pk], now)
        cache.set(f"family-told-{trip.pk}", signs[f"family-told-{trip.pk}"], STAMPS_KEPT_S)
        if told:
            log.info("families_told", trip=trip.pk, notices=told)


def sign_of(happenings: dict[int, Happening], now: datetime) -> str:
    """Differs where anything differs that a family could be told of: a bus reports every few seconds."""
    told = {order: list(kinds_due(one, one.stops_away, now)) for order, one in happenings.items()}
    return repr((told, [(order, one.stops_away) for order, one in happenings.items()]))


@transaction.atomic
def tell_families(trip: Trip, happenings: dict[int, Happening], now: datetime) -> int:
    """Write the notices of a trip that are due, each once, with a push to each browser of the guardian.

    Args:
        trip: whose families are told.
        happenings: by the order of the stop.
        now: the present.

    Returns:
        How many notices are new.
    """
    if now > trip.ends_at + AFTER:
        return 0
    pupils = {
        rider.pupil.pk: happenings[stop.order]
        for stop in riders_of(trip.pattern, trip.service_date, trip.starts_at)
        for rider in stop.riders
        if rider.absence is None and stop.order in happenings
    }
    links = list(Guardianship.objects.current().filter(pupil__in=pupils, guardian__is_active=True))
    chosen = FamilyPreferences.objects.in_bulk({link.guardian_id for link in links})
    privacy = privacy_of(trip.pattern.route.school_id)
    known = set(FamilyNotice.objects.filter(trip=trip).values_list("guardian", "pupil", "kind"))
    fresh = []
    for link in links:
        wishes = chosen.get(link.guardian_id) or usual_preferences(link.guardian_id, privacy)
        for kind, details in kinds_due(pupils[link.pupil_id], wishes.stops_away, now):
            if kind.value in wishes.kinds and (link.guardian_id, link.pupil_id, kind.value) not in known:
                fresh.append(
                    FamilyNotice(
                        guardian_id=link.guardian_id,
                        pupil_id=link.pupil_id,
                        trip=trip,
                        kind=kind,
                        details=details,
                        at=now,
                    )
                )
    return len(store(fresh, chosen, now))


def store(
    notices: list[FamilyNotice], chosen: dict[int, FamilyPreferences], now: datetime
) -> list[FamilyNotice]:
    """Store notices with their pushes; where another process was quicker with one, its own stands."""
    if not notices:
        return []
    FamilyNotice.objects.bulk_create(notices, ignore_conflicts=True)
    trip = notices[0].trip
    stored = {
        (one.guardian_id, one.pupil_id, one.kind): one
        for one in FamilyNotice.objects.filter(trip=trip, at=now, deliveries=None)
    }
    fresh = [found for one in notices if (found := stored.get((one.guardian_id, one.pupil_id, one.kind)))]
    local = timezone.localtime(now).time()
    quiet = {
        guardian
        for guardian, wishes in chosen.items()
        if is_quiet(local, wishes.quiet_from, wishes.quiet_until)
    }
    PushDelivery.objects.bulk_create(
        PushDelivery(
            notice=one,
            subscription=subscription,
            state=DeliveryState.QUIET if one.guardian_id in quiet else DeliveryState.WAITING,
            next_try_at=now,
        )
        for subscription in PushSubscription.objects.filter(guardian__in={one.guardian_id for one in fresh})
        for one in fresh
        if one.guardian_id == subscription.guardian_id
    )
    return fresh


def happenings_of(trips: list[int]) -> dict[int, dict[int, Happening]]:
    """Trips as they concern the families of each of their stops: by trip, by the order of the stop."""
    visits: dict[int, list[StopVisit]] = {}
    for visit in StopVisit.objects.filter(trip__in=trips).order_by("order"):
        visits.setdefault(visit.trip_id, []).append(visit)
    progress = Progress.objects.in_bulk(trips)
    found = list(Trip.objects.filter(pk__in=visits).select_related("pattern__route", "bus"))
    privacies = privacies_of({trip.pattern.route.school_id for trip in found})
    return {
        trip.pk: {
            visit.order: happening_at(
                trip,
                visits[trip.pk],
                visit,
                predictions_of(progress.get(trip.pk)),
                shows_plate=privacies[trip.pattern.route.school_id].shows_plate,
            )
            for visit in visits[trip.pk]
        }
        for trip in found
    }


def happening_at(
    trip: Trip,
    visits: list[StopVisit],
    own: StopVisit,
    predicted: dict[int, Prediction],
    *,
    shows_plate: bool,
) -> Happening:
    """A trip as it concerns the families of one of its stops."""
    prediction = predicted.get(own.order)
    is_to_school = trip.pattern.direction == Direction.TO_SCHOOL
    return Happening(
        day=trip.service_date,
        state=State(trip.state),
        call=Call(own.state),
        stops_away=stops_away(visits, own),
        low_at=prediction.low if prediction else None,
        late_by=prediction.median - own.planned_at if prediction else None,
        late_reason=trip.late_reason,
        is_substituted=trip.planned_bus_id is not None and trip.is_substituted,
        plate=str(trip.bus.plate) if trip.bus and shows_plate else "",
        reached_school=is_to_school and visits[-1].arrived_at is not None,
    )

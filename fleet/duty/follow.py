"""Keeps drivers' logs up to date: each minute, and when reports come late."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from django.db.models import Q

from fleet.duty.log import find_unidentified, rebuild
from fleet.duty.models import SignIn
from fleet.trips.models import Trip, TripState
from fleet.turns import in_turns

log = structlog.get_logger(__name__)

MARGIN = timedelta(minutes=10)
"""A late report tells of the time around it too: it may close a gap, or part a stop."""
RUN_ON = timedelta(hours=6)


def busy_drivers(since: datetime, until: datetime, buses: set[int] | None = None) -> set[int]:
    """Drivers who were, or were to be, with a bus in a span of time.

    Args:
        since: the span begins.
        until: and ends.
        buses: only with one of these; None for any.
    """
    signed = (
        SignIn.objects.current().filter(since__lt=until).filter(Q(until__isnull=True) | Q(until__gt=since))
    )
    trips = Trip.objects.filter(
        starts_at__lt=until + RUN_ON, ends_at__gt=since - RUN_ON, driver__isnull=False, bus__isnull=False
    ).exclude(state=TripState.CANCELLED)
    if buses is not None:
        signed, trips = signed.filter(bus__in=buses), trips.filter(bus__in=buses)
    drivers = {*signed.values_list("driver_id", flat=True), *trips.values_list("driver_id", flat=True)}
    return {driver for driver in drivers if driver is not None}


def follow_drivers(since: Mapping[int, datetime], now: datetime) -> None:
    """Make the logs of drivers anew, each from a moment on; one that fails does not keep the others."""
    for driver, moment in in_turns(sorted(since.items())):
        try:
            rebuild(driver, moment, now)
        except Exception as error:
            log.warning("duty_log_failed", driver=driver, error=repr(error))


def follow_late(late: Mapping[int, datetime], now: datetime) -> None:
    """Make anew what reports that came late can have changed.

    Args:
        late: by bus, the oldest event time of such reports.
        now: the present.
    """
    since: dict[int, datetime] = {}
    for bus, time in late.items():
        for driver in busy_drivers(time - MARGIN, now, {bus}):
            since[driver] = min(time - MARGIN, since.get(driver, now))
    follow_drivers(since, now)
    if late:
        find_unidentified(min(late.values()) - MARGIN, now)

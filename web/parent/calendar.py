"""A child's trips as a calendar (RFC 5545): planned times, and the prediction while the bus may be seen.

No name, plate or place is in it: calendars are kept by others.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from fleet.family.legs import Leg
from fleet.family.models import ShareToken
from fleet.pupils.models import StopAssignment
from fleet.pupils.queries import absences_on, assignments_on, service_weekday
from fleet.routes.models import Direction
from fleet.routes.school_days import runs_on
from fleet.trips.models import StopVisit, TripState
from web.parent.words import clock

REFRESH = timedelta(minutes=5)
LASTS = timedelta(minutes=5)


def calendar_of(share: ShareToken, shown: Iterable[Leg], now: datetime, ahead: timedelta) -> bytes:
    """The calendar of a shared link.

    Args:
        share: the link.
        shown: the legs whose bus may be seen now: their event is at the predicted time.
        now: the present.
        ahead: so far the plan is told.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Schoolrun//Family//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", _("School bus"))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    legs = {leg.visit.pk: leg for leg in shown}
    for visit in visits_ahead(share, now, ahead):
        calendar.add_component(event_of(visit, legs.get(visit.pk), now))
    return bytes(calendar.to_ical())


def visits_ahead(share: ShareToken, now: datetime, ahead: timedelta) -> Iterable[StopVisit]:
    """The child's stop on each trip that is planned for it and on which it rides."""
    today, pupil = timezone.localtime(now).date(), share.pupil
    days = [today + timedelta(days=number) for number in range(ahead.days)]
    for day in days:
        weekday = service_weekday(pupil.school_id, day)
        if weekday is None:
            continue
        absent = set(absences_on(day).filter(pupil=pupil).values_list("direction", flat=True))
        held: Iterable[StopAssignment] = assignments_on(day).filter(pupil=pupil).select_related("pattern")
        for one in held:
            if not runs_on(one.weekdays, weekday) or absent & {"", one.pattern.direction}:
                continue
            visits = StopVisit.objects.filter(
                trip__pattern=one.pattern_id, trip__service_date=day, stop=one.stop_id
            )
            yield from visits.select_related("trip__pattern").order_by("planned_at")


def event_of(visit: StopVisit, leg: Leg | None, now: datetime) -> Event:
    """A trip at the child's stop."""
    trip = visit.trip
    is_to_school = trip.pattern.direction == Direction.TO_SCHOOL
    event = Event()
    event.add("uid", f"schoolrun-stop-visit-{visit.pk}")
    event.add("dtstamp", now)
    event.add("sequence", trip.version)
    prediction = leg.prediction if leg else None
    event.add("dtstart", prediction.low if prediction else visit.planned_at)
    event.add("dtend", prediction.high if prediction else visit.planned_at + LASTS)
    event.add("summary", _("School bus to school") if is_to_school else _("School bus home"))
    event.add("status", "CANCELLED" if trip.state == TripState.CANCELLED else "CONFIRMED")
    planned = _("Planned at %(time)s.") % {"time": clock(visit.planned_at)}
    told = (
        _("Predicted between %(low)s and %(high)s.")
        % {"low": clock(prediction.low), "high": clock(prediction.high)}
        if prediction
        else ""
    )
    event.add("description", " ".join(filter(None, (planned, told))))
    return event

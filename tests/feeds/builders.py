"""A school with a route each way, its calendar, and a partner who is given feeds."""

from datetime import date, time, timedelta
from typing import Any

from django.utils import timezone

from fleet.feeds.changes import open_feed
from fleet.feeds.models import Feed, FeedContract
from fleet.organisations.models import Role
from fleet.people.models import User
from fleet.routes.models import Departure, Direction, ExceptionalDay, Term
from tests.fleet.builders import person
from tests.routes.builders import pattern
from tests.trips.builders import STOPS, Line, line

TODAY = date(2026, 11, 23)
"""A Monday."""


def there_and_back() -> Line:
    """A route to school in the morning and home in the afternoon, with a free day and one that runs as a Friday."""
    there = line()
    way = there.pattern
    Term.objects.update(valid_from=date(2026, 9, 1), valid_until=date(2027, 1, 15))
    way.route.name_en = "Line 1"
    way.route.save()
    back = pattern(way.route, tuple(reversed(STOPS)), Direction.TO_HOME)
    Departure.objects.create(pattern=back, at=time(16, 40), bus=there.bus)
    school = there.where.school
    ExceptionalDay.objects.create(school=school, day=date(2026, 11, 25), note="sports")
    ExceptionalDay.objects.create(school=school, day=date(2026, 11, 28), as_weekday=4, note="instead")
    stop = way.pattern_stops.get(order=1).stop
    stop.name_en = "Village"
    stop.save()
    return there


def contract(there: Line, **changes: Any) -> tuple[FeedContract, str, User]:
    """A contract of the school with everything in it, its secret, and who has opened it."""
    by = person(Role.ADMINISTRATOR, there.where.district)
    given: dict[str, Any] = {
        "organisation": there.where.school,
        "partner": "公交集团",
        "number": "2026-7",
        "feeds": list(Feed.values),
        "valid_until": timezone.localdate() + timedelta(days=90),
    }
    made, secret = open_feed(by=by, **given | changes)
    return made, secret, by

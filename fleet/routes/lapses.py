"""What lapses of stops: their approval, and the inspection of their markings."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fleet.lapses import Lapse
from fleet.people.standing import add_months
from fleet.routes.models import Stop

INSPECTION_MONTHS = 6
"""No law names an interval for the markings of stops; this is that of the buses' own inspection
(校车安全管理条例 Art 20), so that a district looks after both on one plan."""


def lapses_of_stops(stops: QuerySet[Stop], until: date) -> Iterator[Lapse]:
    """What lapses up to a day, or has lapsed, of stops in use.

    A stop whose markings nobody has ever inspected is unknown, not due: the map of stops shows it as such.
    """
    current = stops.filter(archived_at=None)
    for stop in current:
        if stop.approved_until is None or stop.approved_until > until:
            continue
        yield Lapse(
            stop,
            "approval",
            _("Approval"),
            stop.approved_until,
            act="routes.approve_stop",
            belongs_to=owners(stop),
        )
    for stop in current.annotate(
        seen_at=Max("inspections__inspected_at"), marked_at=Max("markings__inspected_at")
    ):
        inspected = max((at for at in (stop.seen_at, stop.marked_at) if at), default=None)
        if inspected is None:
            continue
        due_on = add_months(timezone.localdate(inspected), INSPECTION_MONTHS)
        if due_on <= until:
            yield Lapse(
                stop,
                "stop_inspection",
                _("Inspection of the markings"),
                due_on,
                act="routes.inspect_stop",
                belongs_to=owners(stop),
            )


def owners(stop: Stop) -> tuple[int | None, ...]:
    """Who keeps a stop, and whom it serves."""
    return stop.organisation_id, stop.school_id

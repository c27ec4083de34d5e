"""Writes: where a pupil boards and alights, by weekday and direction; never two stops for one day and direction."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from fleet.people.models import User
from fleet.pupils.changes import locked
from fleet.pupils.models import Pupil, StopAssignment
from fleet.pupils.periods import ONE_DAY, Period, days_that_clash, rest_of
from fleet.records import RecordError, archive_record, refuse_archived, refuse_unless_allowed, save_record
from fleet.routes.models import RoutePattern, Stop
from fleet.routes.patterns import EVERY_WEEKDAY

ASSIGN = "pupils.assign_stop"


@transaction.atomic
def assign_stop(
    *,
    pupil: Pupil,
    pattern: RoutePattern,
    stop: Stop,
    valid_from: date,
    by: User,
    valid_until: date | None = None,
    weekdays: int = EVERY_WEEKDAY,
    replaces: bool = False,
    reason: str = "",
) -> StopAssignment:
    """Give a pupil a stop on some weekdays.

    Args:
        pupil: who boards or alights there.
        pattern: the direction of a route.
        stop: one that the pattern serves.
        valid_from: first day.
        by: who does it.
        valid_until: last day; without one until it is ended.
        weekdays: bit 0 is Monday.
        replaces: whether another stop of the same direction gives way on these days; it keeps the others.
        reason: kept in the history.

    Raises:
        PermissionDenied: where `by` may not assign stops to the pupil.
        RecordError: where the pupil is archived.
        ValidationError: naming each field that can't be right; `weekdays` with the code "clash", where another
            stop holds on some of the days and does not give way.
    """
    pupil = locked(pupil)
    refuse_unless_allowed(by, ASSIGN, pupil)
    refuse_archived(pupil)
    made = StopAssignment(
        pupil=pupil,
        pattern=pattern,
        stop=stop,
        weekdays=weekdays,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    made.clean_fields()
    if replaces:
        for other in made.others():
            give_way(other, made.period, by=by, reason=reason)
    save_record(made, by=by, reason=reason)
    return made


def give_way(held: StopAssignment, taken: Period, *, by: User, reason: str) -> None:
    """Leave an assignment only the days that another does not take."""
    if not days_that_clash(held.period, taken):
        return
    rest = list(rest_of(held.period, taken))
    if not rest:
        archive_record(held, by=by, reason=reason or _("Another stop takes its place."))
        return
    set_period(held, rest[0])
    save_record(held, by=by, reason=reason)
    for period in rest[1:]:
        more = StopAssignment(pupil=held.pupil, pattern=held.pattern, stop=held.stop)
        set_period(more, period)
        save_record(more, by=by, reason=reason)


def set_period(assignment: StopAssignment, period: Period) -> None:
    """Have an assignment hold on the days of a period."""
    assignment.weekdays, assignment.valid_from, assignment.valid_until = (
        period.weekdays,
        period.first,
        period.last,
    )


@transaction.atomic
def end_assignment(
    assignment: StopAssignment, *, last_day: date, by: User, reason: str = ""
) -> StopAssignment:
    """End a stop of a pupil after a day; one that has not begun by then never held.

    Raises:
        PermissionDenied: where `by` may not assign stops to the pupil.
        RecordError: where it has ended already.
    """
    pupil = locked(assignment.pupil)
    refuse_unless_allowed(by, ASSIGN, pupil)
    assignment.refresh_from_db()
    refuse_archived(assignment)
    if assignment.valid_until and assignment.valid_until <= last_day:
        raise RecordError(_("This stop ends by then already."))
    if last_day < assignment.valid_from:
        archive_record(assignment, by=by, reason=reason or _("Ended before it began."))
        return assignment
    assignment.valid_until = last_day
    save_record(assignment, by=by, reason=reason)
    return assignment


@transaction.atomic
def follow_pattern(old: RoutePattern, new: RoutePattern, *, by: User, reason: str = "") -> list[Pupil]:
    """Carry the stops of pupils over to the pattern that takes the place of another, from its first day on.

    Raises:
        PermissionDenied: where `by` may not assign stops to one of the pupils.

    Returns:
        The pupils whose stop, or one of whose weekdays, the new pattern does not serve: somebody must find them one.
    """
    served = set(new.pattern_stops.values_list("stop_id", flat=True))
    left = []
    held_on = StopAssignment.objects.current().filter(pattern=old, pupil__archived_at=None)
    for one in held_on.select_related("pupil", "stop").order_by("pupil_id", "pk"):
        if one.valid_until and one.valid_until < new.valid_from:
            continue
        first, last = max(one.valid_from, new.valid_from), one.valid_until
        end_assignment(one, last_day=first - ONE_DAY, by=by, reason=reason)
        weekdays = one.weekdays & new.weekdays
        if one.stop_id not in served or weekdays != one.weekdays:
            left.append(one.pupil)
        if one.stop_id in served and weekdays:
            assign_stop(
                pupil=one.pupil,
                pattern=new,
                stop=one.stop,
                valid_from=first,
                valid_until=last,
                weekdays=weekdays,
                by=by,
                reason=reason,
            )
    return list(dict.fromkeys(left))

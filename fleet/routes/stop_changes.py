"""Writes: stops, their approval, their markings, what inspectors find there, and hazards around."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.grants import reach_with
from fleet.people.models import User
from fleet.records import (
    RecordError,
    archive_record,
    create_record,
    not_later_than_now,
    refuse_archived,
    refuse_unless_allowed,
    restore_record,
    save_record,
    set_fields,
)
from fleet.routes.models import (
    Hazard,
    MarkingCondition,
    MarkingKind,
    Stop,
    StopInspection,
    StopMarking,
)
from fleet.routes.queries import SAME_PLACE_M, patterns_from
from telematics.geometry import distance_m

CHANGE = "routes.change_stop"
STOP_FIELDS = frozenset(
    {"name", "name_en", "place", "approach_deg", "side", "kind", "organisation", "school"}
)
APPROVAL_FIELDS = ("approval_number", "approved_on", "approved_until", "approval_document")
MARKING_FIELDS = frozenset({"kind", "condition", "owner", "inspected_at", "photograph"})
HAZARD_FIELDS = frozenset({"kind", "note"})
AT_STOP_FIELDS: Mapping[type[StopMarking | Hazard], frozenset[str]] = {
    StopMarking: MARKING_FIELDS,
    Hazard: HAZARD_FIELDS,
}

AtStop = TypeVar("AtStop", StopMarking, Hazard)


@transaction.atomic
def create_stop(*, by: User, reason: str = "", **details: object) -> Stop:
    """Put a stop into the registry; it is not approved yet.

    Args:
        by: who does it.
        reason: kept in the history.
        details: `name`, `place` and `organisation`, which keeps it, at least.

    Raises:
        PermissionDenied: where `by` may not change stops of that organisation.
        RecordError: for a field that can't be given.
        ValidationError: naming each field that can't be right.
    """
    stop = Stop()
    set_fields(stop, details, STOP_FIELDS)
    refuse_unless_allowed(by, CHANGE, stop)
    refuse_foreign_keeper(stop, by)
    save_record(stop, by=by, reason=reason)
    return stop


@transaction.atomic
def change_stop(stop: Stop, changes: Mapping[str, object], *, by: User, reason: str = "") -> Stop:
    """Change a stop, or move it; one that is moved farther than 30 m is no longer approved.

    Returns:
        The stop as it is stored now.

    Raises:
        PermissionDenied: where `by` may not change it.
        RecordError: where it is archived, or a field can't be changed so.
        ValidationError: naming each field that can't be right.
    """
    stop = locked_stop(stop)
    refuse_unless_allowed(by, CHANGE, stop)
    refuse_archived(stop)
    was_at = stop.place
    set_fields(stop, changes, STOP_FIELDS)
    if "organisation" in changes:
        refuse_foreign_keeper(stop, by)
    if apart_m(was_at, stop.place) > SAME_PLACE_M:
        stop.approval_number, stop.approval_document = "", ""
        stop.approved_on = stop.approved_until = None
    save_record(stop, by=by, reason=reason)
    return stop


@transaction.atomic
def approve_stop(
    *,
    stop: Stop,
    number: str,
    approved_on: date,
    by: User,
    approved_until: date | None = None,
    document: "File[Any] | None" = None,
    reason: str = "",
) -> Stop:
    """Approve a stop where it lies (校车安全管理条例 Art 15, 28).

    Args:
        stop: which.
        number: of the approval.
        approved_on: first day.
        by: who records it, for an authority.
        approved_until: last day, where it ends.
        document: the approval.
        reason: kept in the history.

    Raises:
        PermissionDenied: where `by` may not approve it.
        RecordError: where it is archived.
        ValidationError: naming each field that can't be right.
    """
    stop = locked_stop(stop)
    refuse_unless_allowed(by, "routes.approve_stop", stop)
    refuse_archived(stop)
    if not number.strip():
        raise ValidationError({"approval_number": _("An approval has a number.")})
    stop.approval_number = number
    stop.approved_on, stop.approved_until = approved_on, approved_until
    if document:
        stop.approval_document = document
    save_record(stop, by=by, reason=reason)
    return stop


@transaction.atomic
def archive_stop(stop: Stop, *, by: User, reason: str) -> Stop:
    """Take a stop out of use that no route serves any more.

    Raises:
        PermissionDenied: where `by` may not archive it.
        RecordError: where a route serves it today or later; and as `archive_record` does.
    """
    stop = locked_stop(stop)
    refuse_unless_allowed(by, "routes.archive_stop", stop)
    serving = patterns_from(timezone.localdate()).filter(pattern_stops__stop=stop).select_related("route")
    if routes := sorted({str(pattern.route) for pattern in serving}):
        raise RecordError(
            _("These routes serve the stop: %(routes)s. Take it out of them first.")
            % {"routes": ", ".join(routes)}
        )
    archive_record(stop, by=by, reason=reason)
    return stop


@transaction.atomic
def restore_stop(stop: Stop, *, by: User, reason: str = "") -> Stop:
    """Bring an archived stop back into use.

    Raises:
        PermissionDenied: where `by` may not archive it.
        RecordError: where it is not archived.
    """
    stop = locked_stop(stop)
    refuse_unless_allowed(by, "routes.archive_stop", stop)
    restore_record(stop, by=by, reason=reason)
    return stop


def record_marking(*, stop: Stop, by: User, reason: str = "", **details: object) -> StopMarking:
    """Record a marking of a stop: its kind, how it is, who keeps it; see `add_at_stop`."""
    return add_at_stop(StopMarking(), stop, details, by=by, reason=reason)


def record_hazard(*, stop: Stop, by: User, reason: str = "", **details: object) -> Hazard:
    """Record something dangerous near a stop; see `add_at_stop`."""
    return add_at_stop(Hazard(), stop, details, by=by, reason=reason)


@transaction.atomic
def add_at_stop(one: AtStop, stop: Stop, details: Mapping[str, object], *, by: User, reason: str) -> AtStop:
    """Record something at a stop.

    Raises:
        PermissionDenied: where `by` may not change the stop.
        RecordError: where the stop is archived, or a field can't be given.
        ValidationError: naming each field that can't be right.
    """
    stop = locked_stop(stop)
    refuse_unless_allowed(by, CHANGE, stop)
    refuse_archived(stop)
    one.stop = stop
    create_record(one, details, AT_STOP_FIELDS[type(one)], by=by, reason=reason)
    return one


@transaction.atomic
def correct_at_stop(one: AtStop, changes: Mapping[str, object], *, by: User, reason: str) -> AtStop:
    """Correct what was recorded at a stop.

    Raises:
        PermissionDenied: where `by` may not change the stop.
        RecordError: where it is archived, or a field can't be changed so.
        ValidationError: naming each field that can't be right.
    """
    refuse_unless_allowed(by, CHANGE, locked_stop(one.stop))
    one.refresh_from_db()
    refuse_archived(one)
    set_fields(one, changes, AT_STOP_FIELDS[type(one)])
    save_record(one, by=by, reason=reason)
    return one


@transaction.atomic
def archive_at_stop(one: AtStop, *, by: User, reason: str) -> AtStop:
    """Take out of use what is at a stop no longer, or was recorded by mistake.

    Raises:
        PermissionDenied: where `by` may not change the stop.
        RecordError: as `archive_record` does.
    """
    refuse_unless_allowed(by, CHANGE, locked_stop(one.stop))
    one.refresh_from_db()
    archive_record(one, by=by, reason=reason)
    return one


@transaction.atomic
def inspect_stop(
    *,
    stop: Stop,
    conditions: Mapping[str, str],
    by: User,
    place: Point | None = None,
    accuracy_m: float | None = None,
    photograph: "File[Any] | None" = None,
    note: str = "",
    inspected_at: datetime | None = None,
) -> StopInspection:
    """Record what somebody who stands at a stop finds; its markings take their condition from it.

    Args:
        stop: where.
        conditions: the condition found, by the kind of marking; a marking that was not looked at is left out.
        by: who stands there.
        place: where, WGS-84, as the phone says; None where it does not.
        accuracy_m: of that place, as the phone says.
        photograph: of the stop.
        note: in the inspector's words.
        inspected_at: now, where none is given.

    Raises:
        PermissionDenied: where `by` may not inspect the stop.
        RecordError: where the stop is archived.
        ValidationError: naming each field that can't be right.
    """
    stop = locked_stop(stop)
    refuse_unless_allowed(by, "routes.inspect_stop", stop)
    refuse_archived(stop)
    refuse_unknown_conditions(conditions)
    inspection = StopInspection(
        stop=stop,
        inspected_at=inspected_at or timezone.now(),
        inspected_by=by,
        place=place,
        accuracy_m=accuracy_m,
        conditions=dict(conditions),
        note=note,
    )
    if photograph:
        inspection.photograph = photograph
    inspection.full_clean()
    not_later_than_now(inspection.inspected_at)
    inspection.save()
    for kind, condition in conditions.items():
        found_so(stop, kind, condition, inspection)
    return inspection


def found_so(stop: Stop, kind: str, condition: str, inspection: StopInspection) -> None:
    """Give a marking of a stop the condition that an inspection found, unless a later one has been there."""
    marking = StopMarking.objects.current().filter(stop=stop, kind=kind).first()
    marking = marking or StopMarking(stop=stop, kind=kind)
    if marking.inspected_at and marking.inspected_at > inspection.inspected_at:
        return
    marking.condition, marking.inspected_at = condition, inspection.inspected_at
    save_record(marking, by=inspection.inspected_by, reason=_("Found so by an inspection."))


def refuse_unknown_conditions(conditions: Mapping[str, str]) -> None:
    """Refuse an inspection that found nothing, or something that is not known here.

    Raises:
        ValidationError: naming the kind of marking, or "conditions".
    """
    if not conditions:
        raise ValidationError({"conditions": _("Say of one marking at least how it is.")})
    for kind, condition in conditions.items():
        if kind not in MarkingKind.values:
            raise ValidationError({"conditions": _("There is no marking “%s”.") % kind})
        if condition not in MarkingCondition.values:
            raise ValidationError({"conditions": _("There is no condition “%s”.") % condition})


def refuse_foreign_keeper(stop: Stop, by: User) -> None:
    """Refuse to say that an organisation keeps a stop that `by` does not answer for.

    Raises:
        ValidationError: naming the field.
    """
    if stop.organisation_id not in reach_with(by, CHANGE):
        raise ValidationError({"organisation": _("You may not give stops to this organisation.")})


def apart_m(one: Point | None, other: Point | None) -> float:
    """The distance between two places in metres; none where one is not known."""
    if one is None or other is None:
        return 0.0
    return distance_m(one.y, one.x, other.y, other.x)


def locked_stop(stop: Stop) -> Stop:
    """The stop as it is stored, with its row locked until the transaction ends."""
    locked: Stop = Stop.objects.select_for_update().get(pk=stop.pk)
    return locked

"""Writes: many stops, or markings of stops, at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.bulk import Bulk
from fleet.grants import reach_with
from fleet.people.models import User
from fleet.records import RecordError
from fleet.routes.models import Stop, StopMarking
from fleet.routes.queries import SAME_PLACE_M, patterns_from
from fleet.routes.stop_changes import APPROVAL_FIELDS, CHANGE, STOP_FIELDS, apart_m

APPROVE = "routes.approve_stop"
DIGITS = 6
"""Of degrees in a file: a tenth of a metre; a place that differs by less is the same."""
NOON = time(12)


def kept_by(stop: Stop) -> set[int | None]:
    """Ids of the organisations that keep a stop or that it serves; those whose buses only stop there don't count."""
    return {stop.organisation_id, stop.school_id} - {None}


@dataclass(frozen=True)
class StopBulk(Bulk):
    """Stops. One that is moved farther than 30 m is no longer approved; only who may approve brings approvals."""

    def fill(self, record: Any, values: Mapping[str, Any]) -> None:
        """Give a stop values; its place comes as `lon` and `lat`."""
        rest = {name: value for name, value in values.items() if name not in {"lon", "lat"}}
        was_at, was_approved = record.place, approval_of(record)
        super().fill(record, rest)
        if "lon" in values and "lat" in values:
            place = Point(values["lon"], values["lat"], srid=4326)
            if was_at is None or rounded(was_at) != rounded(place):
                record.place = place
        if apart_m(was_at, record.place) > SAME_PLACE_M and approval_of(record) == was_approved:
            take_approval(record)

    @transaction.atomic
    def store(self, *, new: Sequence[Any], changed: Sequence[Any], by: User, reason: str) -> None:
        """Add new stops, and change others or bring them back."""
        stored = {one.pk: approval_of(one) for one in Stop.objects.filter(pk__in=[one.pk for one in changed])}
        reached = reach_with(by, APPROVE)
        for one in (*new, *changed):
            approval = approval_of(one)
            is_brought = any(approval) and approval != stored.get(one.pk)
            if is_brought and reached.isdisjoint(kept_by(one)):
                raise PermissionDenied(_("You may not approve stops."))
        super().store(new=new, changed=changed, by=by, reason=reason)

    @transaction.atomic
    def take_out(self, records: Sequence[Any], *, by: User, reason: str) -> None:
        """Archive stops that no route serves.

        Raises:
            PermissionDenied: where `by` may not archive one of them.
            RecordError: where a route serves one.
        """
        serving = patterns_from(timezone.localdate()).filter(pattern_stops__stop__in=records)
        if routes := sorted({str(pattern.route) for pattern in serving.select_related("route")}):
            told = {"routes": ", ".join(routes)}
            raise RecordError(_("These routes serve the stop: %(routes)s. Take it out of them first.") % told)
        super().take_out(records, by=by, reason=reason)


@dataclass(frozen=True)
class MarkingBulk(Bulk):
    """Markings of stops; a file knows the day of an inspection, not its time."""

    def fill(self, record: Any, values: Mapping[str, Any]) -> None:
        """Give a marking values; when it was inspected comes as the day `inspected_on`."""
        rest = {name: value for name, value in values.items() if name != "inspected_on"}
        super().fill(record, rest)
        day = values.get("inspected_on")
        if "inspected_on" in values and day != inspected_on(record):
            noon = day and datetime.combine(day, NOON, timezone.get_default_timezone())
            record.inspected_at = min(noon, timezone.now()) if noon else None


def inspected_on(marking: StopMarking) -> Any:
    """The local day on which a marking was inspected last; None where nobody has."""
    return timezone.localdate(marking.inspected_at) if marking.inspected_at else None


def rounded(place: Point) -> tuple[float, float]:
    """A place as a file has it: (lon, lat) in degrees."""
    return round(place.x, DIGITS), round(place.y, DIGITS)


def approval_of(stop: Stop) -> tuple[Any, ...]:
    """The approval of a stop, without its document."""
    return stop.approval_number, stop.approved_on, stop.approved_until


def take_approval(stop: Stop) -> None:
    """Void the approval of a stop, which held where it was."""
    stop.approval_number, stop.approval_document = "", ""
    stop.approved_on = stop.approved_until = None


def owners_of(marking: StopMarking) -> Collection[int | None]:
    """Who may change a marking: who may change the stop."""
    return kept_by(marking.stop)


STOPS = StopBulk(
    Stop, STOP_FIELDS | set(APPROVAL_FIELDS), CHANGE, "routes.archive_stop", organisations_of=kept_by
)
MARKINGS = MarkingBulk(
    StopMarking,
    frozenset({"stop", "kind", "condition", "owner", "inspected_at"}),
    change=CHANGE,
    archive=CHANGE,
    organisations_of=owners_of,
    owner="stop",
)

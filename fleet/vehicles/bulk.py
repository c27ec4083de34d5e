"""Writes: many buses at once, as a spreadsheet brings them, in few statements and so under a short lock."""

from collections.abc import Iterable, Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from fleet.grants import reach_with
from fleet.people.models import User
from fleet.vehicles.changes import BUS_FIELDS, take_device_out
from fleet.vehicles.models import Bus, DeviceAssignment

BATCH = 500


@transaction.atomic
def store_buses(*, new: Sequence[Bus], changed: Sequence[Bus], by: User, reason: str) -> None:
    """Put new buses into the registry, and change others or bring them back.

    Args:
        new: buses that have passed `full_clean`; they get their ids.
        changed: stored buses with their new values, which have passed it too.
        by: who does it.
        reason: kept in the history of each.

    Raises:
        PermissionDenied: where `by` may not change one of them, as it was or as it would be.
        IntegrityError: where one clashes with what was stored since it was checked.
    """
    stored = Bus.objects.select_for_update().filter(pk__in=[bus.pk for bus in changed])
    refuse_out_of_reach([*stored, *new, *changed], "vehicles.change_bus", by)
    kept = {"batch_size": BATCH, "default_user": by, "default_change_reason": reason}
    bulk_create_with_history(new, Bus, **kept)
    if changed:
        bulk_update_with_history(changed, Bus, sorted({*BUS_FIELDS, "archived_at"}), **kept)


@transaction.atomic
def archive_buses(buses: Sequence[Bus], *, by: User, reason: str) -> None:
    """Take buses out of use; their devices wait for others from then on.

    Raises:
        PermissionDenied: where `by` may not archive one of them.
    """
    refuse_out_of_reach(buses, "vehicles.archive_bus", by)
    now = timezone.now()
    for bus in buses:
        bus.archived_at = now
    if buses:
        kept = {"batch_size": BATCH, "default_user": by, "default_change_reason": reason}
        bulk_update_with_history(buses, Bus, ["archived_at"], **kept)
    inside = DeviceAssignment.objects.select_for_update().filter(until__isnull=True, bus__in=buses)
    take_device_out(inside, now)


def refuse_out_of_reach(buses: Iterable[Bus], permission: str, by: User) -> None:
    """Refuse all where a person lacks a permission for the operator and for the school of one.

    Raises:
        PermissionDenied: saying so.
    """
    reached = reach_with(by, permission)
    if any(bus.operator_id not in reached and bus.school_id not in reached for bus in buses):
        raise PermissionDenied(_("You may not do this."))

"""Tells live screens that alarms have changed; what of it a person sees, their own reading decides."""

from collections.abc import Iterable

import structlog
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from fleet.alarms.models import Alarm
from fleet.live import ALARMS_CHANGED, live_group
from fleet.organisations.queries import root_of_each

log = structlog.get_logger(__name__)


def announce_after_commit(alarms: Iterable[Alarm]) -> None:
    """Have the screens of the districts that alarms belong to read them anew, once they are stored.

    A hint that gets lost costs seconds: screens read anew by themselves as well.
    """
    organisations = {each for one in alarms for each in (one.operator_id, one.school_id) if each is not None}
    if organisations:
        transaction.on_commit(lambda: announce(organisations))


def announce(organisations: set[int]) -> None:
    """Hint at changed alarms in the districts of some organisations."""
    roots = root_of_each()
    send = async_to_sync(get_channel_layer().group_send)
    for district in sorted({roots[one] for one in organisations}):
        try:
            send(live_group(district), ALARMS_CHANGED)
        except Exception as error:
            log.warning("alarm_hint_failed", district=district, error=repr(error))

"""Tells live screens that what they may show has changed."""

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from fleet.live import live_group
from fleet.vehicles.models import Bus
from fleet.vehicles.queries import districts_of_buses


def announce_scope_change(bus: Bus) -> None:
    """Have every live screen of the bus's district read anew what it may show."""
    district = districts_of_buses()[bus.pk]
    async_to_sync(get_channel_layer().group_send)(live_group(district), {"type": "live.scope"})

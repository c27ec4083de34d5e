"""Who may report: known devices always, unknown ones up to a bound, so that strangers can't fill the database."""

import structlog

from fleet.vehicles.models import Device
from fleet.vehicles.queries import new_devices

log = structlog.get_logger(__name__)


class Registry:
    """The devices that a gateway process knows of, in memory.

    Args:
        max_new_devices: so many devices may wait for a bus at a time.
    """

    def __init__(self, max_new_devices: int) -> None:
        self._max_new_devices = max_new_devices
        self._known = set(Device.objects.values_list("identifier", flat=True))
        self._new = new_devices().count()
        self._peers: dict[str, str] = {}
        self._unregistered: set[str] = set()

    def admit(self, device: str, peer: str) -> bool:
        """Whether a device may report; one never heard of is remembered, to be registered with its first batch."""
        if device in self._known:
            return True
        if self.is_full:
            log.warning("new_device_refused", device=device, peer=peer, waiting=self._new)
            return False
        self._new += 1
        self._known.add(device)
        self._peers[device] = peer
        self._unregistered.add(device)
        log.info("new_device", device=device, peer=peer)
        return True

    @property
    def is_full(self) -> bool:
        """Whether no more strangers are admitted."""
        return self._new >= self._max_new_devices

    def recount(self) -> None:
        """Count anew how many wait: some may have been given to buses."""
        self._new = new_devices().count() + len(self._unregistered)

    def peer_of(self, device: str) -> str:
        """The address that a new device came from."""
        return self._peers.get(device, "")

    def take_unregistered(self) -> set[str]:
        """The devices admitted since the last call."""
        taken, self._unregistered = self._unregistered, set()
        return taken

"""One link's state: whose reports come over it, and whether it has earned its place."""

import enum
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

import msgspec

from telematics.fix import Arrival, Fix
from telematics.protocols.base import Decoder, Message
from telematics.protocols.nmea import NmeaDecoder

Admit = Callable[[str, str], bool]
"""Whether the device of this name may report, from this peer."""


class Tally(Protocol):
    """What a decoder counts."""

    @property
    def checksum_right(self) -> int:
        """Sentences whose checksum agreed, of whatever kind: the proof that a link makes sense."""


class LinkDecoder(Decoder, Protocol):
    """A decoder of a link that may end."""

    @property
    def stats(self) -> Tally:
        """What it has counted."""

    def end(self) -> list[Message]:
        """Give the rest, a last line without its line end included: nothing more will come."""


DecoderFactory = Callable[[], LinkDecoder]


def nmea_decoder(*, require_checksum: bool = True) -> LinkDecoder:
    """A decoder for a live NMEA 0183 link: it gives each report as soon as it is complete.

    What a receiver without a date reports is of the present day.

    Args:
        require_checksum: whether a sentence without a checksum is rejected.
    """
    return NmeaDecoder(require_checksum=require_checksum, eager=True, near=datetime.now(UTC))


class Ending(enum.StrEnum):
    """Why a gateway ends a link, as the log and the counters call it."""

    UNNAMED = "unnamed"
    NOT_ADMITTED = "not_admitted"
    GARBAGE = "garbage"
    IDLE = "idle"
    TAKEN_OVER = "taken_over"
    TOO_MANY = "too_many"


FORFEITS_REPORTS = frozenset({Ending.UNNAMED, Ending.NOT_ADMITTED})
"""Endings after which a link's reports are nobody's; after the others, the rest is still delivered."""


class LinkLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What a link may ask of us before it is ended.

    Attributes:
        held_fixes: reports kept for a device that has not named itself.
        naming_s: time in which a link must name its device, seconds.
        idle_s: silence after which a link is ended, seconds.
        fruitless_bytes: bytes in a row without a valid sentence before it is ended as garbage.
        quiet_s: silence after which a pending report is taken as complete, seconds.
        taken_over_s: longest that a link may go on after its device has come back by another, seconds.
    """

    held_fixes: int = 512
    naming_s: float = 60.0
    idle_s: float = 900.0
    fruitless_bytes: int = 64 * 1024
    quiet_s: float = 0.15
    taken_over_s: float = 10.0


class Traffic:
    """What a gateway has carried since it started.

    Attributes:
        bytes_received: all that was read.
        garbage_bytes: what was read from links ended as garbage, since they last made sense.
        reports: arrivals given to the intake.
        endings: links ended by us, by cause.
    """

    def __init__(self) -> None:
        self.bytes_received = 0
        self.garbage_bytes = 0
        self.reports = 0
        self.endings: Counter[Ending] = Counter()

    def snapshot(self) -> dict[str, int]:
        """The counters by name, for the metrics page; all causes are there from the start."""
        endings = {f"ended_{cause}": self.endings[cause] for cause in Ending}
        return {
            "bytes_received": self.bytes_received,
            "garbage_bytes": self.garbage_bytes,
            "reports": self.reports,
            **endings,
        }


class HoldingArea:
    """Room for the reports of devices that have not named themselves, shared by a gateway's links.

    Args:
        room: reports that it holds, all links together.
    """

    __slots__ = ("_room",)

    def __init__(self, room: int = 50_000) -> None:
        self._room = room

    def take(self) -> bool:
        """Take room for one report, if there is any."""
        if self._room == 0:
            return False
        self._room -= 1
        return True

    def give_back(self, count: int) -> None:
        """Give back the room of reports that are no longer held."""
        self._room += count


class Session:
    """Turns one link's bytes into arrivals under the name that its device gave itself.

    Reports that come before the name are held, and released under it. After a second name on the same link,
    reports are the second device's. When `ending` is set the link has forfeited its place: deliver what
    `receive` gave and end it.

    Args:
        peer: where the link comes from, for the log and for `admit`.
        decoder: a fresh decoder, this link's own.
        admit: asked once for each name.
        limits: what the link may ask of us.
        holding: where its reports may wait for a name.
    """

    __slots__ = (
        "_admit",
        "_decoder",
        "_held",
        "_holding",
        "_limits",
        "_valid_sentences",
        "bytes_received",
        "device",
        "ending",
        "fruitless_bytes",
        "peer",
        "reports",
    )

    def __init__(
        self, peer: str, decoder: LinkDecoder, admit: Admit, limits: LinkLimits, holding: HoldingArea
    ) -> None:
        self.peer = peer
        self.device: str | None = None
        self.ending: Ending | None = None
        self.bytes_received = 0
        self.fruitless_bytes = 0
        self.reports = 0
        self._decoder = decoder
        self._admit = admit
        self._limits = limits
        self._holding = holding
        self._valid_sentences = 0
        self._held: list[tuple[Fix, datetime]] = []

    @property
    def pending(self) -> bool:
        """Whether a report waits for more bytes, or for `flush`."""
        return self._decoder.pending

    def receive(self, data: bytes, received_at: datetime) -> list[Arrival]:
        """Take the next bytes of the link; give the reports that they complete."""
        self.bytes_received += len(data)
        messages = self._decoder.feed(data)
        valid_sentences = self._decoder.stats.checksum_right
        if messages or valid_sentences != self._valid_sentences:
            self._valid_sentences = valid_sentences
            self.fruitless_bytes = 0
            return self._arrivals(messages, received_at)
        self.fruitless_bytes += len(data)
        if self.fruitless_bytes > self._limits.fruitless_bytes:
            self.ending = self.ending or Ending.GARBAGE
        return []

    def flush(self, received_at: datetime) -> list[Arrival]:
        """Give the report that is complete though nothing follows it: the link is quiet."""
        return self._arrivals(self._decoder.flush(), received_at)

    def end(self, received_at: datetime) -> list[Arrival]:
        """Give the rest: the link, or the datagram, is over."""
        return self._arrivals(self._decoder.end(), received_at)

    def let_go(self) -> None:
        """Give up what is held: the device has been named, or its link is gone."""
        self._holding.give_back(len(self._held))
        self._held = []

    def _arrivals(self, messages: list[Message], received_at: datetime) -> list[Arrival]:
        arrivals: list[Arrival] = []
        for message in messages:
            if self.ending in FORFEITS_REPORTS:
                break
            if not isinstance(message, Fix):
                arrivals += self._name(message.device)
            elif self.device is None:
                self._hold(message, received_at)
            else:
                arrivals.append(Arrival(self.device, message, received_at))
        self.reports += len(arrivals)
        return arrivals

    def _name(self, device: str) -> list[Arrival]:
        if device == self.device:
            return []
        if not self._admit(device, self.peer):
            self.ending = Ending.NOT_ADMITTED
            return []
        self.device = device
        released = [Arrival(device, fix, received_at) for fix, received_at in self._held]
        self.let_go()
        return released

    def _hold(self, fix: Fix, received_at: datetime) -> None:
        if len(self._held) < self._limits.held_fixes and self._holding.take():
            self._held.append((fix, received_at))
        else:
            self.ending = Ending.UNNAMED

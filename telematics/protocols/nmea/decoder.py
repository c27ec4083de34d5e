"""NMEA 0183 as a sans-I/O decoder: bytes of one link in, one `Fix` for each instant out."""

import re
from datetime import datetime

from telematics.fix import Identity
from telematics.protocols.base import Message
from telematics.protocols.nmea.calendar import GPS_SECOND_ERA, Calendar
from telematics.protocols.nmea.cycle import CycleEnd
from telematics.protocols.nmea.epoch import MAX_RAW_SENTENCES, Epoch
from telematics.protocols.nmea.fields import number, time_of_day_us
from telematics.protocols.nmea.framing import MAX_NAME_CHARACTERS, NAME_LINE, Framer, Sentence
from telematics.protocols.nmea.sentences import (
    GSA_HDOP,
    Kind,
    kind_of,
)
from telematics.protocols.nmea.stats import NmeaStats

IDENTITY_ADDRESSES = (b"PGID", NAME_LINE)
_PRINTABLE_ID = re.compile(rb"[!-~]{1,%d}" % MAX_NAME_CHARACTERS)


class NmeaDecoder:
    """Decodes one link. It never raises on any input, and holds a bounded amount of it.

    Args:
        require_checksum: whether sentences without a checksum are rejected. True by default: on a live link a
            missing checksum means a damaged sentence far oftener than a receiver that sends none, and a wrong
            position is worse than a late one. Logs that lack checksums throughout are read with False.
        eager: give a fix as soon as the sentence that closes the receiver's cycle has come (it is learned),
            for live links; otherwise when the next instant begins, for files.
        not_before: dates before this are marked `Verdict.ROLLOVER`. The default suits logs of any age; a live
            link may pass a recent date, such as its software's release.
        near: a moment near the first report, for streams whose sentences carry no date: for a log the noon of
            its day, for a live link the present. None leaves such epochs waiting for a date.

    Attributes:
        stats: what has come, counted.
    """

    def __init__(
        self,
        *,
        require_checksum: bool = True,
        eager: bool = False,
        not_before: datetime = GPS_SECOND_ERA,
        near: datetime | None = None,
    ) -> None:
        self.stats = NmeaStats()
        self._framer = Framer(self.stats, require_checksum=require_checksum)
        self._calendar = Calendar(self.stats, not_before, near)
        self._cycle_end = CycleEnd() if eager else None
        self._epoch: Epoch | None = None
        self._given = False
        self._closed_by_cycle = False
        self._device: str | None = None
        self._time_text = b""
        self._tod_us: int | None = None
        self._hdop_ahead: float | None = None

    @property
    def pending(self) -> bool:
        """Whether `flush` would have something to give."""
        return self._epoch is not None and self._epoch.reported and not self._given

    def feed(self, data: bytes) -> list[Message]:
        """Take the next bytes; give the fixes and names that they complete, in the order received.

        A datagram ends a line: feed it with a line end behind it.
        """
        messages: list[Message] = []
        for sentence in self._framer.feed(data):
            self._take(sentence, messages)
        return messages

    def flush(self) -> list[Message]:
        """Give the fix under collection though nothing follows it; half a sentence waits on for its rest."""
        messages: list[Message] = []
        self._give(messages)
        return messages

    def end(self) -> list[Message]:
        """The stream is over (file ended, link closed): its last line is whole, and no date will come."""
        messages: list[Message] = []
        for sentence in self._framer.finish():
            self._take(sentence, messages)
        self._give(messages)
        self._calendar.forget()
        return messages

    def _take(self, sentence: Sentence, messages: list[Message]) -> None:
        fields, raw = sentence
        kind = kind_of(fields[0])
        if kind is None:
            if fields[0] in IDENTITY_ADDRESSES:
                self._identify(fields, messages)
            return
        if len(fields) < kind.fewest_fields:
            self.stats.malformed += 1
            return
        epoch = self._epoch_of(kind, fields, messages) if kind.time_at else self._epoch
        if epoch is None or self._given:
            self._take_beside(kind, fields)
            return
        kind.read(fields, epoch, self.stats)
        if len(epoch.raw) < MAX_RAW_SENTENCES:
            epoch.raw.append(raw)
        if self._cycle_end is not None and (kind.time_at or kind.gives & ~epoch.gives):
            self._closed_by_cycle = self._cycle_end.closes(kind.name) and epoch.reported
        epoch.gives |= kind.gives
        if self._closed_by_cycle:
            self._give(messages)

    def _epoch_of(self, kind: Kind, fields: list[bytes], messages: list[Message]) -> Epoch | None:
        """The epoch that a sentence's time belongs to: the one under collection, or a new one after it."""
        time_text = fields[kind.time_at]
        if time_text != self._time_text:
            self._time_text = time_text
            self._tod_us = time_of_day_us(time_text, self.stats)
        tod_us = self._tod_us
        if tod_us is None:
            self.stats.untimed += 1
            return None
        midnight = kind.date(fields, self.stats) if kind.date else None
        epoch = self._epoch
        if (
            epoch is None
            or tod_us != epoch.tod_us
            or (midnight and epoch.midnight and midnight != epoch.midnight)
        ):
            epoch = self._next_epoch(tod_us, messages)
        if midnight is not None:
            epoch.midnight = midnight
        return epoch

    def _next_epoch(self, tod_us: int, messages: list[Message]) -> Epoch:
        if self._epoch is not None and not self._given:
            messages.extend(self._calendar.place(self._epoch))
        if self._cycle_end is not None:
            self._cycle_end.next_cycle()
        self._given = self._closed_by_cycle = False
        self._epoch = Epoch(tod_us)
        self._epoch.gsa_hdop, self._hdop_ahead = self._hdop_ahead, None
        return self._epoch

    def _give(self, messages: list[Message]) -> None:
        if self._epoch is not None and self._epoch.reported and not self._given:
            self._given = True
            messages.extend(self._calendar.place(self._epoch))

    def _take_beside(self, kind: Kind, fields: list[bytes]) -> None:
        """A sentence for which no epoch is open: its fix was given already, or its time has not come."""
        if kind.name == "GSA":
            self._hdop_ahead = number(fields[GSA_HDOP], self.stats)
        if self._cycle_end is None or self._epoch is None:
            return
        adds = kind.gives & ~self._epoch.gives
        if kind.time_at or adds:
            self._cycle_end.closes(kind.name)
        if adds and self._closed_by_cycle:
            self._closed_by_cycle = False
            self._cycle_end.closed_too_early()

    def _identify(self, fields: list[bytes], messages: list[Message]) -> None:
        """The device names itself: what it sent before goes first; another device inherits nothing."""
        name = fields[1] if len(fields) > 1 else b""
        if not _PRINTABLE_ID.fullmatch(name):
            self.stats.refused_identities += 1
            return
        self._give(messages)
        device = name.decode("ascii")
        if self._device not in (None, device):
            self._epoch = None
            self._calendar.forget()
        self._device = device
        self.stats.identities += 1
        messages.append(Identity(device))

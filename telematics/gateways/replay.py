"""Replays a receiver's log: its bytes in bursts, one for each instant, at the pace and, if wished, the time of today.

Bytes that are no sentence (binary protocols, noise) go along unchanged with the burst that they stand in.
"""

import asyncio
import contextlib
import mmap
import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from telematics.protocols.nmea.calendar import nearest_day
from telematics.protocols.nmea.fields import time_of_day_us
from telematics.protocols.nmea.framing import checksum
from telematics.protocols.nmea.sentences import (
    KINDS,
    RMC_DATE,
    ZDA_DAY,
    ZDA_MONTH,
    ZDA_YEAR,
)
from telematics.protocols.nmea.stats import NmeaStats

LONGEST_WAIT_S = 10.0
"""What a gap in the log lasts at most when it is replayed at its own pace."""
LARGEST_BURST_BYTES = 1 << 16
SOME_DAY = datetime(2000, 1, 1, 12, tzinfo=UTC)
"""Where a log without any date is put: only the steps between its times count."""

_TIMED_SENTENCE = re.compile(
    rb"\$(?P<content>[0-9A-OQ-Z][0-9A-Z](?P<kind>RMC|GGA|GLL|GNS|ZDA),[^\r\n*$!]*)"
    rb"(?:\*(?P<checksum>[0-9A-Fa-f]{2})|(?=[\r\n])|\Z)"
)

Log = bytes | mmap.mmap
Write = Callable[[bytes], Awaitable[None]]


class Burst(NamedTuple):
    """What a receiver sent about one instant.

    Attributes:
        at_s: when it is due, seconds since the beginning of the replay.
        moment: its time by the log, UTC.
        data: its bytes.
    """

    at_s: float
    moment: datetime
    data: bytes


def bursts(log: Log, longest_wait_s: float = LONGEST_WAIT_S) -> Iterator[Burst]:
    """Cut a log where its time changes.

    Args:
        log: the log's bytes.
        longest_wait_s: a longer gap is shortened to this; where the clock goes back, the next burst is due at once.
    """
    at_s = 0.0
    last: datetime | None = None
    for moment, start, end in _instants(log):
        if last is not None:
            at_s += min(max((moment - last).total_seconds(), 0.0), longest_wait_s)
        last = moment
        for piece in range(start, end, LARGEST_BURST_BYTES):
            yield Burst(at_s, moment, log[piece : min(piece + LARGEST_BURST_BYTES, end)])


def shift_time(sentence: bytes, delta: timedelta) -> bytes:
    """Move the time and the date of one sentence, and set its checksum right; leave all else as it is.

    A sentence of another kind, without a time, or with a wrong checksum comes back unchanged.

    Args:
        sentence: from ``$`` on, with or without its line end.
        delta: how far, in whole seconds.
    """
    return shift_times(sentence, delta)


def shift_times(data: bytes, delta: timedelta) -> bytes:
    """Move every RMC, GGA, GLL, GNS and ZDA in some bytes that hold whole sentences; see `shift_time`."""
    return _TIMED_SENTENCE.sub(lambda sentence: _shifted(sentence, delta), data)


async def play(
    path: Path,
    write: Write,
    *,
    speed: float | None = 1.0,
    shift_to_now: bool = False,
    longest_wait_s: float = LONGEST_WAIT_S,
) -> int:
    """Send a log to a link.

    Args:
        path: the log.
        write: sends some bytes; its backpressure slows the replay down.
        speed: how many times faster than the log; None for as fast as the link takes it.
        shift_to_now: move the log's times so that none lies ahead of the clock and the last one meets it: at the
            log's own speed every report then carries the time at which it is sent.
        longest_wait_s: gaps are shortened to this, in the shifted times as well.

    Returns:
        The bytes sent.

    Raises:
        OSError: the log cannot be read.
    """
    clock = asyncio.get_running_loop().time
    sent = 0
    with _mapped(path) as log:
        first = _first_time(log, longest_wait_s, speed) if shift_to_now else None
        began = clock()
        for burst in bursts(log, longest_wait_s):
            if speed is not None:
                await asyncio.sleep(max(began + burst.at_s / speed - clock(), 0.0))
            data = burst.data
            if first is not None:
                data = shift_times(data, _whole_seconds(first + timedelta(seconds=burst.at_s) - burst.moment))
            await write(data)
            sent += len(data)
    return sent


def _first_time(log: Log, longest_wait_s: float, speed: float | None) -> datetime:
    """The time to give the first burst, so that the last one's is that at which it will be sent."""
    lasts_s = max((burst.at_s for burst in bursts(log, longest_wait_s)), default=0.0)
    sends_in_s = 0.0 if speed is None else lasts_s / speed
    return datetime.now(UTC) + timedelta(seconds=sends_in_s - lasts_s)


def _whole_seconds(delta: timedelta) -> timedelta:
    return timedelta(seconds=delta // timedelta(seconds=1))


def _instants(log: Log) -> Iterator[tuple[datetime, int, int]]:
    """The moments of a log, and from where to where in it each one goes; what precedes the first belongs to it."""
    stats = NmeaStats()
    start, tod_us, midnight = 0, None, None
    last = SOME_DAY
    for sentence in _TIMED_SENTENCE.finditer(log):
        fields = sentence["content"].split(b",")
        kind = KINDS[sentence["kind"]]
        if len(fields) < kind.fewest_fields:
            continue
        next_tod_us = time_of_day_us(fields[kind.time_at], stats)
        if next_tod_us is None:
            continue
        if tod_us is not None and next_tod_us != tod_us:
            last = _moment(tod_us, midnight, last)
            yield last, start, sentence.start()
            start, midnight = sentence.start(), None
        tod_us = next_tod_us
        if kind.date is not None:
            midnight = kind.date(fields, stats) or midnight
    if start < len(log):
        yield (last if tod_us is None else _moment(tod_us, midnight, last)), start, len(log)


def _moment(tod_us: int, midnight: datetime | None, near: datetime) -> datetime:
    return (midnight or nearest_day(tod_us, near)) + timedelta(microseconds=tod_us)


def _shifted(sentence: re.Match[bytes], delta: timedelta) -> bytes:
    """A sentence at another time; as it is where it holds no time, or its checksum is wrong."""
    given = sentence["checksum"]
    if given is not None and checksum(sentence["content"]) != int(given, 16):
        return sentence[0]
    fields = sentence["content"].split(b",")
    kind = KINDS[sentence["kind"]]
    if len(fields) < kind.fewest_fields:
        return sentence[0]
    stats = NmeaStats()
    text = fields[kind.time_at]
    tod_us = time_of_day_us(text, stats)
    if tod_us is None:
        return sentence[0]
    midnight = kind.date(fields, stats) if kind.date is not None else None
    moment = (midnight or SOME_DAY.replace(hour=0)) + timedelta(microseconds=tod_us) + delta
    fields[kind.time_at] = moment.strftime("%H%M%S").encode() + text[6:]
    if midnight is not None:
        _set_date(fields, kind.name, moment)
    content = b",".join(fields)
    return b"$" + content + (b"" if given is None else b"*%02X" % checksum(content))


def _set_date(fields: list[bytes], kind: str, moment: datetime) -> None:
    if kind == "RMC":
        fields[RMC_DATE] = moment.strftime("%d%m%y").encode()
    else:
        for at, form in ((ZDA_DAY, "%d"), (ZDA_MONTH, "%m"), (ZDA_YEAR, "%Y")):
            fields[at] = moment.strftime(form).encode()


@contextlib.contextmanager
def _mapped(path: Path) -> Iterator[Log]:
    """A file's bytes, read as they are needed. An empty file cannot be mapped."""
    with path.open("rb") as file:
        if path.stat().st_size == 0:
            yield b""
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as log:
            yield log

"""Replays a receiver's log: its bytes in bursts, one for each instant, at the pace and, if wished, the time of today.

Bytes that are no sentence (binary protocols, noise) go along unchanged with the burst that they stand in.
"""

import asyncio
import contextlib
import math
import mmap
import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from telematics.protocols.nmea.calendar import nearest_day
from telematics.protocols.nmea.fields import time_of_day_us
from telematics.protocols.nmea.framing import checksum
from telematics.protocols.nmea.sentences import KINDS, RMC_DATE, ZDA_DAY, ZDA_MONTH, ZDA_YEAR, Kind
from telematics.protocols.nmea.stats import NmeaStats

LONGEST_WAIT_S = 10.0
"""What a gap in the log lasts at most when it is replayed at its own pace."""
STEP_BACK_S = 1.0
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
        longest_wait_s: a longer gap is shortened to this. Where the clock goes back, a second passes.
    """
    at_s = 0.0
    last: datetime | None = None
    for moment, start, end in _instants(log):
        if last is not None:
            step_s = (moment - last).total_seconds()
            at_s += min(step_s if step_s > 0.0 else STEP_BACK_S, longest_wait_s)
        last = moment
        yield Burst(at_s, moment, log[start:end])


def shift_time(data: bytes, delta: timedelta) -> bytes:
    """Move the time and date of every RMC, GGA, GLL, GNS and ZDA, and set its checksum right; leave all else.

    A sentence without a time, or whose checksum is wrong, stays as it is.

    Args:
        data: bytes that hold whole sentences.
        delta: how far, in whole seconds.
    """
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
        longest_wait_s: gaps are shortened to this, in the shifted times as well; without a pace nothing waits,
            and no gap is shortened.

    Returns:
        The bytes sent.

    Raises:
        OSError: the log cannot be read.
    """
    clock = asyncio.get_running_loop().time
    sent = 0
    if speed is None:
        longest_wait_s = math.inf
    with _mapped(path) as log:
        first = _first_time(log, longest_wait_s, speed) if shift_to_now else None
        began = clock()
        for burst in bursts(log, longest_wait_s):
            if speed is not None:
                await asyncio.sleep(max(began + burst.at_s / speed - clock(), 0.0))
            data = burst.data
            if first is not None:
                data = shift_time(data, _whole_seconds(first + timedelta(seconds=burst.at_s) - burst.moment))
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


class _Timed(NamedTuple):
    """A sentence with a time, taken apart."""

    fields: list[bytes]
    kind: Kind
    tod_us: int
    midnight: datetime | None


def _timed(sentence: re.Match[bytes]) -> _Timed | None:
    """What a sentence says of the time; None where it holds none, or is damaged."""
    given = sentence["checksum"]
    if given is not None and checksum(sentence["content"]) != int(given, 16):
        return None
    fields = sentence["content"].split(b",")
    kind = KINDS[sentence["kind"]]
    if len(fields) < kind.fewest_fields:
        return None
    stats = NmeaStats()
    tod_us = time_of_day_us(fields[kind.time_at], stats)
    if tod_us is None:
        return None
    return _Timed(fields, kind, tod_us, kind.date(fields, stats) if kind.date is not None else None)


def _instants(log: Log) -> Iterator[tuple[datetime, int, int]]:
    """The moments of a log, and from where to where in it each one goes; what precedes the first belongs to it."""
    start, tod_us, midnight = 0, None, None
    last = _first_date(log) or SOME_DAY
    for sentence in _TIMED_SENTENCE.finditer(log):
        timed = _timed(sentence)
        if timed is None:
            continue
        if tod_us is not None and timed.tod_us != tod_us:
            last = _moment(tod_us, midnight, last)
            yield last, start, sentence.start()
            start, midnight = sentence.start(), None
        tod_us = timed.tod_us
        midnight = timed.midnight or midnight
    if start < len(log):
        yield (last if tod_us is None else _moment(tod_us, midnight, last)), start, len(log)


def _first_date(log: Log) -> datetime | None:
    """The first moment of the log that has a date."""
    for sentence in _TIMED_SENTENCE.finditer(log):
        timed = _timed(sentence)
        if timed is not None and timed.midnight is not None:
            return _moment(timed.tod_us, timed.midnight, timed.midnight)
    return None


def _moment(tod_us: int, midnight: datetime | None, near: datetime) -> datetime:
    return (midnight or nearest_day(tod_us, near)) + timedelta(microseconds=tod_us)


def _shifted(sentence: re.Match[bytes], delta: timedelta) -> bytes:
    """A sentence at another time; as it is where it holds none."""
    timed = _timed(sentence)
    if timed is None:
        return sentence[0]
    fields, kind, tod_us, midnight = timed
    moment = _moment(tod_us, midnight, SOME_DAY) + delta
    fields[kind.time_at] = moment.strftime("%H%M%S").encode() + fields[kind.time_at][6:]
    if midnight is not None:
        _set_date(fields, kind.name, moment)
    content = b",".join(fields)
    return b"$" + content + (b"" if sentence["checksum"] is None else b"*%02X" % checksum(content))


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

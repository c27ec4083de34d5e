"""``python -m telematics decode nmea FILE``: a receiver's log as JSON lines, and a summary of what was in it."""

import argparse
import contextlib
import dataclasses
import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import BinaryIO

import msgspec
from tqdm import tqdm

from telematics.fix import Fix, Identity
from telematics.protocols.base import Message
from telematics.protocols.nmea import NmeaDecoder, NmeaStats
from telematics.protocols.nmea.calendar import GPS_SECOND_ERA

PIECE_BYTES = 1 << 16
GAP_S = 10.0
"""A longer step from one fix to the next is counted as a gap: receivers report every second, or every few."""

EXIT_BROKEN_PIPE = 1
EXIT_UNREADABLE = 2
EXIT_INTERRUPTED = 130


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("protocol", choices=["nmea"], help="what the log holds")
    parser.add_argument("file", metavar="FILE", help="the log, or - for standard input")
    parser.add_argument(
        "--allow-missing-checksum",
        action="store_true",
        help="read sentences that have no checksum too (a wrong one is always rejected)",
    )
    parser.add_argument(
        "--date",
        type=_day,
        metavar="YYYY-MM-DD",
        help="the day on which the log begins, for logs whose sentences carry no date",
    )
    parser.add_argument(
        "--not-before",
        type=_day,
        default=GPS_SECOND_ERA,
        metavar="YYYY-MM-DD",
        help="mark dates before this day as a roll-over of the receiver's week number (default: 1999-08-22)",
    )
    parser.add_argument("--json-summary", action="store_true", help="give the summary as one line of JSON")


def run(options: argparse.Namespace) -> int:
    """Decode one log to standard output, and sum it up on standard error.

    Returns:
        The process's exit code: 0, or 2 where the log cannot be read.
    """
    decoder = NmeaDecoder(
        require_checksum=not options.allow_missing_checksum,
        not_before=options.not_before,
        near=options.date and options.date + timedelta(hours=12),
    )
    timeline = Timeline()
    try:
        with _opened(options.file) as log:
            _print_fixes(_messages(log, decoder), timeline)
    except BrokenPipeError:
        # What reads us has seen enough. Python flushes standard output once more at exit: let it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_BROKEN_PIPE
    except OSError as error:
        print(f"{options.file}: {error.strerror or error}", file=sys.stderr)
        return EXIT_UNREADABLE
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    summary = json_summary if options.json_summary else readable_summary
    print(summary(decoder.stats, timeline), file=sys.stderr)
    return 0


@dataclasses.dataclass
class Timeline:
    """The gaps between fixes, in the order of the log.

    Attributes:
        gaps: steps longer than `GAP_S`.
        gaps_s: their seconds, all together.
        steps_back: times that the clock went backward.
    """

    gaps: int = 0
    gaps_s: float = 0.0
    steps_back: int = 0
    _last: datetime | None = None

    def add(self, moment: datetime) -> None:
        """Note the next fix's time."""
        step_s = 0.0 if self._last is None else (moment - self._last).total_seconds()
        self._last = moment
        if step_s > GAP_S:
            self.gaps += 1
            self.gaps_s += step_s
        elif step_s < 0.0:
            self.steps_back += 1


def fix_record(fix: Fix, device: str | None = None) -> dict[str, object]:
    """A fix as it is printed: rounded beyond what any receiver resolves, absent values None."""
    whole_ms = fix.time.microsecond % 1000 == 0
    record: dict[str, object] = {
        "time": fix.time.isoformat(timespec="milliseconds" if whole_ms else "microseconds").replace(
            "+00:00", "Z"
        ),
        "lat": _rounded(fix.lat, 9),
        "lon": _rounded(fix.lon, 9),
        "speed_mps": _rounded(fix.speed_mps, 4),
        "course_deg": _rounded(fix.course_deg, 3),
        "altitude_m": _rounded(fix.altitude_m, 4),
        "satellites": fix.satellites,
        "valid": fix.valid,
        "verdicts": fix.verdicts.names(),
        "accuracy_m": _rounded(fix.accuracy_m, 2),
    }
    if device is not None:
        record["device"] = device
    return record


def json_summary(stats: NmeaStats, timeline: Timeline) -> str:
    """The summary as one line of JSON."""
    gaps = {"gaps": timeline.gaps, "gaps_s": round(timeline.gaps_s, 3), "gap_threshold_s": GAP_S}
    return json.dumps(dataclasses.asdict(stats) | gaps | {"steps_back": timeline.steps_back})


def readable_summary(stats: NmeaStats, timeline: Timeline) -> str:
    """The summary for people."""
    by_count = sorted(stats.sentences.items(), key=lambda item: (-item[1], item[0]))
    types = ", ".join(f"{name} {number:,}" for name, number in by_count) or "none"
    lines = [
        f"bytes      {stats.bytes_received:,}, of them {stats.bytes_framed:,} in sentences",
        f"sentences  {sum(stats.sentences.values()):,}: {types}",
        f"checksum   right {stats.checksum_right:,}, wrong {stats.checksum_wrong:,}, "
        f"absent {stats.checksum_absent:,}",
        f"fixes      {stats.fixes:,}, of them void {stats.void_fixes:,}",
        f"gaps       {timeline.gaps:,} longer than {GAP_S:g} s, together {timeline.gaps_s:,.0f} s; "
        f"clock went back {timeline.steps_back:,} times",
        f"left out   sentences cut short {stats.cut_short:,}, without a time {stats.untimed:,}; "
        f"malformed fields {stats.malformed:,}; instants without a date {stats.undated:,}",
    ]
    if stats.checksum_absent and not stats.checksum_right and not stats.fixes:
        lines.append("No sentence has a checksum: --allow-missing-checksum reads them.")
    elif stats.undated and not stats.fixes:
        lines.append("No sentence has a date: --date tells the day.")
    return "\n".join(lines)


@contextlib.contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
        return
    with Path(file).open("rb") as log:
        yield log


def _messages(log: BinaryIO, decoder: NmeaDecoder) -> Iterator[list[Message]]:
    """The messages of each piece of the log as it is read; the progress goes to a terminal only."""
    size = os.fstat(log.fileno()).st_size or None
    shown = sys.stderr.isatty() and not sys.stdout.isatty()
    with tqdm(total=size, unit="B", unit_scale=True, disable=not shown, leave=False) as progress:
        while piece := os.read(log.fileno(), PIECE_BYTES):
            progress.update(len(piece))
            yield decoder.feed(piece)
    yield decoder.end()


def _print_fixes(pieces: Iterator[list[Message]], timeline: Timeline) -> None:
    encoder = msgspec.json.Encoder()
    device: str | None = None
    for messages in pieces:
        for message in messages:
            if isinstance(message, Identity):
                device = message.device
                continue
            timeline.add(message.time)
            sys.stdout.buffer.write(encoder.encode(fix_record(message, device)) + b"\n")
        sys.stdout.buffer.flush()


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _day(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), tzinfo=UTC)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is not a day such as 2026-09-01") from error

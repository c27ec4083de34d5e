"""``python -m telematics duty FILE.csv``: what the rules on driving and rest times find on a driver's card."""

import argparse
import io
import os
import sys
from collections import Counter
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from telematics.duty.card import CardError, read_card
from telematics.duty.finding import DutyFinding
from telematics.duty.profiles import NEWEST, shipped_numbers
from telematics.duty.rules import Rules, china, european_union, findings, united_states
from telematics.duty.timeline import Activity, Timeline

EXIT_BROKEN_PIPE = 1
EXIT_UNREADABLE = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("file", metavar="FILE", help="activity changes, a CSV file, or - for standard input")
    parser.add_argument(
        "--profile", choices=sorted(NEWEST), default="cn", help="whose law counts (default: cn, China)"
    )
    parser.add_argument(
        "--timezone",
        type=_zone,
        default=UTC,
        metavar="AREA/CITY",
        help="whose clocks tell night, days and weeks (default: UTC, as the file's)",
    )
    parser.add_argument(
        "--early-morning-ban",
        action="store_true",
        help="cn: hold the hours against the driver that are banned to long-distance coaches",
    )
    parser.add_argument(
        "--runs-every-day",
        action="store_true",
        help="us: the carrier runs on each day of the week, so that 8 days on duty are summed and not 7",
    )


def run(options: argparse.Namespace) -> int:
    """Print the findings of one card as JSON lines, and sum them up on standard error.

    Returns:
        The process's exit code: 0, or 2 where the card can't be read.
    """
    try:
        timeline = read_card(io.StringIO(_text(options.file), newline=""))
    except OSError as error:
        print(f"{options.file}: {error.strerror or error}", file=sys.stderr)
        return EXIT_UNREADABLE
    except CardError as error:
        print(f"{options.file}: {error}", file=sys.stderr)
        return EXIT_UNREADABLE
    found = findings(timeline, _rules(options))
    try:
        for finding in found:
            sys.stdout.buffer.write(msgspec.json.encode(finding_record(finding)) + b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # What reads us has seen enough. Python flushes standard output once more at exit: let it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_BROKEN_PIPE
    print(readable_summary(timeline, found), file=sys.stderr)
    return 0


def finding_record(finding: DutyFinding) -> dict[str, object]:
    """A finding as it is printed."""
    return {
        "rule": finding.rule.value,
        "start": moment(finding.start_s),
        "end": moment(finding.end_s),
        "value_s": finding.value_s,
        "limit_s": finding.limit_s,
        "over_at": moment(finding.over_at_s),
        "unknown_s": finding.unknown_s,
        "certain": finding.certain,
        "article": finding.article,
    }


def readable_summary(timeline: Timeline, found: list[DutyFinding]) -> str:
    """The summary for people: the time by activity, that of which nothing is known too, and the findings by rule."""
    spent = Counter[Activity]()
    for one in timeline:
        spent[one.activity] += one.end_s - one.start_s
    by_rule = Counter(finding.rule.value for finding in found)
    uncertain = sum(not finding.certain for finding in found)
    rules = ", ".join(f"{rule} {number:,}" for rule, number in sorted(by_rule.items())) or "none"
    return "\n".join(
        [
            f"from      {moment(timeline[0].start_s)} to {moment(timeline[-1].end_s)}",
            "hours     " + ", ".join(f"{activity} {spent[activity] / 3600:,.1f}" for activity in Activity),
            f"findings  {len(found):,}: {rules}",
            f"of them   {uncertain:,} would not stand had the driver rested whenever nothing is known",
        ]
    )


def moment(at_s: int) -> str:
    """A moment as it is printed, in UTC."""
    return datetime.fromtimestamp(at_s, UTC).isoformat().replace("+00:00", "Z")


def _rules(options: argparse.Namespace) -> Rules:
    numbers = shipped_numbers(NEWEST[options.profile])
    if options.profile == "eu":
        return european_union(numbers, options.timezone)
    if options.profile == "us":
        return united_states(numbers, options.timezone, runs_every_day=options.runs_every_day)
    return china(numbers, options.timezone, early_morning_ban=options.early_morning_ban)


def _text(file: str) -> str:
    content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CardError(line, "date_utc", "the line is no UTF-8 text") from error


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        raise argparse.ArgumentTypeError(f"{name} is no time zone such as Asia/Shanghai") from error

"""Reads a driver card's activity changes, a CSV file, into a timeline.

Each row says what the driver did from a minute of a day (UTC) on, up to the next row of that day, or to its end.
Where the card was not inserted, and on days without rows, nothing is known.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from telematics.duty.timeline import Activity, Stretch, Timeline, make_timeline

DAY_MINUTES = 24 * 60
ACTIVITIES = {
    "DRIVING": Activity.DRIVING,
    "WORK": Activity.WORK,
    "AVAILABILITY": Activity.AVAILABILITY,
    "BREAK_REST": Activity.REST,
}
IS_KNOWN = {"inserted": True, "not_inserted": False}
COLUMNS = ("date_utc", "minute_of_day", "card", "activity")


class CardError(Exception):
    """A file of activity changes that can't be read.

    Attributes:
        line: the line of the file, 1 for its first.
        field: name of the column.
    """

    def __init__(self, line: int, field: str, message: str) -> None:
        super().__init__(f"line {line}, field {field}: {message}")
        self.line = line
        self.field = field


class Change(NamedTuple):
    """From `at_s` on, UTC seconds, this was the activity; rows of one minute count in the file's order."""

    at_s: int
    line: int
    day: date
    activity: Activity


def read_card(lines: Iterable[str]) -> Timeline:
    """The timeline of a card, from the first day that it has rows of to the end of the last.

    Args:
        lines: of a CSV file with the columns `COLUMNS`, in any order of rows; a column `utc` is held against them.

    Raises:
        CardError: naming line and field of the first thing that can't be right.
    """
    changes = sorted(read_changes(lines))
    if not changes:
        raise CardError(1, COLUMNS[0], "the file has no rows")
    stretches: list[Stretch] = []
    for index, change in enumerate(changes):
        end_s = day_end_s(change.day)
        if index + 1 < len(changes):
            end_s = min(end_s, changes[index + 1].at_s)
        stretches.append(Stretch(change.at_s, end_s, change.activity))
    first_s = day_end_s(changes[0].day) - DAY_MINUTES * 60
    return make_timeline(stretches, first_s, day_end_s(changes[-1].day))


def read_changes(lines: Iterable[str]) -> Iterator[Change]:
    """The changes that rows tell."""
    reader = csv.DictReader(lines, strict=True)
    try:
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            raise CardError(1, missing[0], "the file has no such column")
        for row in reader:
            yield read_change(row, reader.line_num)
    except csv.Error as error:
        raise CardError(reader.reader.line_num, COLUMNS[0], str(error)) from error


def read_change(row: Mapping[str, str | None], line: int) -> Change:
    """The change that one row tells."""
    try:
        day = date.fromisoformat(cell(row, "date_utc"))
    except ValueError:
        raise CardError(line, "date_utc", f"{cell(row, 'date_utc')!r} is no day such as 2026-09-01") from None
    minute_text = cell(row, "minute_of_day")
    if not (minute_text.isascii() and minute_text.isdigit() and int(minute_text) < DAY_MINUTES):
        raise CardError(line, "minute_of_day", f"{minute_text!r} is no whole number from 0 to 1439")
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    try:
        at_s = round((start + timedelta(minutes=int(minute_text))).timestamp())
        day_end_s(day)
    except OverflowError:
        raise CardError(line, "date_utc", f"{day} is out of range") from None
    check_utc(row, line, at_s)
    card, activity = cell(row, "card"), cell(row, "activity")
    if card not in IS_KNOWN:
        raise CardError(line, "card", f"{card!r} is none of {', '.join(IS_KNOWN)}")
    if activity not in ACTIVITIES:
        raise CardError(line, "activity", f"{activity!r} is none of {', '.join(ACTIVITIES)}")
    return Change(at_s, line, day, ACTIVITIES[activity] if IS_KNOWN[card] else Activity.UNKNOWN)


def check_utc(row: Mapping[str, str | None], line: int, at_s: int) -> None:
    """Hold the column `utc` against day and minute, where the file has it."""
    told = (row.get("utc") or "").strip()
    if not told:
        return
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        raise CardError(line, "utc", f"{told!r} is no time such as 2026-09-01T06:30:00Z") from None
    if moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() != at_s:
        raise CardError(line, "utc", f"{told} is not the minute of the day that the row names")


def cell(row: Mapping[str, str | None], column: str) -> str:
    """A row's text in a column; empty where the row is too short."""
    return (row.get(column) or "").strip()


def day_end_s(day: date) -> int:
    """The moment at which a day ends, UTC."""
    return round((datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)).timestamp())

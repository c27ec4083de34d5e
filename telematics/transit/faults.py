"""What can't be right in a feed: told by file, line and field, all of it, and in bounded number."""

from enum import StrEnum

import msgspec

MOST_FAULTS = 1000


class FaultKind(StrEnum):
    """What is wrong."""

    NOT_ZIP = "not_zip"
    TOO_LARGE = "too_large"
    NO_FILE = "no_file"
    NO_COLUMN = "no_column"
    NOT_UTF8 = "not_utf8"
    NOT_CSV = "not_csv"
    TOO_MANY_ROWS = "too_many_rows"
    EMPTY = "empty"
    NOT_NUMBER = "not_number"
    NOT_ON_EARTH = "not_on_earth"
    NOT_TIME = "not_time"
    NOT_DATE = "not_date"
    NOT_ONE_OF = "not_one_of"
    NO_ZONE = "no_zone"
    REPEATED = "repeated"
    NOT_FOUND = "not_found"
    BACK_IN_TIME = "back_in_time"
    NO_TIME_AT_END = "no_time_at_end"
    WRONG_ORDER = "wrong_order"
    NO_LINE = "no_line"


WORDS = {
    FaultKind.NOT_ZIP: "this is no zip file",
    FaultKind.TOO_LARGE: "it is larger than {value} MB",
    FaultKind.NO_FILE: "the feed has no such file",
    FaultKind.NO_COLUMN: "there is no such column",
    FaultKind.NOT_UTF8: "this is not UTF-8 text",
    FaultKind.NOT_CSV: "this is no CSV: {value}",
    FaultKind.TOO_MANY_ROWS: "there are more than {value} lines",
    FaultKind.EMPTY: "it is empty",
    FaultKind.NOT_NUMBER: "“{value}” is not a number",
    FaultKind.NOT_ON_EARTH: "{value} degrees are not on the earth",
    FaultKind.NOT_TIME: "“{value}” is not a time such as 07:05:00",
    FaultKind.NOT_DATE: "“{value}” is not a date such as 20260901",
    FaultKind.NOT_ONE_OF: "“{value}” is none of the values that may stand here",
    FaultKind.NO_ZONE: "there is no time zone “{value}”",
    FaultKind.REPEATED: "“{value}” was there before",
    FaultKind.NOT_FOUND: "“{value}” is nowhere in the feed",
    FaultKind.BACK_IN_TIME: "{value} is before the time at the stop before it",
    FaultKind.NO_TIME_AT_END: "the first and the last stop of trip “{value}” need a time",
    FaultKind.WRONG_ORDER: "{value} is before the first day",
    FaultKind.NO_LINE: "shape “{value}” has fewer than two points",
}
"""In English; `{value}` is what stands there."""


class Fault(msgspec.Struct, frozen=True, order=True):
    """Something that can't be right.

    Attributes:
        line: of the file, 1 is the header; 0 where it is about the file.
        value: what stands there.
    """

    file: str
    line: int
    field: str
    kind: FaultKind
    value: str = ""

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        told = WORDS[self.kind].format(value=self.value)
        return f"{place}, {self.field}: {told}" if self.field else f"{place}: {told}"


class Faults:
    """Collects faults: the first thousand, and how many there are."""

    def __init__(self) -> None:
        self.found: list[Fault] = []
        self.count = 0

    def add(self, fault: Fault) -> None:
        """Note one."""
        self.count += 1
        if len(self.found) < MOST_FAULTS:
            self.found.append(fault)

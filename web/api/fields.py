"""Types of fields: what may come in, told in the OpenAPI document, and how what is unknown goes out."""

from datetime import date, time
from enum import StrEnum
from typing import Annotated, Any

from django.utils.dateparse import parse_date, parse_datetime, parse_time
from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints
from pydantic.json_schema import WithJsonSchema

YEARS = range(1900, 2200)
"""Of days and times that anybody means; others are mistakes."""
LARGEST_ID = 2**63 - 1
PRINTABLE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
"""Text without control characters, which no database takes and no page shows; tabs and line ends may be."""
SAYING_SOMETHING = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
"""The same, and not only spaces."""
CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


def only_text(value: Any) -> Any:
    """Refuse numbers where a day or a time is meant: they would be taken as seconds since 1970."""
    if not isinstance(value, str | date | time):
        raise ValueError("must be a string")
    return value


def iso_day(value: Any) -> Any:
    """A day in ISO form and nothing else."""
    if isinstance(only_text(value), str):
        day = parse_date(value) if len(value) == 10 else None
        if day is None or day.year not in YEARS:
            raise ValueError("must be a day in the form 2026-09-01")
        return day
    return value


def iso_moment(value: Any) -> Any:
    """A moment in ISO form with its offset from UTC."""
    if isinstance(only_text(value), str):
        moment = parse_datetime(value)
        if moment is None or moment.year not in YEARS:
            raise ValueError("must be a time in the form 2026-09-01T07:00:00Z")
        return moment
    return value


def iso_time(value: Any) -> Any:
    """A time of day in ISO form."""
    if isinstance(only_text(value), str):
        clock = parse_time(value)
        if clock is None:
            raise ValueError("must be a time of day in the form 07:00")
        return clock
    return value


def none_where_blank(value: Any) -> Any:
    """What is not known is null, never an empty text."""
    return None if value == "" else value


Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
StrictId = Annotated[int, Field(ge=1, le=LARGEST_ID, strict=True)]
Count = Annotated[int, Field(ge=0, le=32767, strict=True)]
Kilometres = Annotated[int, Field(ge=0, le=2**31 - 1, strict=True)]
Flag = Annotated[bool, Field(strict=True)]
Line = Annotated[str, StringConstraints(max_length=200, pattern=PRINTABLE)]
GivenLine = Annotated[str, StringConstraints(max_length=200, pattern=SAYING_SOMETHING)]
Text = Annotated[str, StringConstraints(max_length=2000, pattern=PRINTABLE)]
GivenText = Annotated[str, StringConstraints(max_length=2000, pattern=SAYING_SOMETHING)]
Day = Annotated[date, BeforeValidator(iso_day), WithJsonSchema({"type": "string", "format": "date"})]
Moment = Annotated[
    AwareDatetime, BeforeValidator(iso_moment), WithJsonSchema({"type": "string", "format": "date-time"})
]
Clock = Annotated[time, BeforeValidator(iso_time), WithJsonSchema({"type": "string", "pattern": CLOCK})]
Known = BeforeValidator(none_where_blank)
"""Marks a field that goes out: an empty text is told as null."""
MaybeText = Annotated[str | None, Known]


def told_in_place(values: type[StrEnum]) -> WithJsonSchema:
    """Have the document tell the values where they are used: another enumeration has the same name."""
    return WithJsonSchema({"type": "string", "enum": [one.value for one in values]})


def omitted() -> Any:
    """The default of a field that may be left out: it then stays as it is."""
    return Field(default_factory=lambda: None)

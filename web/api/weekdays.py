"""Weekdays as they come in and go out: by their ISO numbers, 1 is Monday."""

from typing import Annotated

from pydantic import Field

from fleet.pupils.periods import weekdays_of

IsoWeekdays = Annotated[
    list[Annotated[int, Field(ge=1, le=7, strict=True)]],
    Field(min_length=1, max_length=7, description="1 is Monday."),
]
IsoWeekday = Annotated[int, Field(ge=1, le=7, strict=True, description="1 is Monday.")]


def iso_weekdays_of(bits: int) -> list[int]:
    """The weekdays of which a bit is set, Monday's is the lowest."""
    return [weekday + 1 for weekday in weekdays_of(bits)]


def bits_of(iso_weekdays: list[int]) -> int:
    """The weekdays as records keep them."""
    return sum(1 << (weekday - 1) for weekday in set(iso_weekdays))

"""Reads the notices of holidays: those shipped, and those an administrator has added.

A further year is one file ``holidays/<year>.toml`` in the data directory, in the form of the shipped ones. A
file there for a year that is shipped counts instead of it. Files are read again in each process that starts.
"""

import tomllib
from functools import cache
from pathlib import Path

import msgspec
from django.conf import settings

from fleet.regulations.working_days import Holiday, Notice, NoticeError, WorkingCalendar

SHIPPED = Path(__file__).parent / "holidays"


class NoticeFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a file of holidays holds."""

    year: int
    title: str
    source: str
    holidays: tuple[Holiday, ...]


def read_notice(path: Path) -> Notice:
    """The notice in a file.

    Raises:
        NoticeError: naming the file and what is wrong in it.
    """
    try:
        content = msgspec.convert(tomllib.loads(path.read_text("utf-8")), NoticeFile)
        return Notice(content.year, content.title, content.source, content.holidays)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError, NoticeError) as error:
        raise NoticeError(f"{path.name}: {error}") from error


def read_calendar(*folders: Path) -> WorkingCalendar:
    """The notices in folders; those of later folders count before those of earlier ones."""
    return WorkingCalendar(
        tuple(read_notice(path) for folder in folders for path in sorted(folder.glob("*.toml")))
    )


@cache
def china_calendar() -> WorkingCalendar:
    """The working days of China, by the notices shipped and added."""
    return read_calendar(SHIPPED, settings.DATA_DIR / "holidays")

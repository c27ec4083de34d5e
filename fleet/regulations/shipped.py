"""Loads the regulation profiles that are shipped as files; what is in the database already stays as it is."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec
from django.db import transaction
from django.db.models import Max

from fleet.regulations.models import RegulationNumber, RegulationProfile, Status

FOLDER = Path(__file__).parent / "profiles"


class NumberEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A number as a file gives it."""

    key: str
    value: float
    unit: str
    bound: Literal["at_most", "at_least", "exactly", "over", "under"]
    article: str
    source: str = ""
    certainty: Literal["text", "secondary", "common"]
    note: str = ""


class ProfileFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a profile's file holds.

    Attributes:
        extends: code of the file whose numbers this one has too, where it does not give them anew.
    """

    code: str
    jurisdiction: str
    name: str
    name_en: str
    valid_from: date
    enabled: bool
    numbers: tuple[NumberEntry, ...]
    valid_until: date | None = None
    extends: str | None = None


def read_profile(code: str) -> ProfileFile:
    """The profile in ``profiles/<code>.toml``, with the numbers that it extends.

    Raises:
        msgspec.ValidationError: naming the field that does not fit.
    """
    content = msgspec.convert(tomllib.loads((FOLDER / f"{code}.toml").read_text("utf-8")), ProfileFile)
    if content.extends is None:
        return content
    numbers = {entry.key: entry for entry in read_profile(content.extends).numbers}
    numbers |= {entry.key: entry for entry in content.numbers}
    return msgspec.structs.replace(content, numbers=tuple(numbers.values()), extends=None)


def shipped_profiles() -> list[ProfileFile]:
    """All profiles that are shipped, the earlier in force first."""
    files = [read_profile(path.stem) for path in FOLDER.glob("*.toml")]
    return sorted(files, key=lambda one: (one.jurisdiction, one.valid_from))


@transaction.atomic
def load_shipped_profiles() -> None:
    """Put shipped profiles into the database that it does not have yet.

    In a jurisdiction without any profile they are approved; where there are some, what a new release brings
    is proposed to the administrators.
    """
    settled = set(RegulationProfile.objects.values_list("jurisdiction", flat=True))
    known = set(RegulationProfile.objects.values_list("code", flat=True))
    for file in shipped_profiles():
        if file.code not in known:
            status = Status.PROPOSED if file.jurisdiction in settled else Status.APPROVED
            store(file, status)


def store(file: ProfileFile, status: Status) -> None:
    """Make a shipped profile the next version of its jurisdiction."""
    profile = RegulationProfile.objects.create(
        code=file.code,
        jurisdiction=file.jurisdiction,
        version=next_version(file.jurisdiction),
        name=file.name,
        name_en=file.name_en,
        valid_from=file.valid_from,
        valid_until=file.valid_until,
        enabled=file.enabled,
        status=status,
    )
    RegulationNumber.objects.bulk_create(
        RegulationNumber(profile=profile, **msgspec.structs.asdict(entry)) for entry in file.numbers
    )


def next_version(jurisdiction: str) -> int:
    """The number of a jurisdiction's next version."""
    last = RegulationProfile.objects.filter(jurisdiction=jurisdiction).aggregate(last=Max("version"))["last"]
    return (last or 0) + 1

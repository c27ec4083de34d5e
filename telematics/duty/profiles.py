"""The rules of the regulation profiles that are shipped with the product, for use without its database."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parents[2] / "fleet" / "regulations" / "profiles"
NEWEST = {"cn": "cn-2022", "eu": "eu-561-2006", "us": "us-395-5"}
"""The version in force, by the name that the command line gives it."""


class ShippedNumber(msgspec.Struct, frozen=True):
    """A number as a profile's file gives it."""

    key: str
    value: float
    article: str


class ShippedProfile(msgspec.Struct, frozen=True):
    """What is read of a profile's file."""

    jurisdiction: str
    numbers: tuple[ShippedNumber, ...]
    extends: str | None = None


def shipped_numbers(code: str) -> Mapping[str, ShippedNumber]:
    """The numbers of a shipped profile, with those that it extends, by key.

    Raises:
        OSError: where the file can't be read.
        msgspec.ValidationError: naming the field that does not fit.
    """
    profile = read(code)
    earlier = shipped_numbers(profile.extends) if profile.extends else {}
    return {**earlier, **{number.key: number for number in profile.numbers}}


def read(code: str) -> ShippedProfile:
    """The profile in the file of a code."""
    return msgspec.convert(tomllib.loads((FOLDER / f"{code}.toml").read_text("utf-8")), ShippedProfile)

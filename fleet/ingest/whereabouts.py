"""Where this installation's gateway listens, so that a replay on the same machine can go through it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from django.conf import settings
from django.db import connection


class Whereabouts(msgspec.Struct, frozen=True):
    """A running gateway.

    Attributes:
        tcp_port: where it listens.
        process: its process id.
        database: what it writes to.
    """

    tcp_port: int
    process: int
    database: str


def note() -> Path:
    """The file in which a gateway leaves word."""
    return Path(settings.DATA_DIR) / "gateway.json"


@contextmanager
def announced(tcp_port: int) -> Iterator[None]:
    """Leave word of this process's gateway while the block runs."""
    word = Whereabouts(tcp_port, os.getpid(), str(connection.settings_dict["NAME"]))
    note().write_bytes(msgspec.json.encode(word))
    try:
        yield
    finally:
        if running_gateway_port() == tcp_port:
            note().unlink(missing_ok=True)


def running_gateway_port() -> int | None:
    """The TCP port of a gateway that runs on this machine and writes to our database; None where none does."""
    with suppress(OSError, msgspec.DecodeError):
        word = msgspec.json.decode(note().read_bytes(), type=Whereabouts)
        os.kill(word.process, 0)
        if word.database == str(connection.settings_dict["NAME"]):
            return word.tcp_port
    return None

"""Where what happens comes from: set at the edge of the system, read where it is recorded."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """The way by which somebody acts.

    Attributes:
        channel: "page", "api", "live", or "system" for what nobody asks for.
        address: of the network, where there is one.
    """

    channel: str = "system"
    address: str | None = None


NOBODY = Origin()
_origin: ContextVar[Origin] = ContextVar("origin", default=NOBODY)


def current_origin() -> Origin:
    """Where the present request comes from."""
    return _origin.get()


@contextmanager
def acting_from(channel: str, address: str | None) -> Iterator[None]:
    """What is done inside comes from there."""
    token = _origin.set(Origin(channel, address))
    try:
        yield
    finally:
        _origin.reset(token)

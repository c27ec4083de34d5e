"""The chain itself, pure: each link's hash covers what it seals and the link before it (Haber and Stornetta 1991).

Whoever changes, removes or slips in a record, or a link, has to make every later hash of that organisation anew; and
who has noted the newest one down elsewhere sees even that.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

GENESIS = "0" * 64
"""What the first link of a chain follows."""


class Link(NamedTuple):
    """A link as it is kept.

    Attributes:
        number: its place in the chain, from 1.
        kind: what it seals: the model, as "findings.finding".
        object_id: which one.
        digest: hash of what that said.
        hash: of all of this and the link before.
    """

    number: int
    kind: str
    object_id: str
    digest: str
    hash: str


class Fault(StrEnum):
    """What is wrong with a chain."""

    LINK_MISSING = "link_missing"
    LINK_CHANGED = "link_changed"
    RECORD_MISSING = "record_missing"
    RECORD_CHANGED = "record_changed"
    CUT_OFF = "cut_off"
    NOT_SEALED = "not_sealed"


class Break(NamedTuple):
    """Where a chain is broken, and how."""

    fault: Fault
    number: int
    kind: str = ""
    object_id: str = ""


def digest_of(content: Mapping[str, Any]) -> str:
    """The hash of a record's content: SHA-256 of its JSON with sorted keys, in hexadecimal."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=as_text)
    return hashlib.sha256(text.encode()).hexdigest()


def as_text(value: object) -> str:
    """A value that JSON does not know, always in the same form: times in UTC, all else as it is printed."""
    if isinstance(value, datetime):
        return f"{value.timestamp():.6f}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def hash_of(chain: str, before: str, *, number: int, kind: str, object_id: str, digest: str) -> str:
    """The hash of a link.

    Args:
        chain: which chain it belongs to, so that none can be passed off as another.
        before: the hash of the link before; `GENESIS` for the first.
        number: its place, from 1.
        kind: of record.
        object_id: which record.
        digest: of what the record says.
    """
    return hashlib.sha256(
        "\n".join((chain, before, str(number), kind, object_id, digest)).encode()
    ).hexdigest()


def broken_links(chain: str, links: Iterable[Link], length: int, head: str) -> Iterator[Break]:
    """Where the links do not follow from each other, the first break first; after one, no later link is judged.

    Args:
        chain: its name.
        links: in their order.
        length: how many there are said to be.
        head: what the hash of the last one is said to be.
    """
    before, expected = GENESIS, 1
    for link in links:
        if link.number != expected:
            yield Break(Fault.LINK_MISSING, expected)
            return
        sealed = link._asdict()
        if sealed.pop("hash") != hash_of(chain, before, **sealed):
            yield Break(Fault.LINK_CHANGED, link.number, link.kind, link.object_id)
            return
        before, expected = link.hash, expected + 1
    if (expected - 1, before) != (length, head):
        yield Break(Fault.CUT_OFF, expected)

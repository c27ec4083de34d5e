"""Tells a poll that nothing has changed, from the cache alone: no database, and never any data.

What was shown to a session is remembered by its entity tag, with the stamps of all that it was made of: the guardian
and the trips. Whoever changes one of these gives it a new stamp. A poll whose tag and stamps still hold is answered
304; every other one is answered by the page itself, which checks session, account, link and window in the database.

What was shown is kept in the memory of the process that showed it; stamps are in the cache that all processes share,
and are looked up there once a second at most.

Whoever signs out, or is signed out, gets a new stamp, too. And the database is asked at least every `REVALIDATE_S`
for each session. So one that ends by any other way hears for so long at most that nothing has changed, and never
anything that it should not know. What rarely changes (stops of a pupil, absences that the school enters, who drives)
shows within the same time.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from secrets import token_hex
from typing import NamedTuple

from django.core.cache import cache, caches

REVALIDATE_S = 30
STAMPS_KEPT_S = 24 * 3600
NEAR_S = 1
"""So long a process goes by the stamps that it has read."""
PROCESS = "process"
"""The cache in this process's memory."""


class Shown(NamedTuple):
    """What was shown to a session last.

    Attributes:
        tag: its entity tag.
        stamps: by the keys of all that it was made of.
    """

    tag: str
    stamps: dict[str, str]


def guardian_stamp(guardian: int) -> str:
    """The key of a guardian's stamp."""
    return f"family-guardian-{guardian}"


def trip_stamp(trip: int) -> str:
    """The key of a trip's stamp."""
    return f"family-trip-{trip}"


def touch(keys: Iterable[str]) -> None:
    """Give new stamps: whatever was made of these is old now."""
    given = {key: token_hex(8) for key in keys}
    cache.set_many(given, STAMPS_KEPT_S)
    caches[PROCESS].set_many(given, NEAR_S)


def stamps_of(keys: Iterable[str]) -> dict[str, str]:
    """The stamps as they are now; read before what they stand for is read. One that is missing is given."""
    wanted = list(keys)
    found: dict[str, str] = cache.get_many(wanted)
    for key in wanted:
        if key not in found:
            found[key] = str(cache.get_or_set(key, token_hex(8), STAMPS_KEPT_S))
    return found


def remember(session_key: str, shown: Shown, now: datetime, turns_at: datetime) -> None:
    """Remember what is shown to a session, until the clock changes it or the database is to be asked again."""
    kept_s = min(REVALIDATE_S, int((turns_at - now).total_seconds()))
    if kept_s > 0:
        caches[PROCESS].set(entry(session_key), shown, kept_s)


def is_unchanged(session_key: str, tag: str) -> bool:
    """Whether a session that holds a tag has been shown all that there is."""
    shown: Shown | None = caches[PROCESS].get(entry(session_key))
    return shown is not None and shown.tag == tag and near_stamps(shown.stamps) == shown.stamps


def near_stamps(keys: Iterable[str]) -> dict[str, str]:
    """The stamps as they were a second ago at most."""
    near = caches[PROCESS]
    found: dict[str, str] = near.get_many(keys)
    if missing := [key for key in keys if key not in found]:
        fetched = cache.get_many(missing)
        near.set_many(fetched, NEAR_S)
        found |= fetched
    return found


def entry(session_key: str) -> str:
    """The key of what was shown to a session: a digest, for a session key opens an account."""
    return "family-shown-" + hashlib.sha256(session_key.encode()).hexdigest()

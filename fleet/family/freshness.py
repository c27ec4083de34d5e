"""Tells a poll that nothing has changed, from the cache alone: no database, and never any data.

What was shown to a session is remembered by its entity tag, with the stamps of all that it was made of: the guardian
and the trips. Whoever changes one of these gives it a new stamp. A poll whose tag and stamps still hold is answered
304; every other one is answered by the page itself, which checks session, account, link and window in the database.

The database is asked at least every `REVALIDATE_S` for each session. So a session that ends by a way which does not
say so here (it does where people sign out or are signed out) hears for so long at most that nothing has changed, and
never anything that it should not know. What rarely changes (stops of a pupil, absences entered by the school, who
drives) shows within the same time.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from secrets import token_hex
from typing import NamedTuple

from django.core.cache import cache

REVALIDATE_S = 30
STAMPS_KEPT_S = 24 * 3600


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
    cache.set_many({key: token_hex(8) for key in keys}, STAMPS_KEPT_S)


def stamps_of(keys: Iterable[str]) -> dict[str, str]:
    """The stamps as they are now; read before what they stand for is read. One that is missing is given."""
    wanted = list(keys)
    found: dict[str, str] = cache.get_many(wanted)
    for key in wanted:
        if key not in found:
            found[key] = cache.get_or_set(key, token_hex(8), STAMPS_KEPT_S)
    return found


def remember(session_key: str, shown: Shown, now: datetime, turns_at: datetime) -> None:
    """Remember what is shown to a session, until the clock changes it or the database is to be asked again."""
    kept_s = min(REVALIDATE_S, int((turns_at - now).total_seconds()))
    if kept_s > 0:
        cache.set(entry(session_key), shown, kept_s)


def forget(session_key: str) -> None:
    """Have the session's next poll answered by the page."""
    cache.delete(entry(session_key))


def is_unchanged(session_key: str, tag: str) -> bool:
    """Whether a session that holds a tag has been shown all that there is."""
    shown: Shown | None = cache.get(entry(session_key))
    if shown is None or shown.tag != tag:
        return False
    return bool(cache.get_many(shown.stamps) == shown.stamps)


def entry(session_key: str) -> str:
    """The key of what was shown to a session: a digest, for a session key opens an account."""
    return "family-shown-" + hashlib.sha256(session_key.encode()).hexdigest()

"""Reads: where a person is signed in, in words."""

from datetime import datetime
from typing import NamedTuple

from allauth.usersessions.models import UserSession
from django.utils.translation import gettext as _
from ua_parser import parse

from fleet.people.models import User


class SessionRow(NamedTuple):
    """One session of a person.

    Attributes:
        pk: of the session.
        browser: browser and system, in words.
        address: of the network, where it was last seen.
        since: when the person signed in.
        seen_at: when it was last in use, to the minute.
        is_current: whether it is the one that asks.
    """

    pk: int
    browser: str
    address: str
    since: datetime
    seen_at: datetime
    is_current: bool


def sessions_of(person: User, current_key: str | None) -> list[SessionRow]:
    """The sessions of a person: the present one first, then those seen last."""
    rows = [
        SessionRow(
            pk=session.pk,
            browser=browser_in_words(session.user_agent),
            address=session.ip,
            since=session.created_at,
            seen_at=session.last_seen_at,
            is_current=session.session_key == current_key,
        )
        for session in UserSession.objects.purge_and_list(person)
    ]
    return sorted(rows, key=lambda row: (row.is_current, row.seen_at), reverse=True)


def browser_in_words(user_agent: str) -> str:
    """What a browser calls itself, as people know it: "Chrome 120 · Windows 10"."""
    parsed = parse(user_agent)
    browser, system = parsed.user_agent, parsed.os
    named = [
        " ".join(filter(None, (browser.family, browser.major))) if browser else "",
        " ".join(filter(None, (system.family, system.major))) if system else "",
    ]
    return " · ".join(filter(None, named)) or _("Unknown browser")

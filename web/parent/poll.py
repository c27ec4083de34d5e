"""Answers a page's poll that nothing has changed, before Django: from the cache alone, so 1 ms at most."""

from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any

from django.conf import settings

from fleet.family.freshness import is_unchanged

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]
NOW_PATH = "/family/now.json"
CACHE_CONTROL = "private, no-cache"


def unchanged_first(pages: Application) -> Application:
    """An application that answers 304 where a session holds all that there is, and asks the pages elsewhere."""

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        tag = held_tag(scope)
        if tag is None:
            await pages(scope, receive, send)
            return
        headers = [(b"etag", tag.encode("ascii")), (b"cache-control", CACHE_CONTROL.encode("ascii"))]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    return application


def held_tag(scope: dict[str, Any]) -> str | None:
    """The entity tag of a poll that needs no new answer; None for every other request."""
    if scope["path"] != NOW_PATH or scope["method"] != "GET":
        return None
    headers = dict(scope["headers"])
    tag = headers.get(b"if-none-match", b"").decode("latin-1")
    session_key = session_key_of(headers.get(b"cookie", b"").decode("latin-1"))
    return tag if tag and session_key and is_unchanged(session_key, tag) else None


def session_key_of(cookies: str) -> str:
    """The session's key in a Cookie header; empty where there is none."""
    if settings.SESSION_COOKIE_NAME not in cookies:
        return ""
    try:
        found = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return found.value if found else ""

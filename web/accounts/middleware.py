"""Leads a person with a duty to its page before any other page, API call or WebSocket."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from web.accounts.gate import duty_of
from web.api.problems import problem
from web.person import API_PREFIX, person_of

Respond = Callable[[HttpRequest], HttpResponse]
Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class DutyMiddleware:
    """Leads to the page of a duty, whatever page is asked for."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on; the page asked for is known only in `process_view`."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Refuse all but the pages that a duty needs; `request.duty` lets them explain themselves."""
        if not request.user.is_authenticated:
            return None
        duty = duty_of(person_of(request))
        vars(request)["duty"] = duty
        if duty is None or (request.resolver_match and request.resolver_match.url_name in duty.open_pages):
            return None
        if request.path.startswith(API_PREFIX):
            detail = _("Sign in on the website first: your account needs something done.")
            return problem(HTTPStatus.FORBIDDEN, detail)
        return redirect(duty.page)


def duty_first(application: Application) -> Application:
    """An ASGI application for which a person with a duty is a stranger."""

    async def guarded(scope: dict[str, Any], receive: Any, send: Any) -> None:
        person = scope["user"]
        if person.is_authenticated and await database_sync_to_async(duty_of)(person):
            scope = {**scope, "user": AnonymousUser()}
        await application(scope, receive, send)

    return guarded

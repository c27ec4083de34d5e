"""Who asks, and from where."""

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from fleet.audit.origin import acting_from
from fleet.people.models import User

API_PREFIX = "/api/"


def person_of(request: HttpRequest) -> User:
    """The person signed in (`LoginRequiredMiddleware` lets nobody else through)."""
    return cast(User, request.user)


def address_of(request: HttpRequest) -> str | None:
    """The network address that a request comes from; behind a proxy, the one that the proxy tells."""
    if settings.ENVIRONMENT.behind_https:
        forwarded = str(request.headers.get("X-Forwarded-For", ""))
        last = forwarded.rpartition(",")[2].strip()
        if last:
            return last
    return request.META.get("REMOTE_ADDR") or None


def origin_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Let the access log tell by which way, and from where, a record was looked at."""

    def middleware(request: HttpRequest) -> HttpResponse:
        channel = "api" if request.path.startswith(API_PREFIX) else "page"
        with acting_from(channel, address_of(request)):
            return get_response(request)

    return middleware

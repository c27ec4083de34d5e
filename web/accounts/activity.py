"""Sessions in use: each is noted once a minute, and an administrator's ends soon when nobody uses it."""

import time

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse

from fleet.organisations.models import Membership, Role
from fleet.people.models import User
from web.accounts.middleware import Respond
from web.person import person_of

SEEN_AT = "seen_at"
SEEN_EVERY_S = 60
ADMINISTRATOR_IDLE_S = 30 * 60


def activity_middleware(get_response: Respond) -> Respond:
    """Note that the session of a request is in use."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and time.time() - request.session.get(SEEN_AT, 0) >= SEEN_EVERY_S:
            mark_seen(request)
            limit_idle_time(request)
            UserSession.objects.create_from_request(request)
        return get_response(request)

    return middleware


def mark_seen(request: HttpRequest) -> None:
    """Keep in the session that it is in use now, which also makes it last longer."""
    request.session[SEEN_AT] = time.time()


def limit_idle_time(request: HttpRequest) -> None:
    """End an administrator's session, and the WebSockets that hang on it, when it was not used for half an hour."""
    if is_administrator(person_of(request)):
        request.session.set_expiry(ADMINISTRATOR_IDLE_S)


def is_administrator(person: User) -> bool:
    """Whether a person is an administrator anywhere."""
    return Membership.objects.current().filter(person=person, role=Role.ADMINISTRATOR).exists()

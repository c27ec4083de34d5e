"""Who calls: a token with the scope that an operation asks for, or, for reading, a session of the website."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError
from ninja.security import HttpBearer, SessionAuth
from ninja.security.base import AuthBase

from fleet.people.models import User
from fleet.tokens.changes import note_use
from fleet.tokens.models import AccessToken, Scope
from fleet.tokens.queries import valid_token
from web.accounts.gate import duty_of
from web.api.problems import DutyError, ScopeError


class Token(HttpBearer):
    """An access token in the header `Authorization: Bearer …`."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> AccessToken:
        """The token, where it is good for the operation; its person makes the request from now on.

        Raises:
            AuthenticationError: where there is no such token that is valid.
            DutyError: where its person has to do something first.
            ScopeError: where it lacks the scope.
        """
        found = accepted_token(request, token)
        if self.scope not in found.scopes:
            raise ScopeError(self.scope.value)
        return found


class Session(SessionAuth):
    """The cookie of somebody who is signed in on the website; for reading only."""

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        """The person, if anybody is signed in.

        Raises:
            DutyError: where they have to do something first.
        """
        person: User | None = super().authenticate(request, key)
        if person:
            refuse_duty(person)
        return person


def accepted_token(request: HttpRequest, secret: str) -> AccessToken:
    """The valid token with this secret, whatever its scopes; its person makes the request from now on.

    Raises:
        AuthenticationError: where there is none.
        DutyError: where its person has to do something first, as on the website.
    """
    found = valid_token(secret)
    if found is None:
        raise AuthenticationError
    refuse_duty(found.person)
    note_use(found)
    request.user = found.person
    return found


def refuse_duty(person: User) -> None:
    """Refuse who has to do something on the website before anything else: no password or factor may be passed by.

    Raises:
        DutyError: saying so.
    """
    if duty_of(person):
        raise DutyError(_("Sign in on the website first: your account needs something done."))


def refuse_strangers(request: HttpRequest) -> None:
    """Let through who is signed in, or shows a valid token of any scope.

    Raises:
        AuthenticationError, DutyError: for everybody else.
    """
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == Token.openapi_scheme:
        accepted_token(request, secret)
    elif not Session()(request):
        raise AuthenticationError


def reading(scope: Scope) -> Sequence[AuthBase]:
    """Authentication of operations that change nothing."""
    return [Token(scope), Session()]


def writing(scope: Scope) -> Sequence[AuthBase]:
    """Authentication of operations that change something: no cookie that a browser would send along counts."""
    return [Token(scope)]


def caller(request: HttpRequest) -> str:
    """A key for who calls: the token, else the person."""
    by: Any = vars(request).get("auth")
    return (
        f"token-{by.pk}" if isinstance(by, AccessToken) else f"person-{by.pk if isinstance(by, User) else ''}"
    )

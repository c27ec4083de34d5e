"""What is answered when something goes wrong: one shape for all (RFC 9457, problem+json)."""

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as RequestError
from ninja.responses import Response
from pydantic import Field

from fleet.alarms.changes import AlarmError
from fleet.dispatch.changes import OverrideError
from fleet.ledger.changes import LedgerError
from fleet.records import RecordError
from fleet.regulations.changes import ProfileError
from fleet.regulations.queries import NoProfileError
from fleet.trips.changes import TripError

MEDIA_TYPE = "application/problem+json"
CONFLICTS = (RecordError, OverrideError, ProfileError, NoProfileError, TripError, AlarmError, LedgerError)
"""What is asked for can't be done as things stand; the message says why, to people."""

log = logging.getLogger(__name__)


class FieldError(Schema):
    """What is wrong with one field."""

    field: str = Field(
        description="Where it is: a field of the body, or a parameter; with dots where nested."
    )
    message: str = Field(description="What is wrong, in the language of the request.")


class Problem(Schema):
    """Something that went wrong (RFC 9457)."""

    type: str = Field(description="Always about:blank: title and status say what kind of problem it is.")
    title: str
    status: int
    detail: str = Field(description="What happened, and what to do, in the language of the request.")
    errors: list[FieldError] = Field(description="The fields that can't be right; empty where none is named.")


class ScopeError(Exception):
    """A token may not be used for this; `scope` is what it lacks."""

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope


class DutyError(Exception):
    """A person has to do something on the website before anything else."""


def problem(
    status: HTTPStatus,
    detail: str,
    errors: Iterable[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """An answer that says what went wrong.

    Args:
        status: of HTTP.
        detail: in the reader's language.
        errors: fields with what is wrong with each.
        headers: of the answer.
    """
    content = Problem(
        type="about:blank",
        title=status.phrase,
        status=status.value,
        detail=detail,
        errors=[FieldError(field=field, message=message) for field, message in errors],
    )
    return Response(content.model_dump(), status=status.value, content_type=MEDIA_TYPE, headers=headers)


def unauthenticated() -> HttpResponse:
    """Nobody is signed in, and there is no good token."""
    detail = _("Send a valid access token in the header “Authorization: Bearer …”.")
    return problem(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": "Bearer"})


def out_of_scope(error: ScopeError) -> HttpResponse:
    """The token lacks the scope (RFC 6750)."""
    challenge = f'Bearer error="insufficient_scope", scope="{error.scope}"'
    detail = _("This token lacks the scope “%(scope)s”.") % {"scope": error.scope}
    return problem(HTTPStatus.FORBIDDEN, detail, headers={"WWW-Authenticate": challenge})


def not_found() -> HttpResponse:
    """There is no such thing, or the person may not know of it."""
    return problem(HTTPStatus.NOT_FOUND, _("There is nothing here, or nothing that you may see."))


def not_allowed(methods: str) -> HttpResponse:
    """The address is known, but not with this method."""
    detail = _("Use one of these methods: %(methods)s.") % {"methods": methods}
    return problem(HTTPStatus.METHOD_NOT_ALLOWED, detail, headers={"Allow": methods})


def invalid(error: ValidationError) -> HttpResponse:
    """Values that the rules refuse."""
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, _("Some values can't be right."), errors=list(errors_by_field(error))
    )


def errors_by_field(error: ValidationError) -> Iterable[tuple[str, str]]:
    """The fields of a refusal with their messages; those of no field under an empty name."""
    if not hasattr(error, "error_dict"):
        yield from (("", str(message)) for message in error.messages)
        return
    for name, messages in error.message_dict.items():
        field = "" if name == NON_FIELD_ERRORS else name
        yield from ((field, str(message)) for message in messages)


def malformed(error: RequestError) -> HttpResponse:
    """A body or parameters that don't fit the OpenAPI document."""
    errors = ((place_of(one["loc"]), str(one["msg"])) for one in error.errors)
    detail = _("The request does not fit the API's description.")
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=errors)


def place_of(location: tuple[str | int, ...]) -> str:
    """Where something is wrong: a parameter, or a path through the body, without the name of ninja's argument."""
    source, *path = location
    return ".".join(map(str, path[1:] if source == "body" else path))


def failed(error: Exception) -> HttpResponse:
    """Something that should not happen; told in the log, without the values that were at hand: a token is one."""
    log.error("The API failed", exc_info=error)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, _("Something went wrong here. It has been recorded."))


ANSWERS: Mapping[type[Exception], Callable[[Any], HttpResponse]] = {
    **dict.fromkeys(CONFLICTS, lambda error: problem(HTTPStatus.CONFLICT, str(error))),
    IntegrityError: lambda _error: problem(
        HTTPStatus.CONFLICT, _("Somebody else has stored the same at this moment. Look, and try again.")
    ),
    AuthenticationError: lambda _error: unauthenticated(),
    ScopeError: out_of_scope,
    DutyError: lambda error: problem(HTTPStatus.FORBIDDEN, str(error)),
    PermissionDenied: lambda error: problem(HTTPStatus.FORBIDDEN, str(error) or _("You may not do this.")),
    Http404: lambda _error: not_found(),
    ValidationError: invalid,
    RequestError: malformed,
    HttpError: lambda error: problem(HTTPStatus(error.status_code), error.message),
    Exception: failed,
}
"""The answer to each kind of exception; ninja takes the one of the nearest class."""


def answer_problems(api: NinjaAPI) -> None:
    """Have every exception answered in this shape."""
    for kind, answer in ANSWERS.items():
        api.add_exception_handler(kind, partial(answered, answer))


def answered(
    answer: Callable[[Any], HttpResponse], _request: HttpRequest, error: Exception | type[Exception]
) -> HttpResponse:
    """The answer to an exception, as ninja asks for it."""
    return answer(error)

"""Gives a feed to whoever shows the token of a contract that has it; each time is kept in the access log."""

import math
from collections.abc import Mapping
from datetime import date, datetime, time
from hashlib import sha256
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError, Throttled
from ninja.errors import ValidationError as RequestError

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.feeds.models import Feed, FeedContract
from fleet.feeds.queries import contract_of, organisations_of
from fleet.feeds.timetable import changed_at, schedule_feed
from fleet.feeds.trips_now import TripsNow, seconds
from fleet.tokens.models import Scope
from telematics.transit.realtime import as_json, message
from web.api.auth import Token
from web.api.throttle import PerMinute

ADDRESSES: Mapping[Feed, tuple[str, str]] = {
    Feed.SCHEDULE: ("gtfs", "zip"),
    Feed.POSITIONS: ("vehicle-positions", "pb"),
    Feed.UPDATES: ("trip-updates", "pb"),
    Feed.ALERTS: ("alerts", "pb"),
}
"""The end of the address of each feed."""
PROTOBUF = "application/x-protobuf"
FORMATS = ("pb", "json")
TAG_DIGITS = 32
bearer = Token(Scope.FEEDS_READ)


class Given(NamedTuple):
    """What is answered, by what tag it is known, and since when it is so."""

    response: HttpResponse
    tag: str
    since: datetime


def given(request: HttpRequest, pk: int, name: str, kind: str) -> HttpResponse:
    """A feed of a contract, or word that it is as the program knows it.

    Args:
        request: with the contract's token.
        pk: of the contract.
        name: of the feed, as in its address.
        kind: the same.

    Raises:
        AuthenticationError, ScopeError, DutyError: without a good token.
        PermissionDenied: where the contract does not give this feed.
        Http404: where the token is of no such contract, or there is no such feed.
        RequestError: for a parameter that is not known.
    """
    token = bearer(request)
    if token is None:
        raise AuthenticationError
    vars(request)["auth"] = token
    refuse_haste(request)
    wanted = next((one for one, address in ADDRESSES.items() if address == (name, kind)), None)
    contract = contract_of(token, pk)
    if wanted is None or contract is None:
        raise Http404
    if wanted not in contract.feeds:
        raise PermissionDenied(_("The contract does not give this feed."))
    form = format_of(request, wanted)
    with transaction.atomic():
        record_access(by=contract.token.person, action=Action.EXPORT, objects=[contract], purpose=wanted)
        found = schedule(contract) if wanted == Feed.SCHEDULE else realtime(contract, wanted, form)
    return conditional(request, found)


def refuse_haste(request: HttpRequest) -> None:
    """Refuse a program that asks too often.

    Raises:
        Throttled: saying for how long.
    """
    throttle = PerMinute()
    if not throttle.allow_request(request):
        raise Throttled(wait=math.ceil(throttle.wait()))


def format_of(request: HttpRequest, wanted: Feed) -> str:
    """The form in which a feed is asked for.

    Raises:
        RequestError: where there is no such form, or another parameter.
    """
    if unknown := sorted(request.GET.keys() - ({"format"} if wanted != Feed.SCHEDULE else set())):
        message = _("There is no such parameter.")
        raise RequestError([{"loc": ("query", name), "msg": message} for name in unknown])
    form = request.GET.get("format", FORMATS[0])
    if form not in FORMATS:
        raise RequestError([{"loc": ("query", "format"), "msg": _("Give pb or json.")}])
    return form


def schedule(contract: FeedContract) -> Given:
    """The timetable."""
    today = timezone.localdate()
    content = schedule_feed(organisations_of(contract), today, contract.organisation.name)
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="gtfs.zip"'
    return Given(response, tag_of(content), max(changed_at(), morning_of(today)))


def realtime(contract: FeedContract, wanted: Feed, form: str) -> Given:
    """What is now; by its tag the same while nothing has changed but the time of asking."""
    now = timezone.now()
    trips = TripsNow(organisations_of(contract), now)
    content = message(
        seconds(now),
        trips=trips.updates() if wanted == Feed.UPDATES else (),
        vehicles=trips.vehicles() if wanted == Feed.POSITIONS else (),
        alerts=trips.alerts() if wanted == Feed.ALERTS else (),
    )
    timeless = message(0)
    timeless.entity.extend(content.entity)
    response: HttpResponse = (
        JsonResponse(as_json(content), json_dumps_params={"ensure_ascii": False})
        if form == "json"
        else HttpResponse(content.SerializeToString(deterministic=True), content_type=PROTOBUF)
    )
    tag = tag_of(timeless.SerializeToString(deterministic=True), form)
    return Given(response, f"W/{tag}", now)


def conditional(request: HttpRequest, found: Given) -> HttpResponse:
    """The answer, or that it is as it was (RFC 9110, 13)."""
    since_s = int(found.since.timestamp())
    found.response["ETag"], found.response["Last-Modified"] = found.tag, http_date(since_s)
    found.response["Cache-Control"] = "private, no-cache"
    return get_conditional_response(request, found.tag, since_s, found.response) or found.response


def tag_of(content: bytes, form: str = "") -> str:
    """A strong tag for some content."""
    return f'"{sha256(content + form.encode()).hexdigest()[:TAG_DIGITS]}"'


def morning_of(day: date) -> datetime:
    """The beginning of a day here: what has run is left out from then on."""
    return timezone.make_aware(datetime.combine(day, time()))

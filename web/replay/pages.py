"""The replay of a bus's driving: the page, its track in parts of an hour, and the choice of a bus."""

from typing import Any

import msgspec
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from fleet.grants import reach_with
from fleet.people.models import User
from fleet.positions.queries import last_driving, milliseconds, trail
from fleet.vehicles.models import Bus
from fleet.vehicles.permissions import WATCH_BUS
from fleet.vehicles.queries import buses_for
from web.person import person_of
from web.replay.found import Shown, findings_shown
from web.replay.limits import limits_shown
from web.replay.span import Span, SpanError, in_field, last_hour, span_of
from web.replay.words import page_config

REFUSED = 422
RATES = (1, 2, 5, 10, 30, 60)
"""How many times as fast as it was."""


@require_GET
def replay_choose(request: HttpRequest) -> HttpResponse:
    """The choice of a bus by its plate; where one is given, on to its replay."""
    person = person_of(request)
    if not reach_with(person, WATCH_BUS):
        raise Http404
    plate = request.GET.get("plate", "").strip().upper()
    if not plate:
        return page_of(request, person, None)
    found = buses_for(person, WATCH_BUS).filter(plate=plate).first()
    if found is None:
        return page_of(
            request,
            person,
            None,
            problem=_("There is no bus “%s” that you may watch.") % plate,
            status=REFUSED,
        )
    times = request.GET.copy()
    times.pop("plate")
    has_times = any(times.get(name) for name in ("from", "until"))
    return redirect(reverse("replay", args=[found.pk]) + (f"?{times.urlencode()}" if has_times else ""))


@require_GET
def replay(request: HttpRequest, bus: int) -> HttpResponse:
    """A bus's driving in a time; in the hour that it was last driven, where none is named."""
    person = person_of(request)
    found = get_object_or_404(buses_for(person, WATCH_BUS), pk=bus)
    if not request.GET:
        span = last_hour(last_driving(bus), timezone.now())
        return redirect(f"{reverse('replay', args=[bus])}?{span.query}")
    try:
        span = span_of(request.GET)
    except SpanError as error:
        return page_of(request, person, found, problem=str(error), status=REFUSED)
    with transaction.atomic():
        return page_of(request, person, found, span, findings_shown(person, bus, span))


def page_of(
    request: HttpRequest,
    person: User,
    bus: Bus | None,
    span: Span | None = None,
    findings: Shown | None = None,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page: with the replay, where bus and time are known, or with what keeps it from being shown."""
    buses = buses_for(person, WATCH_BUS).filter(archived_at=None)
    context: dict[str, Any] = {
        "bus": bus,
        "plate": bus.plate if bus else request.GET.get("plate", ""),
        "plates": buses.order_by("plate").values_list("plate", flat=True),
        "since": in_field(span.since) if span else request.GET.get("from", ""),
        "until": in_field(span.until) if span else request.GET.get("until", ""),
        "problem": problem,
    }
    if bus and span and findings:
        context |= {
            "findings": findings,
            "rates": RATES,
            "page_config": page_config(bus.pk, span, findings.marks),
        }
    return render(request, "replay/replay.html", context, status=status)


@require_GET
def replay_track(request: HttpRequest, bus: int) -> HttpResponse:
    """Where a bus was in the first hour of a time, how fast, and which time is to be asked for next."""
    get_object_or_404(buses_for(person_of(request), WATCH_BUS), pk=bus)
    try:
        span = span_of(request.GET)
    except SpanError as error:
        return json_response({"field": error.field, "error": str(error)}, 400)
    part = span.first_part
    rest = Span(part.until, span.until)
    is_last = part.until >= span.until
    return json_response(
        {
            "points": trail(bus, part.until, part.until - part.since),
            "limits": limits_shown(bus, part),
            "from": milliseconds(part.since),
            "until": milliseconds(part.until),
            "next": None if is_last else f"{reverse('replay_track', args=[bus])}?{rest.query}",
        }
    )


def json_response(content: object, status: int = 200) -> HttpResponse:
    """A JSON answer."""
    return HttpResponse(msgspec.json.encode(content), content_type="application/json", status=status)

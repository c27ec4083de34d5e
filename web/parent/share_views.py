"""What a shared link opens: one child's trips, in their windows; as a page, as JSON and as a calendar."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from fleet.family.legs import FamilyDay, Leg, day_of, plan_of
from fleet.family.looks import note_looks
from fleet.family.models import FamilyPreferences, ShareToken
from fleet.family.shares import share_of
from web.parent.calendar import calendar_of
from web.parent.cards import cards_of
from web.person import address_of

MOST_A_MINUTE = 60
"""Of one network address: a home asks every few seconds, somebody who tries secrets more often."""
WINDOW_S = 60
REFRESH_S = 15
DAYS_AHEAD = timedelta(days=7)

P = ParamSpec("P")


def limited(view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of a shared link: for strangers, not too often, never kept by caches, indexed or referred to."""

    @require_GET
    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, *arguments: P.args, **options: P.kwargs) -> HttpResponse:
        key = f"shared-{address_of(request)}-{int(time.time() // WINDOW_S)}"
        cache.add(key, 0, 2 * WINDOW_S)
        try:
            asked = cache.incr(key)
        except ValueError:  # the cache has dropped it meanwhile
            asked = 1
        if asked > MOST_A_MINUTE:
            response = HttpResponse(
                _("Too many requests. Wait a minute."), status=HTTPStatus.TOO_MANY_REQUESTS
            )
            response["Retry-After"] = str(WINDOW_S)
            return response
        response = view(request, *arguments, **options)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    return guarded


def day_shared(secret: str, now: datetime) -> tuple[ShareToken, FamilyDay]:
    """What a link opens now, logged as a look of who has shared it; a link that opens nothing is not there."""
    share = share_of(secret, now)
    if share is None:
        raise Http404
    usual = FamilyPreferences(guardian=share.made_by, walking_minutes=0)
    day = day_of(plan_of([share.pupil], now), now, usual)
    shown = FamilyDay(
        [
            type(child)(child.pupil, [leg for leg in child.legs if leg.is_shown], now)
            for child in day.children
        ],
        day.turns_at,
    )
    legs = [leg for child in shown.children for leg in child.legs]
    note_looks(share.made_by, legs, by_link=share.name, link=share.pk)
    return share, shown


@limited
def shared(request: HttpRequest, secret: str) -> HttpResponse:
    """A page for people."""
    now = timezone.now()
    _share, day = day_shared(secret, now)
    has_trip = any(child.legs for child in day.children)
    context = {"cards": cards_of(day, is_shared=True), "has_trip": has_trip, "refresh_s": REFRESH_S}
    return render(request, "parent/shared.html", context)


@limited
def shared_json(request: HttpRequest, secret: str) -> HttpResponse:
    """The same for home automation: `trips` is empty outside their windows."""
    now = timezone.now()
    _share, day = day_shared(secret, now)
    return JsonResponse(
        {"now": now.isoformat(), "trips": [facts(leg) for child in day.children for leg in child.legs]}
    )


def facts(leg: Leg) -> dict[str, Any]:
    """A leg whose bus may be seen; times ISO 8601, positions degrees WGS-84."""
    return {
        "direction": leg.direction.value,
        "stage": leg.stage.value,
        "plate": leg.plate or None,
        "is_substitute": leg.is_substituted,
        "planned_at": leg.visit.planned_at.isoformat(),
        "predicted": leg.prediction
        and {name: at.isoformat() for name, at in leg.prediction._asdict().items()},
        "stops_away": leg.stops_away,
        "late_reason": leg.trip.late_reason,
        "position": leg.whereabouts
        and {"lon": leg.whereabouts.lon, "lat": leg.whereabouts.lat, "at": leg.whereabouts.at.isoformat()},
    }


@limited
def shared_calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """The planned trips of today and the days ahead, for calendars; the bus's prediction in its window."""
    now = timezone.now()
    share, day = day_shared(secret, now)
    content = calendar_of(share, [leg for child in day.children for leg in child.legs], now, DAYS_AHEAD)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="school-bus.ics"'
    return response

"""The page of a family, and what it polls."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from fleet.family.freshness import Shown, guardian_stamp, remember, stamps_of, trip_stamp
from fleet.family.legs import day_of, plan_of, preferences_of
from fleet.family.looks import note_looks
from fleet.pupils.queries import children_of
from web.parent.cards import Picture, picture_of
from web.parent.map import map_config
from web.parent.poll import CACHE_CONTROL, NOW_PATH
from web.person import person_of


@require_GET
def family(request: HttpRequest) -> HttpResponse:
    """Each child, and its bus while it may be seen; who has no child linked is told how."""
    now = timezone.now()
    picture, has_children = current_picture(request, now)
    context = {
        "cards": picture.cards,
        "has_children": has_children,
        "page_config": map_config() | {"now": NOW_PATH, "tag": picture.tag},
        "shown_at": now,
    }
    response = render(request, "parent/family.html", context)
    response["Cache-Control"] = CACHE_CONTROL
    return response


@require_GET
def now(request: HttpRequest) -> HttpResponse:
    """The same as JSON: `cards` as HTML, `maps`. A poll that holds the newest already mostly ends before Django."""
    picture, _ = current_picture(request, timezone.now())
    is_held = request.headers.get("If-None-Match") == picture.tag
    response = HttpResponse(status=304) if is_held else HttpResponse(picture.content)
    if not is_held:
        response["Content-Type"] = "application/json"
    response["ETag"] = picture.tag
    response["Cache-Control"] = CACHE_CONTROL
    return response


def current_picture(request: HttpRequest, now: datetime) -> tuple[Picture, bool]:
    """What the person sees now, logged and remembered for the session's polls; and whether any child is linked."""
    person = person_of(request)
    plan = plan_of(children_of(person), now)
    stamps = stamps_of([guardian_stamp(person.pk), *(trip_stamp(trip) for trip in plan.trips)])
    day = day_of(plan, now, preferences_of(person))
    note_looks(person, (leg for child in day.children for leg in child.legs))
    picture = picture_of(day)
    if request.session.session_key:
        remember(request.session.session_key, Shown(picture.tag, stamps), now, day.turns_at)
    return picture, bool(plan.pupils)

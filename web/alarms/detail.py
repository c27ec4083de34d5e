"""The page of an alarm: where and how fast, the evidence, the law, what to do, and what was done."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import rules
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from fleet.alarms.changes import has_caused
from fleet.alarms.models import REASONS_OF_PEOPLE, Alarm
from fleet.alarms.permissions import HANDLE, SUPPRESS
from fleet.alarms.policy import is_grave
from fleet.alarms.queries import RELATED, alarms_for, people_who_handle
from fleet.alarms.raising import findings_of
from fleet.alarms.states import OPEN
from fleet.alarms.words import EVENTS, LEVELS, what_to_do
from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.findings.models import Finding, LimitSource
from fleet.findings.words import in_words
from fleet.grants import reach_with
from fleet.people.models import User
from fleet.positions.queries import milliseconds, trail
from fleet.vehicles.permissions import WATCH_BUS
from telematics.rules.episode import Severity
from telematics.units import mps_to_kmh
from web.person import person_of
from web.replay.span import replay_address
from web.routes.maps import map_config

AROUND = timedelta(minutes=5)
LONGEST_TRACK = timedelta(hours=3)


def found_alarm(person: User, pk: int) -> Alarm:
    """An alarm that a person may see.

    Raises:
        Http404: where there is none within their reach.
    """
    alarm: Alarm = get_object_or_404(
        alarms_for(person).select_related(
            *RELATED, "seen_by", "trip__driver", "trip__attendant", "suppression"
        ),
        pk=pk,
    )
    return alarm


@require_GET
def alarm_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """An alarm."""
    person = person_of(request)
    return page_of(request, found_alarm(person, pk), person)


def page_of(
    request: HttpRequest, alarm: Alarm, person: User, problem: str = "", status: int = 200
) -> HttpResponse:
    """An alarm's page; with what keeps a step from being taken, and what was typed."""
    if alarm.driver:
        record_access(by=person, action=Action.VIEW, objects=[alarm.driver])
    may_handle = rules.has_perm(HANDLE, person, alarm)
    context = {
        "alarm": alarm,
        "problem": problem,
        "typed": request.POST if problem else {},
        "finding": described(alarm.finding),
        "findings": [described(one) for one in findings_of([alarm])[alarm.pk]],
        "events": [
            (event, EVENTS.get(event.kind, event.kind), event.details.get("assignee_name", ""))
            for event in alarm.events.select_related("by").order_by("at", "pk")
        ],
        "level": LEVELS[alarm.level],
        "what_to_do": what_to_do(alarm.rule),
        "is_open": alarm.state in OPEN,
        "is_grave": is_grave(Severity(alarm.severity)),
        "may_handle": may_handle,
        "has_caused": may_handle and has_caused(person, alarm),
        "reasons": [(one.value, one.label) for one in REASONS_OF_PEOPLE],
        "people": people_who_handle(alarm) if may_handle else [],
        "may_suppress": bool(reach_with(person, SUPPRESS)) and alarm.severity != Severity.EMERGENCY,
        "page_config": page_config(alarm),
        "replay_url": replay_url(person, alarm),
    }
    return render(request, "alarms/detail.html", context, status=status)


def replay_url(person: User, alarm: Alarm) -> str:
    """Where the driving around an alarm is replayed; nowhere for who may not watch the bus."""
    if not alarm.bus or not rules.has_perm(WATCH_BUS, person, alarm.bus):
        return ""
    since, until = stretch(alarm, timezone.now())
    return f"{replay_address(alarm.bus.pk, since, until)}#at={milliseconds(max(since, alarm.started_at))}"


def described(finding: Finding) -> dict[str, Any]:
    """A finding in words."""
    return {
        "finding": finding,
        "peak": in_words(finding.peak, finding.unit),
        "limit": in_words(finding.limit, finding.unit),
        "limit_source": LimitSource(finding.limit_source).label,
        "duration": in_words((finding.last_at - finding.started_at).total_seconds(), "s"),
        "reports": finding.evidence.get("reports"),
        "records": finding.evidence.get("records", []),
    }


def page_config(alarm: Alarm) -> dict[str, Any]:
    """What the page's script needs."""
    finding = alarm.finding
    return map_config(
        track=reverse("alarm_track", args=[alarm.pk]) if alarm.bus_id else None,
        place=[finding.place.x, finding.place.y] if finding.place else None,
        limit_kmh=round(mps_to_kmh(finding.limit), 1) if finding.limit and finding.unit == "m/s" else None,
        time_zone=settings.TIME_ZONE,
        chart={
            "speed": _("Speed (km/h)"),
            "limit": _("Limit"),
            "time": _("Time"),
            "none": _("No reports are kept of this time."),
        },
    )


@require_GET
def alarm_track(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the bus was around an alarm, and how fast."""
    alarm = found_alarm(person_of(request), pk)
    since, until = stretch(alarm, timezone.now())
    points = trail(alarm.bus_id, until, until - since) if alarm.bus_id else []
    content = {
        "points": points,
        "from": round(alarm.started_at.timestamp() * 1000),
        "until": round(alarm.last_at.timestamp() * 1000),
    }
    return HttpResponse(msgspec.json.encode(content), content_type="application/json")


def stretch(alarm: Alarm, now: datetime) -> tuple[datetime, datetime]:
    """The time that is shown: the alarm with some minutes around it, at most its end and some hours before."""
    until = min(now, alarm.last_at + AROUND)
    return max(alarm.started_at - AROUND, until - LONGEST_TRACK), until

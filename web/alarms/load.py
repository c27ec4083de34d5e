"""How much the queue asks of people: alarms in each ten minutes, the commonest kinds, and how soon they are taken."""

from collections import Counter
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from fleet.alarms.models import Alarm, Reason
from fleet.alarms.permissions import VIEW
from fleet.alarms.queries import alarms_for, rate_by_ten_minutes
from fleet.findings.words import in_words
from fleet.grants import reach_with
from web.alarms.lists import midnight
from web.person import person_of

ACCEPTABLE = 1
FLOOD = 10


@require_GET
def alarm_load(request: HttpRequest) -> HttpResponse:
    """The load of a local day, against what a person can bear (EEMUA 191)."""
    person = person_of(request)
    if not reach_with(person, VIEW):
        raise Http404
    day = parse_date(request.GET.get("day", "")) or timezone.localdate()
    since = midnight(day)
    until = min(timezone.now(), since + timedelta(days=1))
    alarms = list(alarms_for(person).filter(raised_at__gte=since, raised_at__lt=until).select_related("bus"))
    return render(request, "alarms/load.html", {"day": day, **figures(alarms, since, until)})


def figures(alarms: list[Alarm], since: datetime, until: datetime) -> dict[str, Any]:
    """What the page shows."""
    before_people = [one for one in alarms if one.suppression_id is None]
    counts = rate_by_ten_minutes(alarms, since, until) if until > since else []
    waits = [(one.seen_at - one.raised_at).total_seconds() for one in before_people if one.seen_at]
    by_hour = [sum(counts[start : start + 6]) for start in range(0, len(counts), 6)]
    return {
        "total": len(before_people),
        "suppressed": len(alarms) - len(before_people),
        "passed": sum(one.reason == Reason.PASSED for one in before_people),
        "most_in_ten_minutes": max(counts, default=0),
        "busy": sum(count > ACCEPTABLE for count in counts),
        "floods": sum(count > FLOOD for count in counts),
        "mean": round(len(before_people) / len(counts), 2) if counts else 0,
        "median_wait": in_words(median(waits), "s") if waits else "",
        "hours": [(hour, count) for hour, count in enumerate(by_hour) if count],
        "highest": max(by_hour, default=0),
        "kinds": Counter(one.get_rule_display() for one in before_people).most_common(10),
        "buses": Counter(str(one.bus) for one in before_people if one.bus).most_common(10),
    }

"""The calendar of a school: on which days its buses run, month by month."""

from calendar import Calendar
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from fleet.grants import reach_with
from fleet.organisations.models import Kind, Organisation
from fleet.people.models import User
from fleet.people.standing import add_months
from fleet.regulations.calendars import china_calendar
from fleet.routes.models import ExceptionalDay, RoutePattern, Term, Weekday
from fleet.routes.queries import patterns_from
from fleet.routes.school_days import SchoolDays, runs_on
from web.person import person_of

MONTHS_SHOWN = 6
VIEW = "routes.view_term"
CHANGE = "routes.change_term"


@dataclass(frozen=True)
class DayShown:
    """A day of a month.

    Attributes:
        day: which.
        weekday: as which the school teaches, Monday is 0; None where it does not.
        runs: whether a route runs on it.
        note: why the day differs from its term and the public holidays.
    """

    day: date
    weekday: int | None
    runs: bool
    note: str

    @property
    def told(self) -> str:
        """What a screen reader says of the day."""
        if self.weekday is None or not self.runs:
            return _("no bus runs")
        if self.weekday == self.day.weekday():
            return _("buses run")
        return _("runs as on %s") % Weekday(self.weekday).label


def schools_of(person: User) -> Any:
    """The schools whose calendar a person may see.

    Raises:
        PermissionDenied: where there can be none.
    """
    reached = reach_with(person, VIEW)
    if not reached:
        raise PermissionDenied(_("You may not do this."))
    return Organisation.objects.filter(pk__in=reached, kind=Kind.SCHOOL, archived_at=None)


@require_GET
def calendar_list(request: HttpRequest) -> HttpResponse:
    """The schools whose calendar the person may see, and whether a term holds today."""
    today = timezone.localdate()
    person = person_of(request)
    schools = list(schools_of(person).order_by("name"))
    holding = Term.objects.current().filter(school__in=schools, valid_from__lte=today, valid_until__gte=today)
    terms = {term.school_id: term for term in holding}
    context = {
        "schools": [(school, terms.get(school.pk)) for school in schools],
        "may_change": rules.has_perm(CHANGE, person),
    }
    return render(request, "routes/calendar_list.html", context)


@require_GET
def calendar_school(request: HttpRequest, pk: int) -> HttpResponse:
    """On which days the buses of a school run, for half a year from the month that the address names."""
    person = person_of(request)
    school = get_object_or_404(schools_of(person), pk=pk)
    first = first_month(request.GET.get("from", ""))
    months = [add_months(first, number) for number in range(MONTHS_SHOWN)]
    last = add_months(first, MONTHS_SHOWN)
    terms = list(Term.objects.current().filter(school=school).order_by("-valid_from"))
    exceptions = ExceptionalDay.objects.current().filter(school=school, day__gte=first, day__lt=last)
    found = {one.day: one for one in exceptions}
    days = SchoolDays(
        [(term.valid_from, term.valid_until) for term in terms],
        {day: one.as_weekday for day, one in found.items()},
    )
    notes = {day: one.note for day, one in found.items()}
    patterns = list(patterns_from(first).filter(route__school=school, route__archived_at=None))

    def shown(day: date) -> DayShown:
        weekday = days.runs_as(day, china_calendar())
        return DayShown(day, weekday, runs(patterns, day, weekday), notes.get(day, ""))

    context = {
        "school": school,
        "terms": terms,
        "exceptions": sorted(found.values(), key=lambda one: one.day),
        "months": [(month, weeks_of(month, shown)) for month in months],
        "weekdays": [str(weekday.label) for weekday in Weekday],
        "earlier": add_months(first, -MONTHS_SHOWN),
        "later": last,
        "may_change": reach_with(person, CHANGE) & {school.pk},
    }
    return render(request, "routes/calendar_school.html", context)


def first_month(text: str) -> date:
    """The first day of a month such as "2026-09"; of this month where the text says none."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return timezone.localdate().replace(day=1)


def runs(patterns: Sequence[RoutePattern], day: date, weekday: int | None) -> bool:
    """Whether one of some patterns runs on a day that is taught as a weekday."""
    return weekday is not None and any(
        runs_on(one.weekdays, weekday)
        for one in patterns
        if one.valid_from <= day and (one.valid_until is None or day <= one.valid_until)
    )


def weeks_of(month: date, shown: Callable[[date], DayShown]) -> list[list[DayShown | None]]:
    """The days of a month by week; days of other months are left empty."""
    return [
        [shown(day) if day.month == month.month else None for day in week]
        for week in Calendar().monthdatescalendar(month.year, month.month)
    ]

"""A class today: a teacher says with one tap who does not ride."""

from typing import NamedTuple
from uuid import UUID, uuid4

import rules
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.ledger.changes import LedgerError
from fleet.ledger.models import RollCall
from fleet.ledger.permissions import CALL_ROLL
from fleet.ledger.queries import newest_roll_call
from fleet.ledger.roll_calls import call_roll
from fleet.people.models import User
from fleet.pupils.absences import REPORT, report_absence, withdraw_absence
from fleet.pupils.models import Absence, Pupil, SchoolClass, StopAssignment
from fleet.pupils.queries import (
    absences_on,
    assignments_served,
    classes_for,
    pupils_at_school_for,
    service_weekday,
)
from fleet.records import RecordError
from fleet.routes.models import Direction
from web.person import person_of


class Line(NamedTuple):
    """A pupil today.

    Attributes:
        pupil: of the class.
        stops: where the pupil boards and alights today.
        absences: that hold today.
    """

    pupil: Pupil
    stops: list[StopAssignment]
    absences: list[Absence]

    @property
    def is_away(self) -> bool:
        """Whether both directions are covered."""
        directions = {one.direction for one in self.absences}
        return "" in directions or directions >= set(Direction.values)

    @property
    def stays_at_school(self) -> bool:
        """Whether the pupil does not ride home, whatever else."""
        return self.is_away or any(one.direction == Direction.TO_HOME for one in self.absences)


def class_for(person: User, pk: int) -> SchoolClass:
    """A class in use that a person may see.

    Raises:
        Http404: where there is none within their reach.
    """
    found: SchoolClass = get_object_or_404(classes_for(person).current(), pk=pk)
    return found


@require_GET
@transaction.atomic
def class_today(request: HttpRequest, pk: int) -> HttpResponse:
    """Every pupil of a class with today's stops and absences."""
    person = person_of(request)
    school_class = class_for(person, pk)
    today = timezone.localdate()
    weekday = service_weekday(school_class.school_id, today)
    lines = [] if weekday is None else lines_of(person, school_class, weekday)
    record_access(by=person, action=Action.LIST, objects=[line.pupil for line in lines])
    roll_call = newest_roll_call(school_class)
    context = {
        "school_class": school_class,
        "today": today,
        "runs": weekday is not None,
        "lines": lines,
        "riding": sum(bool(line.stops) and not line.is_away for line in lines),
        "away": sum(line.is_away for line in lines),
        "roll_call": roll_call,
        "missing": missing_by(roll_call),
        "may_call": rules.has_perm(CALL_ROLL, person, school_class),
        "key": uuid4(),
    }
    return render(request, "pupils/today.html", context)


def lines_of(person: User, school_class: SchoolClass, weekday: int) -> list[Line]:
    """The pupils of a class, by name, in three queries."""
    today = timezone.localdate()
    pupils = list(pupils_at_school_for(person, REPORT).current().filter(school_class=school_class))
    stops: dict[int, list[StopAssignment]] = {}
    served = assignments_served(today, weekday).filter(pupil__in=pupils)
    for one in served.select_related("stop", "pattern").order_by("-pattern__direction"):
        stops.setdefault(one.pupil_id, []).append(one)
    absences: dict[int, list[Absence]] = {}
    for absence in absences_on(today).filter(pupil__in=pupils).select_related("reported_by"):
        absences.setdefault(absence.pupil_id, []).append(absence)
    return [Line(one, stops.get(one.pk, []), absences.get(one.pk, [])) for one in pupils]


def missing_by(roll_call: RollCall | None) -> set[int]:
    """Ids of the pupils who are not in class by a roll-call."""
    if roll_call is None:
        return set()
    return set(roll_call.entries.filter(is_present=False).values_list("pupil", flat=True))


@require_POST
def today_roll_call(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is in class: all but those who are marked."""
    person = person_of(request)
    school_class = class_for(person, pk)
    absent = {int(one) for one in request.POST.getlist("absent") if one.isdecimal() and len(one) < 19}
    try:
        call_roll(school_class=school_class, absent=absent, by=person, key=UUID(request.POST.get("key", "")))
    except PermissionDenied as error:
        raise Http404 from error
    except ValueError:
        messages.error(request, _("Open the page anew and try again."))
    except LedgerError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The roll-call is kept. Whoever rode and is missing here is looked for."))
    return redirect("class_today", pk=pk)


@require_POST
def today_absent(request: HttpRequest, pk: int, pupil: int) -> HttpResponse:
    """Report that a pupil of a class does not ride today: both ways, or only home."""
    person = person_of(request)
    child = pupil_of_class(person, pk, pupil)
    direction = Direction.TO_HOME if request.POST.get("direction") == Direction.TO_HOME else ""
    try:
        absence = report_absence(pupil=child, first_day=timezone.localdate(), direction=direction, by=person)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        if absence.is_late:
            told = _("%s is marked absent, after the departure: tell the crew.")
            messages.warning(request, told % child)
        else:
            messages.success(request, _("%s is marked absent. The crew sees it.") % child)
    return redirect("class_today", pk=pk)


@require_POST
def today_rides(request: HttpRequest, pk: int, pupil: int) -> HttpResponse:
    """Take back all absences of a pupil that hold today."""
    person = person_of(request)
    child = pupil_of_class(person, pk, pupil)
    try:
        with transaction.atomic():
            for absence in absences_on(timezone.localdate()).filter(pupil=child):
                withdraw_absence(absence, by=person)
    except RecordError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%s rides again.") % child)
    return redirect("class_today", pk=pk)


def pupil_of_class(person: User, pk: int, pupil: int) -> Pupil:
    """A pupil of a class whose absences a person may report.

    Raises:
        Http404: where there is none within their reach.
    """
    of_class = pupils_at_school_for(person, REPORT).current().filter(school_class=class_for(person, pk))
    found: Pupil = get_object_or_404(of_class, pk=pupil)
    return found

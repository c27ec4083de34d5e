"""What is done on the pages of alarms: each step as a form, or as JSON for the queue beside the live map."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fleet.alarms.changes import AlarmError, AlarmTakenError, handle_alarm, undo_resolution
from fleet.alarms.models import Alarm
from fleet.alarms.queries import people_who_handle
from fleet.alarms.states import Step
from fleet.people.models import User
from web.alarms.detail import found_alarm, page_of
from web.live.words import alarm_message
from web.person import person_of

UNDO = "undo"
ME = "me"


@require_POST
def alarm_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take a step with an alarm.

    Raises:
        Http404: for a step that there is not, and where there is no such alarm within reach.
    """
    if step not in (*Step, UNDO):
        raise Http404
    person = person_of(request)
    alarm = found_alarm(person, pk)
    sent = request.POST.get("version", "")
    alarm.version = int(sent) if sent.isdecimal() else alarm.version
    wants_json = "application/json" in request.headers.get("Accept", "")
    try:
        taken(request, alarm, step, person)
    except AlarmError as error:
        status = 409 if isinstance(error, AlarmTakenError) else 422
        current = found_alarm(person, pk)
        if wants_json:
            message = alarm_message(current, get_language() or "")
            return JsonResponse({"error": str(error), "alarm": message}, status=status)
        return page_of(request, current, person, str(error), status=status)
    except PermissionDenied as error:
        raise Http404 from error
    if wants_json:
        return JsonResponse({"alarm": alarm_message(found_alarm(person, pk), get_language() or "")})
    messages.success(request, _("Kept."))
    return redirect("alarm_detail", pk)


def taken(request: HttpRequest, alarm: Alarm, step: str, person: User) -> None:
    """Do it."""
    if step == UNDO:
        undo_resolution(alarm=alarm, by=person)
        return
    handle_alarm(
        alarm=alarm,
        step=Step(step),
        by=person,
        reason=request.POST.get("reason", "") if step == Step.RESOLVE else "",
        note=request.POST.get("note", ""),
        assignee=assignee_of(request, alarm, person) if step == Step.ASSIGN else None,
    )


def assignee_of(request: HttpRequest, alarm: Alarm, person: User) -> User | None:
    """Who is to look after it: a person by number, or "me"."""
    asked = request.POST.get("assignee", "")
    if asked == ME:
        return person
    return people_who_handle(alarm).filter(pk=asked).first() if asked.isdecimal() else None

"""Pages on which something of a pupil is done: stops, absences, adults, links, requests."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fleet.pupils import changes
from fleet.pupils.absences import REPORT, report_absence, withdraw_absence
from fleet.pupils.assignments import ASSIGN, assign_stop, end_assignment
from fleet.pupils.corrections import Outcome
from fleet.pupils.linking import LINK, revoke_link, revoke_link_codes
from fleet.pupils.models import StopAssignment
from fleet.pupils.riders import too_many
from web.person import person_of
from web.pupils.forms import AbsenceForm, AdultForm, AnswerForm, EndForm, NothingForm, ReasonForm, StopForm
from web.pupils.pages import changeable_pupil_for, form_page, pupil_for

CHANGE, ADULT = "pupils.change_pupil", "pupils.change_authorised_adult"
asked = require_http_methods(["GET", "POST"])


@asked
def stop_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a pupil a stop; a bus that would be too full is told, not refused."""
    person = person_of(request)
    pupil = pupil_for(person, pk, ASSIGN)
    form = StopForm(request.POST or None, pupil=pupil)

    def save(_given: dict[str, Any]) -> StopAssignment:
        made = assign_stop(pupil=pupil, **form.given(), by=person)
        if warning := too_many(made.pattern, made.valid_from):
            messages.warning(request, warning)
        return made

    return form_page(request, pupil, form, _("Give a stop"), save, person=person, section="stops")


@asked
def stop_end(request: HttpRequest, pk: int, one: int) -> HttpResponse:
    """End a stop of a pupil."""
    person = person_of(request)
    pupil = pupil_for(person, pk, ASSIGN)
    held = get_object_or_404(
        pupil.stop_assignments.select_related("stop", "pattern__route"), pk=one, archived_at=None
    )
    return form_page(
        request,
        pupil,
        EndForm(request.POST or None),
        _("End the stop “%s”") % held.stop,
        lambda given: end_assignment(held, **given, by=person),
        person=person,
        section="stops",
    )


@asked
def absence_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Report an absence."""
    person = person_of(request)
    pupil = pupil_for(person, pk, REPORT)
    return form_page(
        request,
        pupil,
        AbsenceForm(request.POST or None),
        _("Report an absence"),
        lambda given: report_absence(pupil=pupil, **given, by=person),
        person=person,
        section="absences",
    )


@asked
def absence_withdraw(request: HttpRequest, pk: int, one: int) -> HttpResponse:
    """Take an absence back."""
    person = person_of(request)
    pupil = pupil_for(person, pk, REPORT)
    absence = get_object_or_404(pupil.absences, pk=one, archived_at=None)
    return form_page(
        request,
        pupil,
        NothingForm(request.POST if request.method == "POST" else None),
        _("Take the absence back"),
        lambda _given: withdraw_absence(absence, by=person),
        person=person,
        section="absences",
        note=_("The pupil rides from today on. Days that are over stay recorded."),
        submit=_("Take back"),
    )


@asked
def adult_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add an adult who may collect a pupil."""
    person = person_of(request)
    pupil = changeable_pupil_for(person, pk, ADULT)
    return form_page(
        request,
        pupil,
        AdultForm(request.POST or None),
        _("Add an adult"),
        lambda given: changes.add_authorised_adult(pupil=pupil, **given, by=person),
        person=person,
        section="adults",
    )


@asked
def adult_edit(request: HttpRequest, pk: int, one: int) -> HttpResponse:
    """Change what is known of an adult who may collect a pupil."""
    person = person_of(request)
    pupil = changeable_pupil_for(person, pk, ADULT)
    adult = get_object_or_404(pupil.authorised_adults, pk=one, archived_at=None)
    form = AdultForm(request.POST or None, instance=pupil.authorised_adults.get(pk=one))

    def save(given: dict[str, Any]) -> object:
        return changes.change_authorised_adult(
            adult, form.differing(adult), by=person, reason=given["reason"]
        )

    title = _("Change: %s") % adult
    return form_page(request, pupil, form, title, save, person=person, section="adults")


@asked
def adult_remove(request: HttpRequest, pk: int, one: int) -> HttpResponse:
    """Say that an adult may not collect a pupil any more."""
    person = person_of(request)
    pupil = changeable_pupil_for(person, pk, ADULT)
    adult = get_object_or_404(pupil.authorised_adults, pk=one, archived_at=None)
    return form_page(
        request,
        pupil,
        ReasonForm(request.POST or None),
        _("“%s” may not collect the pupil any more") % adult,
        lambda given: changes.remove_authorised_adult(adult, **given, by=person),
        person=person,
        section="adults",
        submit=_("Remove"),
    )


@asked
def link_end(request: HttpRequest, pk: int, one: int) -> HttpResponse:
    """End the link of a guardian."""
    person = person_of(request)
    pupil = pupil_for(person, pk, LINK)
    link = get_object_or_404(pupil.guardianships.select_related("guardian"), pk=one, archived_at=None)
    return form_page(
        request,
        pupil,
        ReasonForm(request.POST or None),
        _("End the link of %s") % link.guardian,
        lambda given: revoke_link(link, **given, by=person),
        person=person,
        section="guardians",
        note=_("From then on they see nothing of this child."),
        submit=_("End the link"),
    )


@asked
def codes_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void the codes of a pupil that are not used."""
    person = person_of(request)
    pupil = pupil_for(person, pk, LINK)
    return form_page(
        request,
        pupil,
        NothingForm(request.POST if request.method == "POST" else None),
        _("Void the codes that are not used"),
        lambda _given: revoke_link_codes(pupil, by=person),
        person=person,
        section="codes",
        note=_("Slips that are out do not work any more. Guardians who are linked stay so."),
        submit=_("Void them"),
    )


@asked
def correction_answer(request: HttpRequest, pk: int, one: int) -> HttpResponse:
    """Answer what a guardian has asked to be corrected."""
    person = person_of(request)
    pupil = pupil_for(person, pk, CHANGE)
    wanted = get_object_or_404(pupil.correction_requests, pk=one, outcome=Outcome.OPEN)
    return form_page(
        request,
        pupil,
        AnswerForm(request.POST or None),
        _("Answer a request"),
        lambda given: changes.answer_correction(wanted, **given, by=person),
        person=person,
        section="corrections",
        note=wanted.wish,
    )

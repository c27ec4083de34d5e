"""Slips with codes for guardians, one for each child of a class, as a PDF that can be made but once."""

from collections.abc import Sequence

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.people.models import User
from fleet.pupils.linking import LINK, make_link_codes
from fleet.pupils.models import Pupil
from fleet.pupils.printing import print_slips
from fleet.pupils.queries import classes_for, pupils_at_school_for
from web.person import person_of
from web.pupils.forms import SlipForm
from web.pupils.pages import pupil_for


@require_http_methods(["GET", "POST"])
def class_slips(request: HttpRequest, pk: int) -> HttpResponse:
    """Slips for all pupils of a class."""
    person = person_of(request)
    school_class = get_object_or_404(classes_for(person).current(), pk=pk)
    pupils = list(pupils_at_school_for(person, LINK).current().filter(school_class=school_class))
    if not pupils and not pupils_at_school_for(person, LINK).filter(school=school_class.school_id).exists():
        raise Http404
    return slips_page(request, person, pupils, str(school_class), reverse("schoolclass_detail", args=[pk]))


@require_http_methods(["GET", "POST"])
def pupil_slip(request: HttpRequest, pk: int) -> HttpResponse:
    """A slip for one pupil."""
    person = person_of(request)
    pupil = pupil_for(person, pk, LINK)
    return slips_page(request, person, [pupil], str(pupil), reverse("pupil_detail", args=[pk]) + "#guardians")


@never_cache
def slips_page(
    request: HttpRequest, person: User, pupils: Sequence[Pupil], whose: str, back: str
) -> HttpResponse:
    """Asks how many are wanted; then the PDF, whose codes are nowhere else."""
    form = SlipForm(request.POST or None)
    if pupils and form.is_valid():
        address = request.build_absolute_uri(reverse("link_child"))
        with transaction.atomic():
            slips = make_link_codes(pupils, by=person, copies=form.cleaned_data["copies"])
            record_access(by=person, action=Action.PRINT, objects=pupils, purpose=_("Slips with codes"))
            content = print_slips(slips, address)
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = 'attachment; filename="slips.pdf"'
        return response
    context = {"form": form, "pupils": pupils, "whose": whose, "back": back}
    return render(request, "pupils/slips.html", context)

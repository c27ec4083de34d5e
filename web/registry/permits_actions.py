"""Pages on which a permit's procedure goes on: applications, documents, steps, decisions."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.people.models import User
from fleet.permits import changes
from fleet.permits.changes import documents_wanted
from fleet.permits.models import (
    Application,
    ApplicationDocument,
    ApplicationKind,
    DocumentKind,
    Stage,
    UsePermit,
)
from fleet.permits.permissions import permission_for
from fleet.permits.queries import permits_seen_by
from fleet.records import RecordError, refuse_unless_allowed
from web.person import person_of
from web.registry.documents import served
from web.registry.permits_forms import (
    ChangeForm,
    DecisionForm,
    DocumentForm,
    GrantForm,
    JudgeForm,
    PermitForm,
    RevokeForm,
    StepForm,
)
from web.registry.permits_views import may_open_documents
from web.registry.saving import kept


def form_page(
    request: HttpRequest,
    form: forms.Form,
    title: str,
    save: Callable[[dict[str, Any]], UsePermit],
    permit: UsePermit | None = None,
) -> HttpResponse:
    """A page with a form; what `save` refuses is told by field, and what it keeps leads to the permit's page."""
    if form.is_valid():
        changed = kept(form, lambda: save(form.cleaned_data))
        if changed:
            messages.success(request, _("Kept."))
            return redirect("permit_detail", pk=changed.pk)
    back = reverse("permit_detail", args=[permit.pk]) if permit else reverse("permit_list")
    context = {"form": form, "title": title, "permit": permit, "back": back}
    return render(request, "permits/form.html", context)


def seen_permit(person: User, pk: int) -> UsePermit:
    """A permit that the person may see."""
    return get_object_or_404(permits_seen_by(person), pk=pk)


@require_http_methods(["GET", "POST"])
def permit_new(request: HttpRequest) -> HttpResponse:
    """Apply for a permit."""
    person = person_of(request)
    refuse_unless_allowed(person, "permits.change_usepermit", None)
    form = PermitForm(request.POST or None, person=person)
    return form_page(
        request,
        form,
        _("Apply for a use permit"),
        lambda given: changes.apply_for_permit(**given, by=person).permit,
    )


@require_http_methods(["GET", "POST"])
def permit_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Apply for a change of what a plate card names."""
    person = person_of(request)
    permit = seen_permit(person, pk)
    refuse_unless_allowed(person, "permits.change_usepermit", permit)

    def save(given: dict[str, Any]) -> UsePermit:
        kind = ApplicationKind(given.pop("kind"))
        return changes.apply_for_change(permit=permit, kind=kind, **given, by=person).permit

    form = ChangeForm(request.POST or None, permit=permit)
    return form_page(request, form, _("Apply for a change"), save, permit)


@require_http_methods(["GET", "POST"])
def permit_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a permit away."""
    person = person_of(request)
    permit = seen_permit(person, pk)
    refuse_unless_allowed(person, "permits.decide_usepermit", permit)

    def save(given: dict[str, Any]) -> UsePermit:
        changes.revoke_permit(permit=permit, **given, by=person)
        return permit

    return form_page(request, RevokeForm(request.POST or None), _("Revoke the permit"), save, permit)


@require_http_methods(["GET", "POST"])
def document_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand in a document of the application `pk`."""
    person = person_of(request)
    application = get_object_or_404(Application, pk=pk, permit__in=permits_seen_by(person))
    refuse_unless_allowed(person, "permits.change_usepermit", application.permit)

    def save(given: dict[str, Any]) -> UsePermit:
        kind = DocumentKind(given.pop("kind"))
        changes.hand_in_document(application=application, kind=kind, **given, by=person)
        return application.permit

    form = DocumentForm(request.POST or None, request.FILES or None, wanted=documents_wanted(application))
    return form_page(request, form, _("Hand in a document"), save, application.permit)


@require_GET
def document_open(request: HttpRequest, pk: int) -> FileResponse:
    """The file of a document, which may show a driver's identity number: for who applies and who decides."""
    person = person_of(request)
    document = get_object_or_404(ApplicationDocument, pk=pk, application__permit__in=permits_seen_by(person))
    if not may_open_documents(person, document.application.permit):
        raise Http404
    record_access(by=person, action=Action.DOCUMENT, objects=[document])
    return served(document.document)


@require_POST
def documents_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept all documents of the application `pk` that were handed in and are not judged."""
    person = person_of(request)
    application = get_object_or_404(Application, pk=pk, permit__in=permits_seen_by(person))
    refuse_unless_allowed(person, "permits.decide_usepermit", application.permit)
    try:
        accepted = changes.accept_documents(
            application=application, judged_on=timezone.localdate(), by=person
        )
    except RecordError as error:
        messages.error(request, str(error))
    else:
        told = ngettext("%(count)d document accepted.", "%(count)d documents accepted.", accepted)
        messages.success(request, told % {"count": accepted})
    return redirect("permit_detail", pk=application.permit_id)


@require_http_methods(["GET", "POST"])
def document_judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or reject a document."""
    person = person_of(request)
    permits = permits_seen_by(person)
    document = get_object_or_404(ApplicationDocument, pk=pk, application__permit__in=permits)
    permit = document.application.permit
    refuse_unless_allowed(person, "permits.decide_usepermit", permit)

    def save(given: dict[str, Any]) -> UsePermit:
        changes.judge_document(document=document, **given, by=person)
        return permit

    return form_page(request, JudgeForm(request.POST or None), str(document.get_kind_display()), save, permit)


@require_http_methods(["GET", "POST"])
def step_new(request: HttpRequest, pk: int, stage: str) -> HttpResponse:
    """Record the next step of an application, or its decision."""
    person = person_of(request)
    application = get_object_or_404(Application, pk=pk, permit__in=permits_seen_by(person))
    if stage not in Stage.values:
        raise Http404
    step = Stage(stage)
    refuse_unless_allowed(person, permission_for(step), application.permit)
    form: forms.Form = StepForm(request.POST or None)
    if step == Stage.DECISION:
        is_permit = application.kind == ApplicationKind.PERMIT
        form = (GrantForm if is_permit else DecisionForm)(request.POST or None)

    def save(given: dict[str, Any]) -> UsePermit:
        if step == Stage.DECISION:
            changes.decide(application=application, **given, by=person)
        else:
            changes.record_step(application=application, stage=step, **given, by=person)
        return application.permit

    return form_page(request, form, str(step.label), save, application.permit)

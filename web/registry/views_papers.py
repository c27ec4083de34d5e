"""Pages on which what belongs to a record is recorded, corrected and archived, and its documents are opened."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.people.models import User
from fleet.records import RecordError
from web.person import person_of
from web.registry.documents import served
from web.registry.forms import ArchiveForm
from web.registry.history import history_of
from web.registry.papers import Paper
from web.registry.register import Register
from web.registry.saving import kept


@require_http_methods(["GET", "POST"])
def paper_new(request: HttpRequest, register: Register, pk: int, slug: str) -> HttpResponse:
    """Record something."""
    person = person_of(request)
    owner, paper = register.found(person, pk), paper_of(register, slug)
    if not register.may(person, paper.action, owner):
        raise Http404
    if owner.archived_at:
        messages.error(request, _("“%s” is archived. Bring it back first.") % owner)
        return back_to(register, owner, paper)
    form = paper.form(
        request.POST or None,
        request.FILES or None,
        instance=paper.model(**{paper.owner: owner}),
        initial={name: request.GET[name] for name in paper.asked if name in request.GET},
    )
    if form.is_valid():
        details = form.values() | {paper.owner: owner}
        if kept(form, lambda: paper.record(**details, by=person, reason=form.cleaned_data["reason"])):
            messages.success(request, _("Recorded."))
            return back_to(register, owner, paper)
    context = {"register": register, "owner": owner, "paper": paper, "title": paper.add, "form": form}
    return render(request, "registry/paper_form.html", context | addresses(register, owner, paper))


@require_http_methods(["GET", "POST"])
def paper_edit(request: HttpRequest, register: Register, pk: int, slug: str, one: int) -> HttpResponse:
    """Correct what was recorded."""
    person = person_of(request)
    owner, paper, stored = correctable(register, person, pk, slug, one)
    form = paper.form(
        request.POST or None, request.FILES or None, instance=paper.model.objects.get(pk=stored.pk)
    )
    if form.is_valid():
        values, reason = form.differing(stored), form.cleaned_data["reason"]
        if not values:
            messages.info(request, _("Nothing was different."))
            return back_to(register, owner, paper)
        if kept(form, lambda: register.correct_paper(stored, values, by=person, reason=reason)):
            messages.success(request, _("The correction is kept."))
            return back_to(register, owner, paper)
    if register.is_personal:
        record_access(by=person, action=Action.VIEW, objects=[owner])
    context = {
        "register": register,
        "owner": owner,
        "paper": paper,
        "title": _("Correct: %s") % paper.model._meta.verbose_name,
        "form": form,
        "history": history_of(stored),
        "archive_form": ArchiveForm(),
        "archive_address": reverse(f"{register.name}_paper_archive", args=[pk, slug, one]),
    }
    return render(request, "registry/paper_form.html", context | addresses(register, owner, paper))


@require_POST
def paper_archive(request: HttpRequest, register: Register, pk: int, slug: str, one: int) -> HttpResponse:
    """Take out of use what was recorded by mistake, or is there no longer."""
    person = person_of(request)
    owner, paper, stored = correctable(register, person, pk, slug, one)
    form = ArchiveForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why it is archived."))
        return redirect(f"{register.name}_paper_edit", pk=pk, slug=slug, one=one)
    try:
        register.archive_paper(stored, by=person, reason=form.cleaned_data["reason"])
    except RecordError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Archived. It no longer counts."))
    return back_to(register, owner, paper)


@require_GET
def paper_file(request: HttpRequest, register: Register, pk: int, slug: str, one: int) -> FileResponse:
    """The document or photograph of a paper, for whoever may see whose it is."""
    person = person_of(request)
    owner, paper = register.found(person, pk), paper_of(register, slug)
    if paper.file_field is None:
        raise Http404
    response = served(getattr(paper_found(paper, owner, one), paper.file_field))
    if register.is_personal:
        record_access(by=person, action=Action.DOCUMENT, objects=[owner], purpose=str(paper.title))
    return response


def paper_of(register: Register, slug: str) -> Paper:
    """A kind of paper by its slug.

    Raises:
        Http404: where there is no such kind.
    """
    paper = register.paper(slug)
    if paper is None:
        raise Http404
    return paper


def paper_found(paper: Paper, owner: Any, one: int) -> Any:
    """A paper of an owner, archived or not.

    Raises:
        Http404: where it has none of that number.
    """
    return get_object_or_404(paper.model, **{paper.owner: owner, "pk": one})


def correctable(register: Register, person: User, pk: int, slug: str, one: int) -> tuple[Any, Paper, Any]:
    """Whose paper it is, its kind, and the paper, which the person may correct.

    Raises:
        Http404: where there is none within their reach, or it is out of use.
    """
    owner, paper = register.found(person, pk, "change"), paper_of(register, slug)
    stored = paper_found(paper, owner, one)
    if not paper.is_corrected or stored.archived_at or owner.archived_at:
        raise Http404
    return owner, paper, stored


def addresses(register: Register, owner: Any, paper: Paper) -> dict[str, str]:
    """Where a page of a paper leads back to."""
    owner_page = reverse(f"{register.name}_detail", args=[owner.pk])
    return {
        "list_page": f"{register.name}_list",
        "owner_address": owner_page,
        "back": f"{owner_page}#{paper.slug}",
    }


def back_to(register: Register, owner: Any, paper: Paper) -> HttpResponse:
    """To the section that a paper is in."""
    return redirect(addresses(register, owner, paper)["back"])

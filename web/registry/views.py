"""The pages of every kind of record that has a `Register`: list, export, detail, forms, archive, undo."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_tables2 import RequestConfig

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.people.models import User
from fleet.records import RecordError
from web.person import person_of
from web.registry.exports import exported
from web.registry.forms import ArchiveForm
from web.registry.history import history_of
from web.registry.paper_sections import paper_sections
from web.registry.register import Register
from web.registry.saving import kept
from web.registry.sections import data_of
from web.registry.undo import undo
from web.registry.views_imports import download
from web.reports.links import report_address

PER_PAGE = 50


@require_GET
def record_list(request: HttpRequest, register: Register) -> HttpResponse:
    """The records in the person's reach, searched, sorted and paged."""
    person = person_of(request)
    found = register.filters(request.GET, queryset=register.reached(person))
    table = register.table(found.qs, exclude=() if request.GET.get("state") else ("state",))
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    if register.is_personal:
        record_access(by=person, action=Action.LIST, objects=table.shown)
    may_add = register.may(person, "change")
    may_take_away = register.may(person, "export")
    context = {
        "register": register,
        "table": table,
        "filter": found,
        "is_filtered": any(request.GET.get(name) for name in found.filters),
        "may_add": may_add,
        "may_import": may_add and register.subject,
        "may_take_away": may_take_away,
        "may_export": register.subject and may_take_away,
        "query": request.GET.urlencode(),
        **addresses(register),
    }
    return render(request, register.list_template, context)


@require_GET
def record_export(request: HttpRequest, register: Register, kind: str) -> FileResponse:
    """The list as it is filtered, as a spreadsheet."""
    person = person_of(request)
    if register.subject is None or not register.may(person, "export"):
        raise Http404
    found = register.filters(request.GET, queryset=register.reached(person, "export")).qs
    content, file_name, content_type = exported(register.subject, found, kind, by=person)
    return download(content, file_name, content_type)


@require_GET
def record_detail(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """All that is recorded, and what changed when."""
    person = person_of(request)
    record = register.found(person, pk)
    if register.is_personal:
        record_access(by=person, action=Action.VIEW, objects=[record])
    return render(request, register.detail_template, detail_of(register, record, person))


def detail_of(register: Register, record: Any, person: User) -> dict[str, Any]:
    """The template variables of a record's page."""
    return {
        "register": register,
        "record": record,
        "data": data_of(record, register.data),
        "sections": [
            *paper_sections(register, record, person),
            *register.more_sections(record),
        ],
        "history": history_of(record),
        "archive_form": ArchiveForm(),
        "report_address": report_address(person, record, timezone.localdate()),
        "may_change": register.may(person, "change", record),
        "may_archive": register.may(person, "archive", record),
        **addresses(register),
        **register.more(record, person),
    }


@require_http_methods(["GET", "POST"])
def record_new(request: HttpRequest, register: Register) -> HttpResponse:
    """Add a record; what the address names is filled in already."""
    person = person_of(request)
    if not register.may(person, "change"):
        raise Http404
    form = register.form(request.POST or None, person=person, initial=request.GET.dict())
    if form.is_valid():
        record = kept(
            form,
            lambda: register.create(**form.values(), by=person, reason=form.cleaned_data["reason"]),
        )
        if record:
            messages.success(request, _("“%s” has been added.") % record)
            return redirect(f"{register.name}_detail", pk=record.pk)
    return form_page(request, register, form)


@require_http_methods(["GET", "POST"])
def record_edit(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """Change the data of a record."""
    person = person_of(request)
    stored = register.found(person, pk, "change")
    form = register.form(request.POST or None, instance=register.model.objects.get(pk=pk), person=person)
    if form.is_valid():
        values, reason = form.differing(stored), form.cleaned_data["reason"]
        if not values:
            messages.info(request, _("Nothing was different."))
            return redirect(f"{register.name}_detail", pk=pk)
        if kept(form, lambda: register.change(stored, values, by=person, reason=reason)):
            messages.success(request, with_undo(_("The changes are kept.")))
            return redirect(f"{register.name}_detail", pk=pk)
    if register.is_personal:
        record_access(by=person, action=Action.VIEW, objects=[stored])
    return form_page(request, register, form, stored)


def with_undo(text: str) -> SafeString:
    """A message that leads to the history, where the newest change can be undone."""
    return format_html('{} <a href="#history">{}</a>', text, _("Look at it, or undo it"))


def form_page(request: HttpRequest, register: Register, form: Any, record: Any = None) -> HttpResponse:
    """A page with the form of a record."""
    title = _("Edit %s") % record if record else register.add
    context = {"register": register, "form": form, "record": record, "title": title, **addresses(register)}
    return render(request, "registry/form.html", context)


def addresses(register: Register) -> dict[str, str]:
    """The names of a register's addresses, for templates."""
    pages = ("list", "new", "export", "detail", "edit", "archive", "restore", "undo", "identity")
    return {f"{page}_page": f"{register.name}_{page}" for page in pages}


@require_POST
def record_archive(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """Take a record out of use, for a reason."""
    person = person_of(request)
    record = register.found(person, pk, "archive")
    form = ArchiveForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why it is archived."))
        return redirect(f"{register.name}_detail", pk=pk)
    try:
        register.archive(record, by=person, reason=form.cleaned_data["reason"])
    except RecordError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("“%s” is archived. It can be brought back on this page.") % record)
    return redirect(f"{register.name}_detail", pk=pk)


@require_POST
def record_restore(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """Bring an archived record back into use."""
    person = person_of(request)
    record = register.found(person, pk, "archive")
    try:
        register.restore(record, by=person, reason=_("Brought back"))
    except RecordError as error:
        messages.error(request, str(error))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("“%s” is in use again.") % record)
    return redirect(f"{register.name}_detail", pk=pk)


@require_POST
def record_undo(request: HttpRequest, register: Register, pk: int, version: int) -> HttpResponse:
    """Undo the newest change of a record."""
    person = person_of(request)
    record = register.found(person, pk, "change")
    try:
        undo(register, record, version, by=person)
    except RecordError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The change has been undone."))
    return redirect(f"{register.name}_detail", pk=pk)

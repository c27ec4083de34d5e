"""Pages of spreadsheets: give a file, see what it would do, import it, undo it."""

import io
from pathlib import PurePath
from typing import NamedTuple

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fleet.grants import reach_with
from web.person import person_of
from web.registry import imports
from web.registry.exports import CONTENT_TYPES, exported
from web.registry.forms import UploadForm
from web.registry.import_steps import ImportRefusedError
from web.registry.models import ImportRun, ImportState
from web.registry.progress import progress_of
from web.registry.spreadsheets.catalogue import SUBJECTS
from web.registry.spreadsheets.checking import Problem
from web.registry.spreadsheets.reading import UnreadableFileError
from web.registry.spreadsheets.subjects import Subject
from web.registry.spreadsheets.writing import template
from web.routes.gtfs_steps import GTFS

MOST_RUNS_SHOWN = 20
MOST_PROBLEMS_SHOWN = 200


class Line(NamedTuple):
    """What can be imported or exported.

    Attributes:
        subject: of the files.
        may_import: whether the person may import it.
        may_export: whether the person may export it.
        newest: the newest import by the person, if any.
    """

    subject: Subject
    may_import: bool
    may_export: bool
    newest: ImportRun | None


def subject_for(request: HttpRequest, slug: str) -> Subject:
    """The subject of a slug, where the person may import it."""
    subject = SUBJECTS.get(slug)
    if subject is None or not subject.may_import(person_of(request)):
        raise Http404
    return subject


def own_run(request: HttpRequest, pk: int) -> ImportRun:
    """An import of the person's own."""
    return get_object_or_404(ImportRun.objects.defer("content"), pk=pk, person=person_of(request))


@require_GET
def import_list(request: HttpRequest) -> HttpResponse:
    """All that the person may import or export, each with its template and the newest import."""
    person = person_of(request)
    runs = ImportRun.objects.defer("content").filter(person=person)
    newest = {run.subject: run for run in runs.order_by("created_at")}
    lines = [
        Line(subject, may_import, subject.may_export(person), newest.get(subject.slug))
        for subject in SUBJECTS.values()
        if (may_import := subject.may_import(person)) or subject.may_export(person)
    ]
    if not lines:
        raise Http404
    context = {
        "lines": lines,
        "may_import_gtfs": GTFS.may_import(person),
        "may_export_gtfs": bool(reach_with(person, "routes.export_route")),
        "may_open_feeds": bool(reach_with(person, "feeds.open_feedcontract")),
    }
    return render(request, "registry/import_list.html", context)


@require_GET
def import_export(request: HttpRequest, slug: str, kind: str) -> FileResponse:
    """All records of a kind that the person may take away, as a file that can be imported again."""
    person = person_of(request)
    subject = SUBJECTS.get(slug)
    if subject is None or not subject.may_export(person):
        raise Http404
    return download(*exported(subject, subject.exportable(person), kind, by=person))


@require_http_methods(["GET", "POST"])
def import_new(request: HttpRequest, slug: str) -> HttpResponse:
    """A template to download, a file to give, and earlier imports."""
    subject = subject_for(request, slug)
    person = person_of(request)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        run = imports.upload(by=person, subject=subject, file_name=file.name, content=file.read())
        return redirect("import_run", pk=run.pk)
    context = {
        "subject": subject,
        "form": form,
        "columns": subject.columns(person),
        "runs": ImportRun.objects.defer("content").filter(person=person, subject=slug)[:MOST_RUNS_SHOWN],
    }
    return render(request, "registry/import_new.html", context)


@require_GET
def import_template(request: HttpRequest, slug: str) -> FileResponse:
    """The template to fill in."""
    subject = subject_for(request, slug)
    content = template(subject.sheet_names[0], subject.columns(person_of(request)))
    return download(content, f"{subject.sheet_names[0]}.xlsx", CONTENT_TYPES["xlsx"])


@require_GET
def import_run(request: HttpRequest, pk: int) -> HttpResponse:
    """How far an import has come, and what can be done with it now."""
    run = own_run(request, pk)
    if run.subject == GTFS.slug:
        return redirect("gtfs_run", pk=pk)
    progress = progress_of(run.pk) if run.is_working else None
    if run.is_working and progress is None:
        run = imports.note_interruption(run)
    context = {
        "run": run,
        "subject": SUBJECTS[run.subject],
        "progress": progress,
        "problems": [Problem(*problem) for problem in run.problems[:MOST_PROBLEMS_SHOWN]],
        "preview": run.preview,
        "preview_rest": max(0, run.created_count + run.changed_count - len(run.preview)),
        "problems_rest": max(0, run.problem_count - MOST_PROBLEMS_SHOWN),
        "can_be_marked": any(row for row, *_rest in run.problems),
    }
    return render(request, "registry/import_run.html", context)


@require_GET
def import_marked(request: HttpRequest, pk: int) -> FileResponse:
    """A copy of the file with its errors marked, to be mended and given back."""
    run = get_object_or_404(ImportRun, pk=pk, person=person_of(request), state=ImportState.REFUSED)
    name = f"{PurePath(run.file_name).stem}-{_('errors')}.xlsx"
    try:
        return download(imports.marked_copy(run), name, CONTENT_TYPES["xlsx"])
    except UnreadableFileError as error:
        raise Http404 from error


@require_POST
def import_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Import a file that has been checked."""
    run = own_run(request, pk)
    try:
        imports.apply(by=person_of(request), run=run)
    except ImportRefusedError as error:
        messages.error(request, str(error))
    return redirect("import_run", pk=pk)


@require_POST
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo an import."""
    run = own_run(request, pk)
    try:
        imports.undo(by=person_of(request), run=run)
    except ImportRefusedError as error:
        messages.error(request, str(error))
    return redirect("import_run", pk=pk)


def download(content: bytes, file_name: str, content_type: str) -> FileResponse:
    """A file to keep."""
    return FileResponse(
        io.BytesIO(content), as_attachment=True, filename=file_name, content_type=content_type
    )

"""Pages of timetables from elsewhere: give a feed, see what it would do, import it, undo it."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fleet.grants import reach_with
from fleet.organisations.models import Kind, Organisation
from fleet.people.models import User
from fleet.routes.models import Direction
from fleet.routes.route_changes import CHANGE
from fleet.routes.stop_changes import CHANGE as CHANGE_STOP
from telematics.transit.tables import LARGEST_FEED_MB, MB
from web.person import person_of
from web.registry import imports
from web.registry.import_steps import ImportRefusedError
from web.registry.models import ImportRun
from web.registry.progress import progress_of
from web.routes.gtfs_steps import GTFS

MOST_RUNS_SHOWN = 20
MOST_PROBLEMS_SHOWN = 300


class FeedForm(forms.Form):
    """A feed, and whose its routes and stops are to be."""

    file = forms.FileField(
        label=gettext_lazy("GTFS feed (.zip)"), widget=forms.FileInput(attrs={"accept": ".zip"})
    )
    school = forms.ModelChoiceField(
        label=gettext_lazy("School"),
        queryset=Organisation.objects.none(),
        help_text=gettext_lazy("All routes of the feed become routes of this school."),
    )
    keeper = forms.ModelChoiceField(
        label=gettext_lazy("Stops are kept by"), queryset=Organisation.objects.none()
    )
    zero_is = forms.ChoiceField(
        label=gettext_lazy("Trips with direction 0, or without one, go"),
        choices=Direction.choices,
        help_text=gettext_lazy("Feeds number directions as they like; those of Schoolrun have 0 to school."),
    )
    with_calendar = forms.BooleanField(
        label=gettext_lazy("Take the school's calendar from the feed, too"), required=False, initial=True
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = Organisation.objects.filter(archived_at=None)
        self._offer("school", current.filter(pk__in=reach_with(person, CHANGE), kind=Kind.SCHOOL))
        self._offer("keeper", current.filter(pk__in=reach_with(person, CHANGE_STOP)))

    def _offer(self, name: str, organisations: Any) -> None:
        field = cast(forms.ModelChoiceField, self.fields[name])  # type: ignore[type-arg]  # not at run time
        field.queryset = organisations
        if len(found := organisations[:2]) == 1:
            field.initial = found[0]

    def clean_file(self) -> Any:
        """A feed that is not too large to be looked at."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FEED_MB * MB:
            raise forms.ValidationError(_("It is larger than %(value)s MB.") % {"value": LARGEST_FEED_MB})
        return file

    def options(self) -> dict[str, Any]:
        """What was chosen, as the run keeps it."""
        given = self.cleaned_data
        return {
            "school": given["school"].pk,
            "keeper": given["keeper"].pk,
            "zero_is": given["zero_is"],
            "with_calendar": given["with_calendar"],
        }


def own_run(request: HttpRequest, pk: int) -> ImportRun:
    """An import of a timetable of the person's own."""
    runs = ImportRun.objects.defer("content").filter(subject=GTFS.slug)
    return get_object_or_404(runs, pk=pk, person=person_of(request))


@require_http_methods(["GET", "POST"])
def gtfs_new(request: HttpRequest) -> HttpResponse:
    """Give a feed; and earlier ones."""
    person = person_of(request)
    if not GTFS.may_import(person):
        raise PermissionDenied(_("You may not do this."))
    form = FeedForm(request.POST or None, request.FILES or None, person=person)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        run = imports.upload(
            by=person, subject=GTFS, file_name=file.name, content=file.read(), options=form.options()
        )
        return redirect("gtfs_run", pk=run.pk)
    runs = ImportRun.objects.defer("content", "preview").filter(person=person, subject=GTFS.slug)
    return render(request, "routes/gtfs_new.html", {"form": form, "runs": runs[:MOST_RUNS_SHOWN]})


@require_GET
def gtfs_run(request: HttpRequest, pk: int) -> HttpResponse:
    """How far an import has come, what the feed would do or did, and what can be done with it now."""
    run = own_run(request, pk)
    progress = progress_of(run.pk) if run.is_working else None
    if run.is_working and progress is None:
        run = imports.note_interruption(run)
    context = {
        "run": run,
        "progress": progress,
        "preview": run.preview or None,
        "problems": run.problems[:MOST_PROBLEMS_SHOWN],
        "problems_rest": max(0, run.problem_count - MOST_PROBLEMS_SHOWN),
        "school": Organisation.objects.filter(pk=run.options.get("school")).first(),
    }
    return render(request, "routes/gtfs_run.html", context)


@require_POST
def gtfs_same(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which stops of the feed are ours near them, and look at it anew."""
    run = own_run(request, pk)
    options = run.options | {"same": request.POST.getlist("same")}
    try:
        imports.check_again(by=person_of(request), run=run, options=options)
    except ImportRefusedError as error:
        messages.error(request, str(error))
    return redirect("gtfs_run", pk=pk)


@require_POST
def gtfs_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Import a feed that has been looked at."""
    try:
        imports.apply(by=person_of(request), run=own_run(request, pk))
    except ImportRefusedError as error:
        messages.error(request, str(error))
    return redirect("gtfs_run", pk=pk)


@require_POST
def gtfs_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo an import."""
    try:
        imports.undo(by=person_of(request), run=own_run(request, pk))
    except ImportRefusedError as error:
        messages.error(request, str(error))
    return redirect("gtfs_run", pk=pk)

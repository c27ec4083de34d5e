"""Writes: the steps of the import of a timetable as background work does them: check, apply all or nothing, undo."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.grants import reach_with
from fleet.organisations.models import Organisation
from fleet.people.models import User
from fleet.records import RecordError
from fleet.routes.gtfs_import import Done, apply_import, objections, undo_import
from fleet.routes.gtfs_plan import Choices, FeedPlan, plan_import
from fleet.routes.gtfs_words import in_words
from fleet.routes.models import Direction
from fleet.routes.route_changes import CHANGE
from telematics.transit.reading import read_schedule
from telematics.transit.schedule import Schedule
from web.registry.import_steps import BATCH, MOST_PROBLEMS_KEPT, ImportRefusedError, move
from web.registry.models import ImportedRow, ImportRun, ImportState
from web.registry.progress import tell
from web.routes.gtfs_preview import preview_of

Problem = tuple[str, int, str, str]
"""File, line, field and what is wrong."""


class Gtfs:
    """Timetables, as something that can be imported."""

    slug = "gtfs"

    def may_import(self, person: User) -> bool:
        """Whether a person may change the routes of any school."""
        return bool(reach_with(person, CHANGE))


GTFS = Gtfs()


def choices_of(run: ImportRun) -> Choices:
    """What whoever imports has chosen."""
    given = run.options
    organisations = Organisation.objects.in_bulk([given["school"], given["keeper"]])
    same = given.get("same")
    return Choices(
        school=organisations[given["school"]],
        keeper=organisations[given["keeper"]],
        zero_is=Direction(given["zero_is"]),
        with_calendar=given["with_calendar"],
        same=None if same is None else frozenset(same),
    )


def read(run: ImportRun) -> tuple[Schedule, list[Problem], int]:
    """The timetable of a run, what is wrong with it, and how much."""
    found = read_schedule(bytes(run.content))
    problems = [(one.file, one.line, one.field, in_words(one)) for one in found.faults]
    if not problems and not found.schedule.trips:
        problems = [("trips.txt", 0, "", _("There is no trip in this feed."))]
    return found.schedule, problems, max(found.fault_count, len(problems))


def planned(run: ImportRun) -> tuple[FeedPlan, Choices, list[Problem], int]:
    """What the feed would do now, and what stands against it."""
    schedule, problems, count = read(run)
    choices = choices_of(run)
    if problems:
        return FeedPlan(), choices, problems, count
    tell(run.pk, 0, 0)
    plan = plan_import(schedule, choices)
    problems = [(file, 0, field, message) for file, field, message in objections(plan)]
    return plan, choices, problems, len(problems)


def check_feed(run: ImportRun) -> None:
    """Read the feed, and compare it with what is there; nothing is stored."""
    plan, _choices, problems, count = planned(run)
    move(
        run,
        ImportState.CHECKING,
        ImportState.REFUSED if problems else ImportState.CHECKED,
        **told(problems, count),
        **preview_of(plan),
    )


def told(problems: Sequence[Problem], count: int) -> dict[str, Any]:
    """Problems as the run keeps them."""
    return {"problem_count": count, "problems": [list(one) for one in problems[:MOST_PROBLEMS_KEPT]]}


def apply_feed(run: ImportRun) -> None:
    """Store what was seen in the preview, in one transaction, unless it would be something else by now."""
    plan, choices, problems, count = planned(run)
    again = _("The registry was changed meanwhile. Give the file once more.")
    if not problems and preview_of(plan)["preview"] != run.preview:
        problems, count = [("", 0, "", again)], 1
    if not problems:
        try:
            with transaction.atomic():
                store(run, plan, choices)
        except (ImportRefusedError, IntegrityError):
            problems = [("", 0, "", again)]
        except ValidationError as error:
            problems = [("", 0, "", " ".join(error.messages))]
        except RecordError as error:
            problems = [("", 0, "", str(error))]
        except PermissionDenied:
            problems = [("", 0, "", _("You may not make these changes."))]
        count = len(problems)
    if problems:
        move(run, ImportState.APPLYING, ImportState.REFUSED, **told(problems, count))


def store(run: ImportRun, plan: FeedPlan, choices: Choices) -> None:
    """Store a plan within the transaction around it, and note what was done.

    Raises:
        ImportRefusedError: where the run has been given up meanwhile.
    """
    reason = _("Import of %s") % run.file_name
    done = apply_import(plan, choices, by=run.person, reason=reason, tell=partial(tell, run.pk))
    ImportedRow.objects.bulk_create(
        [
            ImportedRow(
                run=run,
                row=number,
                kind=one.kind,
                object_id=one.pk,
                version_before=one.before,
                version_after=one.after,
            )
            for number, one in enumerate(done, start=1)
        ],
        batch_size=BATCH,
    )
    applied = {"applied_at": timezone.now(), "content": b""}
    if not move(run, ImportState.APPLYING, ImportState.APPLIED, **applied):
        raise ImportRefusedError


def undo_feed(run: ImportRun) -> None:
    """Archive what the import made, and bring back what it ended, all or nothing."""
    rows = run.rows.order_by("row")
    done = [Done(one.kind, one.object_id, one.version_before, one.version_after) for one in rows]
    try:
        with transaction.atomic():
            undo_import(done, by=run.person, reason=_("Undo of the import of %s") % run.file_name)
            move(run, ImportState.UNDOING, ImportState.UNDONE, undone_at=timezone.now(), refusal="")
    except (RecordError, PermissionDenied) as error:
        refusal = str(error) or _("You may not undo this.")
        move(run, ImportState.UNDOING, ImportState.APPLIED, refusal=refusal)
    except ValidationError as error:
        move(run, ImportState.UNDOING, ImportState.APPLIED, refusal=" ".join(error.messages))

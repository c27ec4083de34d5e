"""Writes: the steps of an import as background work does them: check, apply all or nothing, undo."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.people.models import User
from fleet.records import RecordError
from web.registry.models import ImportedRow, ImportRun, ImportState
from web.registry.progress import told
from web.registry.spreadsheets.catalogue import SUBJECTS
from web.registry.spreadsheets.checking import Change, Checked, Plan, Problem, check, compare, looks_like
from web.registry.spreadsheets.columns import Column
from web.registry.spreadsheets.reading import RawSheet, UnreadableFileError, read
from web.registry.spreadsheets.subjects import Subject

MOST_PROBLEMS_KEPT = 500
MOST_PREVIEWED = 200
MOST_NAMED = 5


class ImportRefusedError(Exception):
    """An import or its undo can't be done; the message says why, to people."""


class RowsRefusedError(Exception):
    """Rows can't be applied; nothing was written."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = problems


class RehearsedError(Exception):
    """All rows could be applied; what was written is taken back."""


def move(run: ImportRun, before: ImportState, after: ImportState, **changes: object) -> bool:
    """Take a run from one state to another, unless someone else did."""
    now = timezone.now()
    moved = ImportRun.objects.filter(pk=run.pk, state=before).update(state=after, state_at=now, **changes)
    return moved == 1


def after_a_failure(state: str) -> ImportState:
    """Where a run stands when the work on it broke off: an undo can be asked for again, the rest starts anew."""
    return ImportState.APPLIED if state == ImportState.UNDOING else ImportState.FAILED


def check_file(run: ImportRun) -> None:
    """Read the file, and rehearse it against what is there."""
    subject = SUBJECTS[run.subject]
    columns = subject.columns(run.person)
    plan = Plan()
    try:
        checked = checked_file(run, subject, columns)
        problems = checked.problems
        if not problems:
            plan = planned(run, subject, checked)
            problems = rehearsed(run, subject, plan)
    except UnreadableFileError as error:
        checked, problems = Checked(), [Problem(0, "", str(error))]
    move(
        run,
        ImportState.CHECKING,
        ImportState.REFUSED if problems else ImportState.CHECKED,
        **summary(plan, columns, subject.key),
        **told_problems(problems),
        example_count=checked.examples,
    )


def checked_file(run: ImportRun, subject: Subject, columns: Sequence[Column]) -> Checked:
    """The file's rows; a file of another subject is told as such."""
    raw = read(bytes(run.content), subject.sheet_names)
    checked = check(raw, columns, subject.key)
    other = checked.problems and better_subject(raw, run.person, subject, columns)
    if other:
        message = _("These look like columns of “%(other)s”, not of “%(wanted)s”.")
        words = {"other": other.sheet_names[0], "wanted": subject.sheet_names[0]}
        return Checked(problems=[Problem(0, "", message % words)])
    return checked


def better_subject(
    raw: RawSheet, person: User, subject: Subject, columns: Sequence[Column]
) -> Subject | None:
    """Another subject whose columns the header fits better, if any."""
    fits = {one.slug: looks_like(raw.header, one.columns(person)) for one in SUBJECTS.values()}
    best = max(fits, key=lambda slug: (fits[slug], slug == subject.slug))
    return None if best == subject.slug else SUBJECTS[best]


def planned(run: ImportRun, subject: Subject, checked: Checked) -> Plan:
    """What the rows would do now."""
    keys = [row.values[subject.key] for row in checked.rows]
    return compare(checked.rows, subject.key, subject.existing(checked.columns, keys, run.person))


def rehearsed(run: ImportRun, subject: Subject, plan: Plan) -> list[Problem]:
    """The problems that applying a plan would meet; it is applied, and all of it taken back."""
    try:
        with transaction.atomic():
            carry_out(run, subject, plan)
            raise RehearsedError
    except RehearsedError:
        return []
    except RowsRefusedError as refused:
        return refused.problems


def apply_file(run: ImportRun) -> None:
    """Apply every row in one transaction, against what is there now."""
    subject = SUBJECTS[run.subject]
    columns = subject.columns(run.person)
    checked = checked_file(run, subject, columns)
    try:
        with transaction.atomic():
            plan = planned(run, subject, checked)
            if checked.problems:
                raise RowsRefusedError(checked.problems)
            ImportedRow.objects.bulk_create(carry_out(run, subject, plan), batch_size=1000)
            move(
                run,
                ImportState.APPLYING,
                ImportState.APPLIED,
                applied_at=timezone.now(),
                **summary(plan, columns, subject.key),
            )
    except RowsRefusedError as refused:
        move(run, ImportState.APPLYING, ImportState.REFUSED, **told_problems(refused.problems))


def carry_out(run: ImportRun, subject: Subject, plan: Plan) -> list[ImportedRow]:
    """Apply a plan within the transaction around it.

    Returns:
        What each row did.

    Raises:
        RowsRefusedError: with every problem of every row.
    """
    headers = {column.name: column.header for column in subject.columns(run.person)}
    problems = [
        Problem(row.number, headers[subject.key], _("This one belongs to an organisation out of your reach."))
        for row in plan.out_of_reach
    ]
    before = subject.versions([change.record.pk for change in plan.changed if change.record])
    reason = _("Import of %s") % run.file_name
    done: list[tuple[Change, int]] = []
    for change in told(run.pk, plan.changes, total=len(plan.changes)):
        try:
            with transaction.atomic():
                pk = subject.save(change.record, change.row.values, run.person, reason)
        except ValidationError as error:
            problems += row_problems(change.row.number, error, headers)
        except (PermissionDenied, RecordError) as error:
            message = str(error) or _("You may not make this change.")
            problems.append(Problem(change.row.number, "", message))
        else:
            done.append((change, pk))
    if problems:
        raise RowsRefusedError(sorted(problems, key=lambda problem: problem.row))
    after = subject.versions([pk for _change, pk in done])
    return [
        ImportedRow(
            run=run,
            row=change.row.number,
            object_id=pk,
            version_before=before.get(pk),
            version_after=after[pk],
        )
        for change, pk in done
    ]


def row_problems(number: int, error: ValidationError, headers: Mapping[str, str]) -> list[Problem]:
    """A refusal by the model, by column where it names a field."""
    by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    return [
        Problem(number, headers.get(name, ""), message)
        for name, messages in by_field.items()
        for message in messages
    ]


def undo_file(run: ImportRun) -> None:
    """Bring back what an import changed and archive what it made, all or nothing."""
    subject = SUBJECTS[run.subject]
    rows = list(run.rows.order_by("-row"))
    try:
        with transaction.atomic():
            refuse_if_changed_since(subject, rows)
            take_back(run, subject, rows)
            move(run, ImportState.UNDOING, ImportState.UNDONE, undone_at=timezone.now(), refusal="")
    except (ImportRefusedError, RecordError, ValidationError, PermissionDenied) as error:
        reasons = error.messages if isinstance(error, ValidationError) else [str(error)]
        refusal = " ".join(reasons).strip() or _("You may not undo this.")
        move(run, ImportState.UNDOING, ImportState.APPLIED, refusal=refusal)


def refuse_if_changed_since(subject: Subject, rows: list[ImportedRow]) -> None:
    """What was changed after the import is not overwritten.

    Raises:
        ImportRefusedError: naming some of what was changed.
    """
    newest = subject.versions([row.object_id for row in rows])
    changed = [row.object_id for row in rows if newest.get(row.object_id) != row.version_after]
    if not changed:
        return
    named = ", ".join(str(one) for one in subject.model.objects.filter(pk__in=changed)[:MOST_NAMED])
    more = " …" if len(changed) > MOST_NAMED else ""
    raise ImportRefusedError(
        _("It can't be undone, because these were changed since: %s. Change them by hand.") % (named + more)
    )


def take_back(run: ImportRun, subject: Subject, rows: list[ImportedRow]) -> None:
    """Undo each row within the transaction around it."""
    reason = _("Undo of the import of %s") % run.file_name
    names = [column.name for column in subject.columns(run.person)]
    records = subject.model.objects.select_related(*subject.related)
    versions = subject.model.history.select_related(*subject.related)
    now = records.in_bulk([row.object_id for row in rows])
    before = versions.in_bulk([row.version_before for row in rows if row.version_before])
    for row in told(run.pk, rows, total=len(rows)):
        one = now[row.object_id]
        if row.version_before is None:
            subject.archive(one, by=run.person, reason=reason)
            continue
        version = before[row.version_before]
        earlier: dict[str, Any] = {name: getattr(version, name) for name in names}
        values = {name: value for name, value in earlier.items() if value != getattr(one, name)}
        if values:
            subject.change(one, values, by=run.person, reason=reason)
        if version.archived_at:
            subject.archive(one, by=run.person, reason=reason)


def summary(plan: Plan, columns: Sequence[Column], key: str) -> dict[str, Any]:
    """What a plan does, as the run keeps it: counts, and the first rows in words."""
    headers = {column.name: column.header for column in columns}
    preview = []
    for change in plan.changes[:MOST_PREVIEWED]:
        what = "changed" if change.record else "created"
        differs = [headers[name] for name in change.differs] if change.record else []
        preview.append((change.row.number, str(change.row.values[key]), what, differs))
    return {
        "created_count": len(plan.created),
        "changed_count": len(plan.changed),
        "unchanged_count": plan.unchanged,
        "preview": preview,
    }


def told_problems(problems: list[Problem]) -> dict[str, Any]:
    """Problems as the run keeps them: how many, and the first of them."""
    return {
        "problem_count": len(problems),
        "problems": [list(problem) for problem in problems[:MOST_PROBLEMS_KEPT]],
    }

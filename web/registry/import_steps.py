"""Writes: the steps of an import as background work does them: check, apply all or nothing, undo."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.people.models import User
from fleet.records import RecordError
from web.registry.models import ImportedRow, ImportRun, ImportState
from web.registry.progress import told
from web.registry.spreadsheets.catalogue import SUBJECTS
from web.registry.spreadsheets.checking import (
    Change,
    Checked,
    Plan,
    Problem,
    check,
    compare,
    key_of,
    looks_like,
    refuse_repeated,
)
from web.registry.spreadsheets.columns import Column
from web.registry.spreadsheets.reading import RawSheet, UnreadableFileError, read
from web.registry.spreadsheets.subjects import Subject

MOST_PROBLEMS_KEPT = 2000
MOST_PREVIEWED = 200
MOST_NAMED = 20
BATCH = 1000


class ImportRefusedError(Exception):
    """An import or its undo can't be done; the message says why, to people."""


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
        plan = planned(run, subject, checked, columns)
        problems = [*checked.problems, *faults(run, subject, plan, subject.built(plan), columns)]
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
    if not checked.rows and checked.problems:
        other = better_subject(raw, run.person, subject, columns)
        if other:
            message = _("These look like columns of “%(other)s”, not of “%(wanted)s”.")
            words = {"other": other.sheet_names[0], "wanted": subject.sheet_names[0]}
            return Checked(problems=[Problem(0, "", message % words)])
        return checked
    subject.complete(checked, run.person)
    refuse_repeated(checked, subject.key)
    return checked


def better_subject(
    raw: RawSheet, person: User, subject: Subject, columns: Sequence[Column]
) -> Subject | None:
    """Another subject whose columns the header fits better, if any."""
    fits = {one.slug: looks_like(raw.header, one.columns(person)) for one in SUBJECTS.values()}
    best = max(fits, key=lambda slug: (fits[slug], slug == subject.slug))
    return None if best == subject.slug else SUBJECTS[best]


def planned(run: ImportRun, subject: Subject, checked: Checked, columns: Sequence[Column]) -> Plan:
    """What the rows would do now."""
    keys = [key_of(row.values, subject.key) for row in checked.rows]
    return compare(checked.rows, subject.key, subject.existing(columns, keys, run.person))


def faults(
    run: ImportRun,
    subject: Subject,
    plan: Plan,
    built: Sequence[tuple[Change, Any]],
    columns: Sequence[Column],
) -> list[Problem]:
    """What the registry says against the rows; takes long, and locks nothing."""
    headers = {column.name: column.header for column in columns}
    key = headers[subject.key[0]]
    problems = [
        Problem(row.number, key, _("This one belongs to an organisation out of your reach."))
        for row in plan.out_of_reach
    ]
    problems += [
        Problem(
            row.number, key, _("Several like this are recorded. Change the one that is meant on its page.")
        )
        for row in plan.ambiguous
    ]
    if subject.is_recorded_once:
        problems += recorded_otherwise(plan, headers)
    for change, one in told(run.pk, built, total=len(built)):
        for name, messages in subject.faults(one).items():
            problems += [Problem(change.row.number, headers.get(name, ""), message) for message in messages]
    problems += clashing_rows(subject, built, headers)
    return problems


def recorded_otherwise(plan: Plan, headers: Mapping[str, str]) -> list[Problem]:
    """The cells that would change what is recorded and in use, where no file may."""
    message = _("It is recorded otherwise, and changes only by its own procedure, on its page.")
    return [
        Problem(change.row.number, headers[name], message)
        for change in plan.changed
        if change.record and not change.record.archived
        for name in change.differs
    ]


def clashing_rows(
    subject: Subject, built: Sequence[tuple[Change, Any]], headers: Mapping[str, str]
) -> list[Problem]:
    """The rows that clash with each other or with what is there."""
    numbers = {id(one): change.row.number for change, one in built}
    problems = []
    for clash in subject.bulk.clashes([one for _change, one in built]):
        message = clash.message
        if clash.with_record is not None:
            message += " " + _("(Row %d)") % numbers[id(clash.with_record)]
        problems.append(Problem(numbers[id(clash.record)], headers.get(clash.field, ""), message))
    return problems


def apply_file(run: ImportRun) -> None:
    """Check every row against what is there now, then store all in one transaction."""
    subject = SUBJECTS[run.subject]
    columns = subject.columns(run.person)
    checked = checked_file(run, subject, columns)
    plan = planned(run, subject, checked, columns)
    built = subject.built(plan)
    problems = [*checked.problems, *faults(run, subject, plan, built, columns)]
    if not problems:
        try:
            with transaction.atomic():
                subject.bulk.lock([one for _change, one in built])
                refuse_if_other(plan, planned(run, subject, checked, columns))
                refuse_clashes(subject, [one for _change, one in built])
                store(run, subject, built)
                move(
                    run,
                    ImportState.APPLYING,
                    ImportState.APPLIED,
                    applied_at=timezone.now(),
                    content=b"",
                    **summary(plan, columns, subject.key),
                )
        except (ImportRefusedError, IntegrityError):
            again = _("The registry was changed at the same moment. Give the file once more.")
            problems = [Problem(0, "", again)]
        except RecordError as error:
            problems = [Problem(0, "", str(error))]
        except PermissionDenied:
            problems = [Problem(0, "", _("You may not make these changes."))]
    if problems:
        move(run, ImportState.APPLYING, ImportState.REFUSED, **told_problems(problems))


def refuse_clashes(subject: Subject, records: Sequence[Any]) -> None:
    """Refuse to store what clashes with what is there by now.

    Raises:
        ImportRefusedError: naming some of the records.
    """
    if found := subject.bulk.clashes(records):
        raise ImportRefusedError(
            _("It can't be done, because these clash with what has been recorded since: %s.")
            % some_of([str(clash.record) for clash in found])
        )


def some_of(names: Sequence[str]) -> str:
    """The first of some names."""
    more = " …" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def refuse_if_other(before: Plan, now: Plan) -> None:
    """Refuse to store what was made from other values than there are now.

    Raises:
        ImportRefusedError: where they differ.
    """
    if before != now:
        raise ImportRefusedError


def store(run: ImportRun, subject: Subject, built: Sequence[tuple[Change, Any]]) -> None:
    """Store rows within the transaction around it, and note what each did."""
    new = [one for change, one in built if change.record is None]
    changed = [one for change, one in built if change.record]
    before = subject.versions([one.pk for one in changed])
    subject.bulk.store(new=new, changed=changed, by=run.person, reason=_("Import of %s") % run.file_name)
    after = subject.versions([one.pk for _change, one in built])
    ImportedRow.objects.bulk_create(
        [
            ImportedRow(
                run=run,
                row=change.row.number,
                object_id=one.pk,
                version_before=before.get(one.pk),
                version_after=after[one.pk],
            )
            for change, one in built
        ],
        batch_size=BATCH,
    )


def undo_file(run: ImportRun) -> None:
    """Bring back what an import changed and archive what it made, all or nothing."""
    subject = SUBJECTS[run.subject]
    rows = list(run.rows.order_by("-row"))
    try:
        with transaction.atomic():
            refuse_if_changed_since(subject, rows)
            take_back(run, subject, rows)
            move(run, ImportState.UNDOING, ImportState.UNDONE, undone_at=timezone.now(), refusal="")
    except (ImportRefusedError, RecordError, PermissionDenied) as error:
        refusal = str(error) or _("You may not undo this.")
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
    found = subject.model.objects.select_related(*subject.related).filter(pk__in=changed)
    raise ImportRefusedError(
        _("It can't be undone, because these were changed since: %s. Change them by hand.")
        % some_of([str(one) for one in found])
    )


def take_back(run: ImportRun, subject: Subject, rows: Sequence[ImportedRow]) -> None:
    """Undo all rows within the transaction around it."""
    reason = _("Undo of the import of %s") % run.file_name
    stored = subject.model.objects.select_related(*subject.related)
    records = stored.in_bulk([row.object_id for row in rows])
    subject.bulk.lock(records.values())
    versions = subject.model.history.in_bulk([row.version_before for row in rows if row.version_before])
    made, changed = [], []
    for row in rows:
        one = records[row.object_id]
        if row.version_before is None:
            made.append(one)
            continue
        version = versions[row.version_before]
        for field in subject.model._meta.concrete_fields:
            setattr(one, field.attname, getattr(version, field.attname))
        changed.append(one)
    subject.bulk.take_out(made, by=run.person, reason=reason)
    refuse_clashes(subject, [one for one in changed if one.archived_at is None])
    subject.bulk.store(new=[], changed=changed, by=run.person, reason=reason)


def summary(plan: Plan, columns: Sequence[Column], key: Sequence[str]) -> dict[str, Any]:
    """What a plan does, as the run keeps it: counts, and the first rows in words."""
    headers = {column.name: column.header for column in columns}
    keys = [column for column in columns if column.name in key]
    preview = []
    for change in plan.changes[:MOST_PREVIEWED]:
        what = "changed" if change.record else "created"
        differs = [headers[name] for name in change.differs] if change.record else []
        name = " · ".join(filter(None, (one.show(change.row.values[one.name]) for one in keys)))
        preview.append((change.row.number, name, what, differs))
    return {
        "created_count": len(plan.created),
        "changed_count": len(plan.changed),
        "unchanged_count": plan.unchanged,
        "preview": preview,
    }


def told_problems(problems: list[Problem]) -> dict[str, Any]:
    """Problems as the run keeps them: how many, and the first of them in the order of the file."""
    first = sorted(problems, key=lambda problem: problem.row)[:MOST_PROBLEMS_KEPT]
    return {"problem_count": len(problems), "problems": [list(problem) for problem in first]}

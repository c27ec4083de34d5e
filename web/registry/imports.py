"""Writes: a file is given, imported and undone; the work of each is done in the background."""

import threading
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from fleet.people.models import User
from web.registry.import_steps import ImportRefusedError, after_a_failure, move
from web.registry.importable import Importable, importable
from web.registry.models import ImportRun, ImportState
from web.registry.progress import KEPT_S, tell
from web.registry.spreadsheets.catalogue import SUBJECTS
from web.registry.spreadsheets.checking import Problem
from web.registry.spreadsheets.marking import marked
from web.registry.spreadsheets.reading import read
from web.registry.tasks import work_on_import

SILENCE = timedelta(seconds=KEPT_S)


@transaction.atomic
def upload(
    *,
    by: User,
    subject: Importable,
    file_name: str,
    content: bytes,
    options: Mapping[str, object] | None = None,
) -> ImportRun:
    """Keep a file, and have it checked in the background.

    Args:
        by: who gives it.
        subject: what it is of.
        file_name: as it was given.
        content: of the file.
        options: what else was chosen.

    Raises:
        PermissionDenied: where `by` may change nothing of the kind.
    """
    refuse_strangers(by, subject)
    run = ImportRun.objects.create(
        person=by,
        subject=subject.slug,
        file_name=file_name[:200],
        content=content,
        language=get_language() or "",
        options=dict(options or {}),
    )
    run_in_background(run, ImportState.CHECKING)
    return run


@transaction.atomic
def check_again(*, by: User, run: ImportRun, options: Mapping[str, object]) -> None:
    """Have a file checked anew in the background, with other options.

    Raises:
        ImportRefusedError: where it does not wait for that.
        PermissionDenied: where `by` may not.
    """
    refuse_strangers(by, importable(run.subject))
    if not move(run, ImportState.CHECKED, ImportState.CHECKING, options=dict(options)):
        raise ImportRefusedError(_("This file does not wait to be imported."))
    run_in_background(run, ImportState.CHECKING)


@transaction.atomic
def apply(*, by: User, run: ImportRun) -> None:
    """Have a checked file imported in the background; asked twice, it is done once.

    Raises:
        ImportRefusedError: where it does not wait for that.
        PermissionDenied: where `by` may not.
    """
    refuse_strangers(by, importable(run.subject))
    if not move(run, ImportState.CHECKED, ImportState.APPLYING):
        raise ImportRefusedError(_("This file does not wait to be imported."))
    run_in_background(run, ImportState.APPLYING)


@transaction.atomic
def undo(*, by: User, run: ImportRun) -> None:
    """Have an import undone in the background.

    Raises:
        ImportRefusedError: where there is nothing to undo.
        PermissionDenied: where `by` may not.
    """
    refuse_strangers(by, importable(run.subject))
    if not move(run, ImportState.APPLIED, ImportState.UNDOING):
        raise ImportRefusedError(_("There is nothing to undo."))
    run_in_background(run, ImportState.UNDOING)


def marked_copy(run: ImportRun) -> bytes:
    """A copy of a refused file with its errors marked, in the language in which they are told.

    Raises:
        UnreadableFileError: where it is no spreadsheet.
    """
    subject = SUBJECTS[run.subject]
    with override(run.language):
        raw = read(bytes(run.content), subject.sheet_names)
        problems = [Problem(*problem) for problem in run.problems]
        return marked(raw, subject.sheet_names[0], subject.columns(run.person), problems)


def note_interruption(run: ImportRun) -> ImportRun:
    """Tell that the work on a run broke off: nothing was heard of it for longer than it may be silent.

    What it did was one transaction, so nothing of it is left; a broken undo can be asked for again.
    """
    if timezone.now() - run.state_at > SILENCE:
        refusal = _("The work was interrupted, and nothing was changed. Please try again.")
        move(run, ImportState(run.state), after_a_failure(run.state), refusal=refusal)
        run.refresh_from_db()
    return run


def refuse_strangers(by: User, subject: Importable) -> None:
    """Importing takes the right to change what the file is of."""
    if not subject.may_import(by):
        raise PermissionDenied


def run_in_background(run: ImportRun, step: ImportState) -> None:
    """Have a step done once the transaction around is committed: by a worker, or by a thread of this process."""
    pk, state = run.pk, step.value

    def begin() -> None:
        tell(pk, 0, 0)
        if settings.ENVIRONMENT.redis_url:
            work_on_import.delay(pk, state)
        else:
            threading.Thread(target=work_in_thread, args=(pk, state), daemon=True).start()

    transaction.on_commit(begin)


def work_in_thread(pk: int, state: str) -> None:
    """Do a step, and close the thread's own connection to the database."""
    try:
        work_on_import(pk, state)
    finally:
        connection.close()

"""Files given, checked, imported and undone, as a person would; what waits for the background is done here."""

from fleet.people.models import User
from web.registry import imports
from web.registry.models import ImportRun
from web.registry.spreadsheets.subjects import Subject
from web.registry.tasks import work_on_import


def checked(subject: Subject, by: User, text: str, name: str = "file.csv") -> ImportRun:
    run = imports.upload(by=by, subject=subject, file_name=name, content=text.encode("gb18030"))
    return worked(run)


def imported(subject: Subject, by: User, text: str, name: str = "file.csv") -> ImportRun:
    run = checked(subject, by, text, name)
    if run.problem_count:
        return run
    imports.apply(by=by, run=run)
    return worked(run)


def undone(by: User, run: ImportRun) -> ImportRun:
    imports.undo(by=by, run=run)
    return worked(run)


def worked(run: ImportRun) -> ImportRun:
    """Do what waits for the background, here."""
    run.refresh_from_db()
    work_on_import(run.pk, run.state)
    run.refresh_from_db()
    return run


def problems(run: ImportRun) -> list[str]:
    """What is told: row, column and message."""
    return [f"{row} {column}: {message}" for row, column, message in run.problems]

"""Background work of the registry: steps of imports."""

import structlog
from celery import shared_task
from django.utils.translation import gettext as _
from django.utils.translation import override

from web.registry.import_steps import after_a_failure, apply_file, check_file, move, undo_file
from web.registry.models import ImportRun, ImportState
from web.routes import gtfs_steps

log = structlog.get_logger(__name__)

STEPS = {
    ImportState.CHECKING: check_file,
    ImportState.APPLYING: apply_file,
    ImportState.UNDOING: undo_file,
}
STEPS_OF_GTFS = {
    ImportState.CHECKING: gtfs_steps.check_feed,
    ImportState.APPLYING: gtfs_steps.apply_feed,
    ImportState.UNDOING: gtfs_steps.undo_feed,
}


@shared_task
def work_on_import(pk: int, state: str) -> None:
    """Do a step of an import, unless it has been done; what fails leaves nothing behind and is told."""
    step = ImportState(state)
    run = ImportRun.objects.select_related("person").get(pk=pk)
    if run.state != step:
        return
    with override(run.language):
        try:
            (STEPS_OF_GTFS if run.subject == gtfs_steps.GTFS.slug else STEPS)[step](run)
        except Exception as error:
            log.exception("import_failed", run=pk, step=state, error=repr(error))
            refusal = _(
                "Something went wrong here, and nothing was changed. It has been noted; please try again."
            )
            move(run, step, after_a_failure(step), refusal=refusal)

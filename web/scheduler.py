"""The embedded shape's clockwork: runs the same Celery tasks on the same schedule, in this process."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import structlog
from celery import current_app
from channels.db import database_sync_to_async

log = structlog.get_logger(__name__)

FIRST_RUN_AFTER_S = 60.0


async def run_schedule(schedule: Mapping[str, Mapping[str, Any]]) -> None:
    """Run each task of a beat schedule when it is due, one at a time, in a thread; until cancelled.

    Args:
        schedule: as Celery's ``beat_schedule``, with intervals in seconds.
    """
    current_app.loader.import_default_modules()
    due = {
        name: time.monotonic() + min(FIRST_RUN_AFTER_S, entry["schedule"]) for name, entry in schedule.items()
    }
    while due:
        name = min(due, key=due.__getitem__)
        await asyncio.sleep(max(0.0, due[name] - time.monotonic()))
        entry = schedule[name]
        due[name] = time.monotonic() + entry["schedule"]
        try:
            task = current_app.tasks[entry["task"]]
            await database_sync_to_async(task.apply, thread_sensitive=False)(throw=True)
        except Exception as error:
            log.exception("scheduled_task_failed", task=entry["task"], error=repr(error))

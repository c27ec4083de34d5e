"""The embedded shape's clockwork: runs the same Celery tasks on the same schedule, in this process."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from celery import current_app
from celery.schedules import BaseSchedule, crontab, maybe_schedule
from channels.db import database_sync_to_async
from django.utils import timezone

log = structlog.get_logger(__name__)

FIRST_RUN_AFTER_S = 60.0
LONGEST_SLEEP_S = 300.0
"""The clock may be set, or the computer sleep, while nothing is due."""


async def run_schedule(schedule: Mapping[str, Mapping[str, Any]]) -> None:
    """Run each task of a beat schedule when it is due, one at a time, in a thread; until cancelled.

    Each also runs soon after the start, since a computer that is off at night would miss what is due then. So tasks
    must not do harm when they run once more.

    Args:
        schedule: as Celery's ``beat_schedule``, with intervals in seconds or `crontab`, which is in local time.
    """
    current_app.loader.import_default_modules()
    started_at = timezone.localtime()
    schedules = {name: maybe_schedule(entry["schedule"], app=current_app) for name, entry in schedule.items()}
    due = {name: first_run(one, started_at) for name, one in schedules.items()}
    while due:
        name = min(due, key=due.__getitem__)
        wait_s = (due[name] - timezone.localtime()).total_seconds()
        if wait_s > 0:
            await asyncio.sleep(min(wait_s, LONGEST_SLEEP_S))
            continue
        due[name] = next_run(schedules[name], timezone.localtime())
        await run_task(schedule[name]["task"])


def first_run(schedule: BaseSchedule, started_at: datetime) -> datetime:
    """When a task runs first."""
    return min(started_at + timedelta(seconds=FIRST_RUN_AFTER_S), next_run(schedule, started_at))


def next_run(schedule: BaseSchedule, last_run_at: datetime) -> datetime:
    """When a task that ran last at a local time is due again."""
    if isinstance(schedule, crontab):
        last, wait, _now = schedule.remaining_delta(last_run_at, tz=last_run_at.tzinfo)
        due: datetime = last + wait
        return due
    interval: timedelta = schedule.run_every
    return last_run_at + interval


async def run_task(name: str) -> None:
    """Run a task in a thread; its failure is told to the log."""
    try:
        await database_sync_to_async(current_app.tasks[name].apply, thread_sensitive=False)(throw=True)
    except Exception as error:
        log.exception("scheduled_task_failed", task=name, error=repr(error))

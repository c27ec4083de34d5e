"""The embedded shape's clockwork: the same tasks on the same schedule, each going on though another fails."""

import asyncio
import threading

import pytest
from celery import current_app, shared_task
from django.conf import settings

from fleet.positions.tasks import purge_expired_fixes
from web.scheduler import run_schedule

PATIENCE_S = 20


@pytest.fixture
def schedule():
    """Two tasks of which one always fails, and what they have done."""
    done = []

    @shared_task(name="tests.works")
    def works():
        done.append(threading.current_thread().name)

    @shared_task(name="tests.fails")
    def fails():
        done.append("failed")
        raise RuntimeError("as it must")

    current_app.finalize()
    yield (
        {
            "fails": {"task": "tests.fails", "schedule": 0.01},
            "works": {"task": "tests.works", "schedule": 0.01},
        },
        done,
    )
    for name in ("tests.works", "tests.fails"):
        current_app.tasks.unregister(name)


async def test_tasks_run_again_and_again_though_one_fails(schedule):
    entries, done = schedule
    running = asyncio.create_task(run_schedule(entries))
    async with asyncio.timeout(PATIENCE_S):
        while done.count("failed") < 3 or len(done) - done.count("failed") < 3:  # noqa: ASYNC110 (tasks tell nobody that they ran)
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert threading.main_thread().name not in done


async def test_an_empty_schedule_is_done_at_once():
    async with asyncio.timeout(PATIENCE_S):
        await run_schedule({})


def test_every_scheduled_task_exists():
    current_app.loader.import_default_modules()
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert purge_expired_fixes.name in names
    assert names <= set(current_app.tasks)

"""Runs everything in one process: pages, live screens, gateways and scheduled work. The embedded shape."""

import asyncio
import signal
from typing import Any

import uvicorn
import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from fleet.ingest.gateway import running_gateway, settings_of
from web.scheduler import run_schedule


class Command(BaseCommand):
    """``manage.py schoolrun``."""

    help = "Runs pages, live screens, gateways and scheduled work in one process."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where pages are served."""
        parser.add_argument("--host", default="127.0.0.1", help="address to serve pages on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to serve pages on (8000)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until interrupted."""
        try:
            uvloop.run(self.run_all(options["host"], options["port"]))
        except OSError as error:
            raise CommandError(f"Schoolrun can't listen: {error}") from error

    async def run_all(self, host: str, port: int) -> None:
        """Serve until SIGINT or SIGTERM; what was received is stored before this returns."""
        server = uvicorn.Server(
            uvicorn.Config(
                "web.asgi:application",
                host=host,
                port=port,
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                ws="websockets-sansio",
                timeout_graceful_shutdown=3,
            )
        )
        loop = asyncio.get_running_loop()
        async with running_gateway(settings_of(settings.ENVIRONMENT)):
            schedule = asyncio.create_task(run_schedule(settings.CELERY_BEAT_SCHEDULE))
            serving = asyncio.create_task(server.serve())
            await asyncio.sleep(0)

            def stop() -> None:
                server.should_exit = True

            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, stop)
            await serving
            schedule.cancel()

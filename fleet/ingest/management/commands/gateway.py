"""Runs a gateway process: devices in, reports stored, live screens told."""

import asyncio
import gc
import signal
from typing import Any

import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from fleet.ingest.gateway import GatewaySettings, running_gateway, settings_of


class Command(BaseCommand):
    """``manage.py gateway``."""

    help = "Runs a gateway: TCP, UDP and serial receivers in, reports stored, live screens told."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take no port by option: they are settings, the same for all processes."""
        parser.add_argument(
            "--reuse-port",
            action="store_true",
            help="share the ports with other gateway processes (SO_REUSEPORT)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until interrupted."""
        try:
            uvloop.run(self.run(settings_of(settings.ENVIRONMENT, reuse_port=options["reuse_port"])))
        except OSError as error:
            raise CommandError(f"The gateway can't listen: {error}") from error

    async def run(self, gateway_settings: GatewaySettings) -> None:
        """Run until SIGINT or SIGTERM; what was received is stored before this returns."""
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        async with running_gateway(gateway_settings):
            gc.freeze()  # what start-up made lives as long as the process: 50 ms each time to look through it
            await stop.wait()

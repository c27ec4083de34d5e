"""Replays a receiver's log as a bus: the very bytes, over a socket, through the gateway."""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from channels.db import database_sync_to_async
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from fleet.ingest.gateway import GatewaySettings, running_gateway
from fleet.ingest.whereabouts import running_gateway_port
from fleet.positions.models import Fix, LastPosition
from fleet.vehicles.changes import give_device_to_bus, register_devices
from fleet.vehicles.models import Bus, Device
from telematics.gateways.replay import play

STILL_REPORTING = timedelta(minutes=2)
SETTLED_AFTER_S = 1.5


def pace(text: str) -> float | None:
    """How many times faster than the log; None for as fast as the gateway takes it."""
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is neither “max” nor a number above 0, such as 1 or 10")
    return speed


class Command(BaseCommand):
    """``manage.py replay FILE --bus PLATE``."""

    help = (
        "Replays a receiver's log (NMEA 0183) as a bus, through the gateway, as if the receiver were there."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What to replay, as which bus, how fast, and when."""
        parser.add_argument("file", type=Path, help="the log")
        parser.add_argument("--bus", required=True, metavar="PLATE", help="plate of the bus that it is to be")
        parser.add_argument(
            "--speed", type=pace, default=1.0, metavar="N|max", help="times faster than the log (1), or max"
        )
        parser.add_argument(
            "--shift-to-now", action="store_true", help="move the log's times so that it happens now"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Replay, then tell how many fixes were stored."""
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        device = device_for(options["bus"])
        before = Fix.objects.filter(device=device).count()
        size = path.stat().st_size
        try:
            asyncio.run(self.replay(path, size, device.identifier, options["speed"], options["shift_to_now"]))
        except OSError as error:
            raise CommandError(f"{path} could not be replayed: {error}") from error
        self.wait_until_stored(device)
        stored = Fix.objects.filter(device=device).count() - before
        self.stdout.write(f"{stored} new fixes stored for bus {options['bus']} (device {device.identifier}).")

    async def replay(
        self, path: Path, size: int, identifier: str, speed: float | None, shift_to_now: bool
    ) -> None:
        """Send the log over a socket to the gateway that runs here, or else to one of our own."""
        async with gateway_port() as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"IMEI {identifier}\r\n".encode())
            with tqdm(total=size, unit="B", unit_scale=True, disable=None, desc=path.name) as bar:

                async def send(data: bytes) -> None:
                    writer.write(data)
                    await writer.drain()
                    bar.update(len(data))

                await play(path, send, speed=speed, shift_to_now=shift_to_now)
            writer.write_eof()
            while await reader.read(1):
                pass
            writer.close()

    def wait_until_stored(self, device: Device) -> None:
        """Return when nothing more of the log comes into the database."""

        async def settle() -> None:
            count = -1
            while (now := await Fix.objects.filter(device=device).acount()) != count:
                count = now
                await asyncio.sleep(SETTLED_AFTER_S)

        asyncio.run(settle())


@asynccontextmanager
async def gateway_port() -> AsyncIterator[int]:
    """The port of the gateway that runs on this machine; where none does, of one that runs for this block."""
    port = await database_sync_to_async(running_gateway_port)()
    if port is not None:
        yield port
        return
    async with running_gateway(GatewaySettings(host="127.0.0.1", tcp_port=0, udp_port=None)) as gateway:
        assert gateway.tcp  # noqa: S101  (it was asked for above)
        yield gateway.tcp.port


def device_for(plate: str) -> Device:
    """The device to replay as: the bus's own, or a new one of its own for recordings.

    Raises:
        CommandError: there is no such bus, or its own device is reporting just now.
    """
    try:
        bus = Bus.objects.get(plate=plate.strip().upper())
    except Bus.DoesNotExist:
        some = ", ".join(Bus.objects.values_list("plate", flat=True)[:5])
        raise CommandError(
            f"There is no bus {plate!r}." + (f" There are: {some}, …" if some else "")
        ) from None
    last = LastPosition.objects.filter(bus=bus).select_related("device").first()
    if last is None:
        identifier = f"replay-{bus.pk}"
        register_devices({identifier: "replay"})
        device = Device.objects.get(identifier=identifier)
        give_device_to_bus(device=device, bus=bus)
        return device
    is_receiver = not last.device.identifier.startswith("replay-")
    if is_receiver and last.heard_at and timezone.now() - last.heard_at < STILL_REPORTING:
        raise CommandError(
            f"Bus {plate} is on the road: its device {last.device} reported {last.heard_at:%H:%M:%S} UTC."
            " Choose a bus that is not reporting."
        )
    return last.device

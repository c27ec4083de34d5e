"""A gateway process: every way in for devices, the one writer, and the publisher, on one event loop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
import structlog
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer

from fleet.ingest.log import Stored
from fleet.ingest.publish import Publisher
from fleet.ingest.registry import Registry
from fleet.ingest.whereabouts import announced
from fleet.ingest.writer import Writer
from fleet.regulations.profile import current_rulebook
from fleet.trips.follower import Follower
from telematics.gateways.intake import Intake
from telematics.gateways.serial import SerialReader
from telematics.gateways.session import nmea_decoder
from telematics.gateways.tcp import TcpGateway, TcpSettings, serve_tcp
from telematics.gateways.udp import UdpGateway, UdpSettings, serve_udp

log = structlog.get_logger(__name__)

NEWCOMERS_EVERY_S = 1.0


class GatewaySettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where a gateway listens, and how much it takes.

    Attributes:
        host: address to listen on; None for all.
        tcp_port: 0 for a free one, None for no TCP.
        udp_port: 0 for a free one, None for no UDP.
        serial: path of a receiver's port, or "auto"; ``PORT@BAUD`` fixes the baud rate; empty for none.
        max_connections: TCP links at once.
        max_new_devices: devices that may wait for a bus.
        require_checksum: whether sentences without a checksum are rejected.
        reuse_port: whether several gateway processes share the ports.
    """

    host: str | None = None
    tcp_port: int | None = 5005
    udp_port: int | None = 5005
    serial: str = ""
    max_connections: int = 20_000
    max_new_devices: int = 20_000
    require_checksum: bool = True
    reuse_port: bool = False


def settings_of(environment: Any, *, reuse_port: bool = False) -> GatewaySettings:
    """The gateway's settings from the environment's (`web.environment.Environment`)."""
    return GatewaySettings(
        host=environment.gateway_host or None,
        tcp_port=environment.tcp_port,
        udp_port=environment.udp_port,
        serial=environment.serial,
        max_connections=environment.max_connections,
        max_new_devices=environment.max_new_devices,
        require_checksum=environment.require_checksum,
        reuse_port=reuse_port,
    )


class Gateway(msgspec.Struct):
    """A running gateway."""

    intake: Intake
    writer: Writer
    publisher: Publisher
    tcp: TcpGateway | None
    udp: UdpGateway | None


@asynccontextmanager
async def running_gateway(settings: GatewaySettings) -> AsyncIterator[Gateway]:
    """Run a gateway until the block ends; then it takes nothing more, and stores all that it has taken.

    Raises:
        OSError: where a port can't be listened on.
    """
    registry = await sync_to_async(Registry)(settings.max_new_devices)
    publisher = Publisher(get_channel_layer())
    follower = Follower(found=publisher.committed)

    def committed(stored: Stored) -> None:
        publisher.committed(stored)
        follower.committed(stored)

    writer = Writer(await sync_to_async(current_rulebook)(), registry, committed)
    intake = Intake()
    decoder = partial(nmea_decoder, require_checksum=settings.require_checksum)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(writer.close)
        stack.push_async_callback(follower.close)
        for work in (publisher.run(), follower.run(), intake.run(writer.write), keep_registering(writer)):
            stack.push_async_callback(ended, asyncio.create_task(work))
        stack.push_async_callback(intake.drain)
        tcp = udp = None
        if settings.tcp_port is not None:
            tcp_settings = TcpSettings(max_links=settings.max_connections, reuse_port=settings.reuse_port)
            tcp = await serve_tcp(
                intake,
                host=settings.host,
                port=settings.tcp_port,
                admit=registry.admit,
                settings=tcp_settings,
                decoder=decoder,
            )
            stack.push_async_callback(tcp.close)
        if settings.udp_port is not None:
            udp = await serve_udp(
                intake,
                host=settings.host,
                port=settings.udp_port,
                admit=registry.admit,
                settings=UdpSettings(reuse_port=settings.reuse_port),
                decoder=decoder,
            )
            stack.callback(udp.close)
        if settings.serial:
            port, _, baud = settings.serial.partition("@")
            notes = Notes()
            reader = SerialReader(
                intake,
                admit=registry.admit,
                port=port,
                baud=int(baud) if baud else None,
                decoder=decoder,
                watch=notes.put,
            )
            stack.push_async_callback(ended, asyncio.create_task(notes.run(writer)))
            reader.start()
            stack.push_async_callback(reader.stop)
        if tcp:
            stack.enter_context(announced(tcp.port))
        log.info("gateway_listening", tcp=tcp and tcp.port, udp=settings.udp_port, serial=settings.serial)
        yield Gateway(intake, writer, publisher, tcp, udp)


class Notes:
    """Receivers that came and went, until the writer has stored it."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[tuple[str, bool, datetime]] = asyncio.Queue()

    def put(self, device: str, is_plugged_in: bool, at: datetime) -> None:
        """Take a note; never blocks."""
        self._waiting.put_nowait((device, is_plugged_in, at))

    async def run(self, writer: Writer) -> None:
        """Have notes stored until cancelled, however often the database is away."""
        while True:
            device, is_plugged_in, at = await self._waiting.get()
            while True:
                try:
                    await writer.note_receiver(device, is_plugged_in=is_plugged_in, at=at)
                    break
                except Exception as error:
                    log.warning("noting_failed", device=device, error=repr(error))
                    await asyncio.sleep(NEWCOMERS_EVERY_S)


async def keep_registering(writer: Writer) -> None:
    """Show devices on the page of new devices soon after they have named themselves."""
    while True:
        await asyncio.sleep(NEWCOMERS_EVERY_S)
        try:
            await writer.register_newcomers()
        except Exception as error:
            log.warning("registering_failed", error=repr(error))


async def ended(task: "asyncio.Task[Any]") -> None:
    """Cancel a task and wait until it is over."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task

"""The live map's WebSocket: a snapshot, then what changes, each bus checked against what the person may see."""

import asyncio
import time
from contextlib import suppress
from datetime import timedelta
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

import msgspec
import structlog
from channels.auth import get_user
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.utils import timezone

from fleet.live import live_group
from web.live.drivers import DriversShown
from web.live.outbox import Outbox
from web.live.snapshot import alarms_changed, bus_ids_in_reach, districts_in_reach, snapshot

log = structlog.get_logger(__name__)

SIGNED_OUT = 4401
FAILED = 1011
HEARTBEAT_S = 5.0
CHECK_SCOPE_S = 15.0
SLOWEST_SEND_S = 30.0
LONGEST_TRANSACTION = timedelta(seconds=30)
"""A change bears the time at which it was written, and is seen when it is committed."""
MOST_TOLD = 500
encode = msgspec.json.Encoder().encode


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels ships no types
    """One browser's live map.

    What comes from the channel layer is only collected; a task of its own sends it, as fast as the browser takes
    it. So a slow browser makes its next message newer, never the queue longer.
    """

    async def connect(self) -> None:
        """Accept a signed-in person, and begin with a snapshot."""
        await self.accept()
        self.person = self.scope["user"]
        if not self.person.is_authenticated:
            await self.close(SIGNED_OUT)
            return
        asked = parse_qs(self.scope["query_string"].decode("ascii", "replace")).get("language", [""])[0]
        self.language = asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        self.outbox = Outbox()
        self.alarms_read_at = timezone.now()
        self.alarms_told: dict[int, dict[str, Any]] = {}
        self.drivers = DriversShown(self.person)
        self.numbers: dict[str, int] = {}
        self.groups_joined: set[str] = set()
        self.buses: frozenset[int] = frozenset()
        await self.reread_scope()
        self.sender = asyncio.create_task(self.keep_sending())

    async def disconnect(self, code: int) -> None:
        """Leave the groups and end the sender."""
        if not hasattr(self, "sender"):
            return
        self.sender.cancel()
        with suppress(asyncio.CancelledError):
            await self.sender
        for group in self.groups_joined:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def live_delta(self, event: dict[str, Any]) -> None:
        """Buses have moved."""
        self.notice_gap(event)
        self.outbox.put_rows([row for row in event["rows"] if row[0] in self.buses])

    async def live_alarms(self, event: dict[str, Any]) -> None:
        """Alarms have changed: read those in the person's reach anew."""
        if "publisher" in event:
            self.notice_gap(event)
        self.outbox.want_alarms()

    async def live_heartbeat(self, event: dict[str, Any]) -> None:
        """The publisher is there; its number tells whether something was lost on the way."""
        self.notice_gap(event)

    async def live_scope(self, event: dict[str, Any]) -> None:
        """Buses, devices or memberships have changed."""
        await self.reread_scope()
        self.outbox.want_snapshot()

    def notice_gap(self, event: dict[str, Any]) -> None:
        """Ask for a snapshot where a message of the same publisher and district is missing."""
        key = f"{event['publisher']}/{event['district']}"
        before = self.numbers.get(key)
        self.numbers[key] = event["number"]
        if before is not None and event["number"] != before + 1:
            log.info("live_gap", publisher=event["publisher"], missing=event["number"] - before - 1)
            self.outbox.want_snapshot()

    async def reread_scope(self) -> None:
        """Read anew which buses the person may see, and listen where they are."""
        buses = await database_sync_to_async(bus_ids_in_reach)(self.person)
        districts = await database_sync_to_async(districts_in_reach)(self.person)
        groups = {live_group(district) for district in districts}
        for group in groups - self.groups_joined:
            await self.channel_layer.group_add(group, self.channel_name)
        for group in self.groups_joined - groups:
            await self.channel_layer.group_discard(group, self.channel_name)
        self.groups_joined = groups
        if buses != self.buses:
            self.buses = buses
            self.outbox.want_snapshot()

    async def keep_sending(self) -> None:
        """Send what waits, a heartbeat when nothing does, and see now and then whether the person may stay."""
        checked_at = time.monotonic()
        try:
            while True:
                if time.monotonic() - checked_at >= CHECK_SCOPE_S:
                    if not await self.is_still_signed_in():
                        await self.close(SIGNED_OUT)
                        return
                    await self.reread_scope()
                    await self.send_alarms()
                    await self.tell_drivers()
                    checked_at = time.monotonic()
                if await self.outbox.wait(HEARTBEAT_S):
                    await self.send_waiting()
                else:
                    await self.send_message({"type": "heartbeat", "now": round(time.time() * 1000)})
        except TimeoutError:
            log.info("live_browser_too_slow", person=self.person.pk)
            await self.close()
        except OSError:
            log.debug("live_browser_gone", person=self.person.pk)
        except Exception as error:
            log.exception("live_sender_failed", error=repr(error))
            await self.close(FAILED)

    async def send_waiting(self) -> None:
        """Send a snapshot where one is wanted, and else what has changed."""
        if self.outbox.take_snapshot_wish():
            self.alarms_read_at = timezone.now()
            read = database_sync_to_async(snapshot)
            await self.send_message(await read(self.person, self.language, self.drivers))
        rows, wants_alarms = self.outbox.take()
        if rows:
            await self.send_message({"type": "delta", "now": round(time.time() * 1000), "rows": rows})
        if wants_alarms:
            await self.send_alarms()

    async def send_alarms(self) -> None:
        """Send the alarms in the person's reach that have changed since they were last read, each change once."""
        since, self.alarms_read_at = self.alarms_read_at - LONGEST_TRANSACTION, timezone.now()
        for alarm in await database_sync_to_async(alarms_changed)(self.person, self.language, since):
            if self.alarms_told.get(alarm["id"]) != alarm:
                await self.send_message({"type": "alarm", "alarm": alarm})
                self.alarms_told[alarm["id"]] = alarm
        while len(self.alarms_told) > MOST_TOLD:
            del self.alarms_told[next(iter(self.alarms_told))]

    async def tell_drivers(self) -> None:
        """Send who drives which bus, where that has changed: trips are let go and closed all the time."""
        if changed := await database_sync_to_async(self.drivers.read_changes)():
            await self.send_message({"type": "drivers", "drivers": changed})

    async def send_message(self, message: dict[str, Any]) -> None:
        """Send one message.

        Raises:
            TimeoutError: the browser has not taken it for too long.
        """
        async with asyncio.timeout(SLOWEST_SEND_S):
            await self.send(text_data=encode(message).decode())

    async def is_still_signed_in(self) -> bool:
        """Whether the session still stands for the same active person."""
        store = import_module(settings.SESSION_ENGINE).SessionStore
        person = await get_user({"session": store(self.scope["session"].session_key)})
        return bool(person.is_authenticated and person.pk == self.person.pk)

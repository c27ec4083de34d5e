"""A browser's end of the live WebSocket. (`channels.testing` would do, but its import needs Daphne.)"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from asgiref.testing import ApplicationCommunicator
from django.test import Client

from web.asgi import application

PATIENCE_S = 20


class Screen:
    """What a browser hears, and whether it was let in."""

    def __init__(self, socket: ApplicationCommunicator) -> None:
        self._socket = socket

    async def hears(self) -> dict[str, Any]:
        """The next event, as the ASGI server sees it."""
        event: dict[str, Any] = await self._socket.receive_output(PATIENCE_S)
        return event

    async def next(self, kind: str) -> dict[str, Any]:
        """The next message, which must be of that kind; the heartbeats of a quiet line are skipped."""
        while (message := json.loads((await self.hears())["text"]))["type"] == "heartbeat" != kind:
            pass
        assert message["type"] == kind
        return dict(message)

    async def closing_code(self) -> int:
        """The code with which the line is closed, whatever comes before."""
        while (event := await self.hears())["type"] != "websocket.close":
            pass
        return int(event["code"])


@asynccontextmanager
async def connecting(
    client: Client | None = None, query: str = "", origin: str = "http://localhost"
) -> AsyncIterator[Screen]:
    """Ask for the live WebSocket, with the cookies of `client`; leave it when the block ends."""
    cookies = client.cookies.output(attrs=[], header="", sep=";").strip() if client else ""
    headers = [(b"origin", origin.encode()), (b"cookie", cookies.encode())]
    scope = {
        "type": "websocket",
        "path": "/ws/live/",
        "query_string": query.encode(),
        "headers": headers,
        "subprotocols": [],
    }
    socket = ApplicationCommunicator(application, scope)
    await socket.send_input({"type": "websocket.connect"})
    yield Screen(socket)
    await socket.send_input({"type": "websocket.disconnect", "code": 1000})
    await socket.wait(PATIENCE_S)


@asynccontextmanager
async def watching(client: Client, query: str = "") -> AsyncIterator[Screen]:
    """The same, once the browser has been let in."""
    async with connecting(client, query) as screen:
        assert (await screen.hears())["type"] == "websocket.accept"
        yield screen

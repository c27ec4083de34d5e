"""The floor of the live benchmark: what Redis and WebSockets alone take to carry such messages."""

import asyncio
import time

import redis.asyncio
from redis.asyncio.client import PubSub
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import Server, ServerConnection, broadcast, serve

CHANNEL = "bench.floor"
MESSAGES = 100
INTERVAL_S = 0.1
ROW = b"[1234,1790000000000,121.1234567,31.1234567,10.21,90.1,1790000000000,1],"


async def relay_delays_ms(redis_url: str, clients: int, rows: int) -> list[float]:
    """Milliseconds from publishing in Redis, through a bare subscriber and a bare WebSocket, to each client.

    Args:
        redis_url: the server.
        clients: how many WebSockets.
        rows: how many bus rows make up a message.
    """
    filling = ROW * rows
    server = redis.asyncio.from_url(redis_url)
    async with server, server.pubsub() as subscription, serve(_stay_open, "127.0.0.1", 0) as sockets:
        await subscription.subscribe(CHANNEL)
        relaying = asyncio.create_task(_relay(subscription, sockets))
        address = f"ws://127.0.0.1:{sockets.sockets[0].getsockname()[1]}"
        browsers = [await connect(address) for _ in range(clients)]
        listening = [asyncio.create_task(_listen(browser)) for browser in browsers]
        for _ in range(MESSAGES):
            await server.publish(CHANNEL, b"%.6f %b" % (time.time(), filling))
            await asyncio.sleep(INTERVAL_S)
        delays_ms = [delay_ms for heard in await asyncio.gather(*listening) for delay_ms in heard]
        relaying.cancel()
        return delays_ms


async def _stay_open(connection: ServerConnection) -> None:
    await connection.wait_closed()


async def _relay(subscription: PubSub, sockets: Server) -> None:
    async for message in subscription.listen():
        if message["type"] == "message":
            broadcast(sockets.connections, message["data"])


async def _listen(browser: ClientConnection) -> list[float]:
    delays_ms = []
    async with browser:
        for _ in range(MESSAGES):
            message = await browser.recv(decode=False)
            delays_ms.append((time.time() - float(message.split(b" ", 1)[0])) * 1000)
    return delays_ms

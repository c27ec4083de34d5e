"""Waiting for what other tasks and the kernel bring about."""

import asyncio
from collections.abc import Callable

PATIENCE_S = 20.0


async def eventually(happened: Callable[[], object]) -> None:
    """Wait until `happened()` is true; a test that waits in vain fails by TimeoutError."""
    async with asyncio.timeout(PATIENCE_S):
        while not happened():  # noqa: ASYNC110 - sockets of the code under test have no event to wait for
            await asyncio.sleep(0.01)

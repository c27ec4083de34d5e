"""How many polls of families a second one web process answers: ``script/bench parents [--seconds N]``.

Families whose bus is on its way, each signed in with a session of its own and a connection that stays open, poll
`/family/now.json` as fast as they are answered, holding the newest entity tag. One uvicorn worker answers; nothing
changes meanwhile, but every session is still sent to the database each half minute, as always.

* `polls_per_s`: answers a second, 304 all but those;
* `p50_ms`, `p99_ms`: from a request to its answer, with as many requests under way as there are connections;
* `server_ms`: the server's time for a poll: processor time of the worker, divided by the polls;
* `floor_polls_per_s`: the same from a bare ASGI application that answers 304 to everything.

The last line is JSON.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.stage import Process, Stage, free_port, started

FAMILIES = 100
WARM_UP_S = 3.0
"""Each gets its first answer, whole, in this time."""
PATH = "/family/now.json"


@dataclass
class Poller:
    """One family's browser.

    Attributes:
        session: its session's key.
        tag: the newest entity tag that it was given.
        took_s: from each request to its answer.
        whole: how many answers were no 304.
    """

    session: str
    tag: str = '""'
    took_s: list[float] = field(default_factory=list)
    whole: int = 0

    async def poll(self, port: int, until: float) -> None:
        """Poll over one connection until a moment of the monotonic clock."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (began := time.perf_counter()) < until:
            writer.write(
                f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\nCookie: sessionid={self.session}\r\n"
                f"If-None-Match: {self.tag}\r\n\r\n".encode("ascii")
            )
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.took_s.append(time.perf_counter() - began)
            if not head.startswith("HTTP/1.1 304"):
                await self._take(head, reader)
        writer.close()
        await writer.wait_closed()

    async def _take(self, head: str, reader: asyncio.StreamReader) -> None:
        lines = head.split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        await reader.readexactly(int(fields["content-length"]))
        if " 200 " not in lines[0]:
            raise RuntimeError(lines[0])
        self.tag = fields["etag"]
        self.whole += 1


def main() -> None:
    """Run the benchmark as the command line asks."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    bare_server = floor()
    try:
        floor_rate = measured(bare_server, [Poller("-") for _ in range(FAMILIES)], options.seconds)
    finally:
        bare_server.stop()
    print(f"floor: {floor_rate:,.0f} polls/s by a bare ASGI application", flush=True)
    with Stage() as stage:
        sessions = families(FAMILIES)
        with stage.web() as web:
            pollers = [Poller(one) for one in sessions]
            asyncio.run(poll_all(pollers, web.port, WARM_UP_S))
            worked_s = processor_s(web)
            rate = measured(web, pollers, options.seconds)
            worked_s = processor_s(web) - worked_s
    took_ms = sorted(1000 * one for poller in pollers for one in poller.took_s)
    whole = sum(poller.whole for poller in pollers)
    print(f"{rate:,.0f} polls/s, {whole} of {len(took_ms)} answered whole; {len(sessions)} connections")
    figures = {
        "polls_per_s": round(rate),
        "p50_ms": round(statistics.median(took_ms), 2),
        "p99_ms": round(took_ms[len(took_ms) * 99 // 100], 2),
        "server_ms": round(1000 * worked_s / len(took_ms), 3),
        "whole_answers": whole,
        "families": len(sessions),
        "floor_polls_per_s": round(floor_rate),
    }
    print(json.dumps(figures))


def measured(server: Process, pollers: list[Poller], seconds: float) -> float:
    """Answers a second of a server."""
    for one in pollers:
        one.took_s, one.whole = [], 0
    began = time.perf_counter()
    asyncio.run(poll_all(pollers, server.port, seconds))
    return sum(len(one.took_s) for one in pollers) / (time.perf_counter() - began)


async def poll_all(pollers: list[Poller], port: int, seconds: float) -> None:
    """All poll at once."""
    until = time.perf_counter() + seconds
    await asyncio.gather(*(one.poll(port, until) for one in pollers))


def floor() -> Process:
    """A bare ASGI application in a process of its own, of the same server and settings."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "tests.benchmarks.parents:bare", "--port", str(port)]
    return started([*command, "--lifespan", "off", "--log-level", "warning"], dict(os.environ), port)


async def bare(scope: dict[str, object], receive: object, send) -> None:
    """Answers 304 to everything."""
    await send({"type": "http.response.start", "status": 304, "headers": [(b"etag", b'""')]})
    await send({"type": "http.response.body", "body": b""})


def processor_s(process: Process) -> float:
    """Processor time that a process has used, seconds."""
    fields = Path(f"/proc/{process.process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def families(number: int) -> list[str]:
    """So many families of one bus that is on its way; the keys of their sessions."""
    from django.conf import settings
    from django.test import Client

    from fleet.people.models import User
    from fleet.pupils.models import Guardianship, StopAssignment
    from tests.parent.builders import ALL_WEEK, OWN_STOP, running_family
    from tests.pupils.builders import pupil
    from tests.routes.builders import LONG_AGO

    first = running_family()
    stop = first.line.pattern.pattern_stops.get(order=OWN_STOP).stop
    keys = []
    for one in range(number):
        guardian = User.objects.create_user(f"guardian{one}")
        child = pupil(first.line.where)
        Guardianship.objects.create(pupil=child, guardian=guardian)
        StopAssignment.objects.create(
            pupil=child, pattern=first.line.pattern, stop=stop, weekdays=ALL_WEEK, valid_from=LONG_AGO
        )
        browser = Client()
        browser.force_login(guardian)
        keys.append(browser.cookies[settings.SESSION_COOKIE_NAME].value)
    return keys


if __name__ == "__main__":
    main()

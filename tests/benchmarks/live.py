"""How soon a report is on screens: ``script/bench live [--seconds N]``.

A gateway process, a web process and Redis between them; 1,000 buses that report once a second; 10 WebSockets, each
signed in as a coordinator who may see every bus. Fifty of the buses are probes: their event time is the millisecond
at which their report is written to the socket.

* `p50_ms`, `p95_ms`, `p99_ms`: from that write to the WebSocket frame that shows this report, or a newer one of the
  same bus (a bus is shown once a second, so a report can be overtaken), over all probes' reports and all sockets;
* `chromium_p95_ms`, `chromium_drawn_p95_ms`: then a headless Chromium opens the live page as the eleventh; the same
  to its script, and to the start of the picture after the one in which it draws the report. It draws in software
  and on the cores of the servers, so it has a stretch of its own;
* `page_delta_ms`: main-thread time that the page takes for a delta of 10,000 buses, median; the servers have ended;
* the floor: Redis publish, a bare subscriber that hands messages of the same size to 10 bare WebSockets.

The last line is JSON.
"""

import argparse
import asyncio
import json
import os
import statistics
import threading
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from websockets.asyncio.client import connect
from websockets.typing import Origin

from tests.benchmarks.ingest import load
from tests.benchmarks.relay import relay_delays_ms
from tests.benchmarks.stage import Process, Stage

BUSES, PROBES, SOCKETS = 1_000, 50, 10
ROWS_IN_A_MESSAGE = BUSES // 10
WARM_UP_S = 5.0
LAST_FRAMES_S = 3.0
OPENING_S = 60.0
"""Longest that Chromium may take to open the page."""
DELTA_BUSES, DELTAS = 10_000, 15
HEAR = """
window.heard = [];
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => {
      const arrived = Date.now();
      requestAnimationFrame(() => requestAnimationFrame(() => heard.push([arrived, Date.now(), data])));
    });
  }
};
"""

Heard = list[tuple[float, bytes | str]]
"""Messages with the time at which they arrived or were drawn, ms since 1970."""


def main() -> None:
    """Run the benchmark as the command line asks."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    floor_ms = asyncio.run(relay_delays_ms(os.environ["REDIS_URL"], SOCKETS, ROWS_IN_A_MESSAGE))
    print(f"floor: {described(floor_ms)} by Redis and {SOCKETS} WebSockets alone", flush=True)
    with Stage() as stage:
        stage.add_buses(BUSES - PROBES)
        stage.add_buses(PROBES, prefix="probe")
        cookie = stage.sign_in_coordinator()
        with stage.gateway() as gateway, stage.web() as web:
            run = Run(stage, gateway, web, cookie, options.seconds)
            asyncio.run(run.play())
        sockets_ms = [delay for heard in run.sockets for delay in run.delays_ms(heard, run.alone)]
        page_ms, drawn_ms = (run.delays_ms(heard, run.with_chromium) for heard in (run.page, run.drawn))
    print(f"{run.rate:,.0f} reports/s stored")
    print(
        f"{SOCKETS} sockets: {described(sockets_ms)} from socket to frame; {run.resyncs} resynchronisations"
    )
    print(f"Chromium: {described(page_ms)} from socket to the page's script")
    print(f"Chromium: {described(drawn_ms)} from socket to drawing", flush=True)
    delta_ms = page_delta_ms()
    print(
        f"page: {statistics.median(delta_ms):.1f} ms for {DELTA_BUSES:,} buses, at most {max(delta_ms):.1f} ms"
    )
    figures = {
        "p50_ms": percentile(sockets_ms, 50),
        "p95_ms": percentile(sockets_ms, 95),
        "p99_ms": percentile(sockets_ms, 99),
        "floor_p50_ms": percentile(floor_ms, 50),
        "floor_p95_ms": percentile(floor_ms, 95),
        "chromium_p95_ms": percentile(page_ms, 95),
        "chromium_drawn_p95_ms": percentile(drawn_ms, 95),
        "page_delta_ms": round(statistics.median(delta_ms), 2),
        "page_delta_max_ms": round(max(delta_ms), 2),
        "browsers": SOCKETS,
        "reports_per_s": round(run.rate),
    }
    print(json.dumps(figures))


class Run:
    """The measured time: who sends, who listens, and what was sent and heard.

    Attributes:
        sent: (bus id, event time in ms) of each probe's report.
        sockets: what each WebSocket heard.
        page: what the page in Chromium heard.
        drawn: the same, with the time at which it was drawn.
        alone: the stretch of time without Chromium, from and to, ms since 1970.
        with_chromium: the stretch with it.
        rate: reports a second that were stored in the first stretch.
    """

    def __init__(self, stage: Stage, gateway: Process, web: Process, cookie: str, seconds: float) -> None:
        self._stage, self._gateway, self._web, self._cookie, self._seconds = (
            stage, gateway, web, cookie, seconds,
        )  # fmt: skip
        self._probes = stage.bus_ids(prefix="probe")
        self.sent: list[tuple[int, int]] = []
        self.sockets: list[Heard] = [[] for _ in range(SOCKETS)]
        self.page: Heard = []
        self.drawn: Heard = []
        self.alone = self.with_chromium = (0.0, 0.0)
        self.rate = 0.0

    @property
    def resyncs(self) -> int:
        """Snapshots beyond the first of each WebSocket: each is a message that Redis lost."""
        return sum(b'"snapshot"' in text[:40] for heard in self.sockets for _, text in heard) - SOCKETS

    async def play(self) -> None:
        """Let all of it run."""
        listening = [asyncio.create_task(self._listen(heard)) for heard in self.sockets]
        loading = load(self._gateway.port, BUSES - PROBES, str(BUSES - PROBES), 2 * self._seconds + OPENING_S)
        await asyncio.to_thread(self._stage.wait_for_first)
        reporting = [asyncio.create_task(self._report(turn)) for turn in range(PROBES)]
        await asyncio.sleep(WARM_UP_S)
        before = await asyncio.to_thread(self._stage.stored)
        self.alone = await self._stretch()
        self.rate = (await asyncio.to_thread(self._stage.stored) - before) / self._seconds
        is_open, is_over = threading.Event(), threading.Event()
        watching = asyncio.create_task(asyncio.to_thread(self._watch_page, is_open, is_over))
        await asyncio.to_thread(is_open.wait, OPENING_S)
        await asyncio.sleep(WARM_UP_S)
        self.with_chromium = await self._stretch()
        await asyncio.sleep(LAST_FRAMES_S)
        is_over.set()
        await watching
        await ended([*reporting, *listening])
        loading.terminate()
        loading.wait()

    async def _stretch(self) -> tuple[float, float]:
        since_ms = time.time() * 1000
        await asyncio.sleep(self._seconds)
        return since_ms, time.time() * 1000

    def delays_ms(self, heard: Heard, stretch: tuple[float, float]) -> list[float]:
        """For each report that a probe made in the stretch, the time until this listener was shown it or a newer one.

        Raises:
            AssertionError: one was never shown.
        """
        shown: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for at_ms, text in heard:
            message = msgspec.json.decode(text)
            if message["type"] == "delta":
                for bus, time_ms, *_ in message["rows"]:
                    shown[bus].append((time_ms, at_ms))
        delays_ms = []
        for bus, time_ms in self.sent:
            if not stretch[0] <= time_ms < stretch[1]:
                continue
            first = bisect_left(shown[bus], (time_ms, 0.0))
            assert first < len(shown[bus]), f"bus {bus}'s report of {time_ms} was never shown"
            delays_ms.append(shown[bus][first][1] - time_ms)
        return delays_ms

    async def _report(self, turn: int) -> None:
        """One probe: a report a second, each of the millisecond at which it is written."""
        _, link = await asyncio.open_connection("127.0.0.1", self._gateway.port)
        link.write(f"IMEI probe{turn:06d}\r\n".encode())
        due = time.monotonic() + turn / PROBES
        for number in range(10_000):
            await asyncio.sleep(due + number - time.monotonic())
            time_ms = time.time_ns() // 1_000_000
            link.write(self._stage.burst(datetime.fromtimestamp(time_ms / 1000, UTC), number))
            self.sent.append((self._probes[turn], time_ms))

    async def _listen(self, heard: Heard) -> None:
        """One WebSocket, as a browser opens it; messages are read later, so that reading them costs no time now."""
        address = f"127.0.0.1:{self._web.port}"
        headers = {"Cookie": f"sessionid={self._cookie}"}
        async with connect(
            f"ws://{address}/ws/live/",
            origin=Origin(f"http://{address}"),
            additional_headers=headers,
            max_size=None,
        ) as link:
            while True:
                text = await link.recv(decode=False)
                heard.append((time.time() * 1000, text))

    def _watch_page(self, is_open: threading.Event, over: threading.Event) -> None:
        """Keep the live page open in Chromium."""
        from tests.frontend.harness.browser import chromium, wait_until

        address = f"http://127.0.0.1:{self._web.port}"
        with chromium() as browser:
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            context.add_cookies([{"name": "sessionid", "value": self._cookie, "url": address}])
            context.add_init_script(HEAR)
            page = context.new_page()
            page.goto(address)
            wait_until(page, f"window.schoolrun?.stats().buses === {BUSES}", what="the snapshot")
            is_open.set()
            while not over.is_set():
                page.wait_for_timeout(200)
            for arrived_ms, drawn_ms, text in page.evaluate("heard"):
                self.page.append((arrived_ms, text))
                self.drawn.append((drawn_ms, text))


async def ended(tasks: Sequence["asyncio.Task[Any]"]) -> None:
    """Cancel tasks that never end by themselves, and raise what made one end nevertheless."""
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if not isinstance(result, asyncio.CancelledError):
            raise result


def page_delta_ms() -> list[float]:
    """Main-thread milliseconds of each of some deltas of every bus."""
    from tests.frontend.harness.measure import delta_times_ms

    return delta_times_ms(DELTA_BUSES, DELTAS)


def percentile(values: Sequence[float], number: int) -> float:
    """The value below which `number` per cent of them lie."""
    return round(statistics.quantiles(values, n=100)[number - 1], 1)


def described(delays_ms: Sequence[float]) -> str:
    """Delays in words."""
    return (
        f"median {percentile(delays_ms, 50)} ms, p95 {percentile(delays_ms, 95)} ms,"
        f" p99 {percentile(delays_ms, 99)} ms"
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
    main()

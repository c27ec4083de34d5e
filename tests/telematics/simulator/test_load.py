"""The benchmarks' load: distinct reports, all of them delivered."""

import asyncio
import contextlib
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pynmea2
import pytest

from telematics.geometry import distance_m
from telematics.simulator.load import device_id, make_streams, send_load
from tests.telematics.simulator.eventually import eventually

START = datetime(2026, 9, 1, 23, 59, 50, tzinfo=UTC)


def test_streams_have_their_own_names_and_each_report_its_own_time() -> None:
    streams = make_streams(3, 40, START, period_s=0.25, reports_per_chunk=8)
    assert [stream.device_id for stream in streams] == [device_id(0), device_id(1), device_id(2)]
    for stream in streams:
        assert len(stream.chunks) == 5
        lines = b"".join(stream.chunks).decode().splitlines()
        parsed = [pynmea2.parse(line, check=True) for line in lines]
        times = [sentence.datetime for sentence in parsed if sentence.sentence_type == "RMC"]
        assert times == [START + timedelta(seconds=0.25 * number) for number in range(40)]


def test_streams_drive_as_fast_as_they_say_and_a_few_speed() -> None:
    streams = make_streams(50, 20, START)
    speeds: Counter[int] = Counter()
    for stream in streams:
        reports = [pynmea2.parse(line) for line in b"".join(stream.chunks).decode().splitlines()[::2]]
        hop = distance_m(reports[0].latitude, reports[0].longitude, reports[1].latitude, reports[1].longitude)
        assert hop == pytest.approx(reports[0].spd_over_grnd * 0.514444, rel=0.02)
        speeds[round(reports[0].spd_over_grnd * 1.852)] += 1
    assert speeds == {36: 49, 72: 1}


class Counting:
    """A server that counts what reaches it."""

    def __init__(self) -> None:
        self.reports: Counter[str] = Counter()
        self.close_after: int | None = None

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        name = (await reader.readline()).decode().strip()
        with contextlib.suppress(OSError):
            while line := await reader.readline():
                self.reports[name] += line.startswith(b"$GNRMC")
                if self.close_after is not None and self.reports[name] >= self.close_after:
                    break
        writer.close()


@pytest.fixture
async def counting() -> AsyncIterator[tuple[Counting, int]]:
    counter = Counting()
    server = await asyncio.start_server(counter.take, "127.0.0.1", 0)
    yield counter, server.sockets[0].getsockname()[1]
    server.close()


async def test_everything_is_delivered_though_the_server_is_slower(counting: tuple[Counting, int]) -> None:
    counter, port = counting
    streams = make_streams(5, 1003, START, reports_per_chunk=8)
    result = await send_load("127.0.0.1", port, streams, rate=None, seconds=60)
    assert result["sent_reports"] == 5 * 1003
    assert result["lost_connections"] == 0
    await eventually(lambda: counter.reports.total() == 5 * 1003)
    assert set(counter.reports.values()) == {1003}


async def test_paced_load_keeps_its_rate(counting: tuple[Counting, int]) -> None:
    _, port = counting
    result = await send_load("127.0.0.1", port, make_streams(4, 500, START), rate=400, seconds=1.0)
    assert 0 < result["sent_reports"] <= 400


async def test_connections_that_the_server_closes_are_told(counting: tuple[Counting, int]) -> None:
    counter, port = counting
    counter.close_after = 10
    result = await send_load("127.0.0.1", port, make_streams(3, 50_000, START), rate=None, seconds=30)
    assert result["lost_connections"] == 3


async def test_the_process_prints_one_line_of_json(counting: tuple[Counting, int]) -> None:
    counter, port = counting
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "telematics.simulator.load",
        "--port", str(port), "--connections", "4", "--rate", "200", "--seconds", "1",
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    printed, _ = await process.communicate()
    result = json.loads(printed)
    assert process.returncode == 0
    assert printed.count(b"\n") == 1
    assert result["connections"] == 4
    await eventually(lambda: counter.reports.total() == result["sent_reports"])
    assert result["sent_reports"] > 0

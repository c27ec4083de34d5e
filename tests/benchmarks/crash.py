"""What a crash costs: ``script/bench crash [--kills N]``.

Buses report over TCP, and gateway and PostgreSQL are killed by turns (SIGKILL), each time at a random moment. NMEA
knows no acknowledgement, so a report counts as acknowledged when it was seen stored before a kill. A bus whose
link breaks connects again and goes on with its next report; what was under way is missing until, at the end,
every bus sends all its reports again, from the first one.

* `acknowledged`: reports, by device, time and digest, that were seen stored before any kill;
* `lost`: those of them that were missing after a kill, or at the end;
* `duplicated`: rows, after everything was sent again, beyond one for each device and time (a bus reports once a
  second); `unexpected`: rows of no report; `missing`: reports without a row;
* `differing`: buses whose rows, verdicts, findings, last position or rules' state are not those of a twin that sent
  the same once, undisturbed, or whose saved state is not what its stored reports rebuild;
* `recovery_gateway_s`, `recovery_postgres_s`: from the kill until new reports are stored, median;
* the floors: how long a gateway takes to listen, and a killed PostgreSQL to answer, without any load.

The last line is JSON.
"""

import argparse
import json
import os
import random
import signal
import statistics
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import connection

from tests.benchmarks.buses import Buses, make_buses, renamed
from tests.benchmarks.ledger import (
    Key,
    account,
    await_rows_at,
    device_ids,
    expected_keys,
    is_as_rebuilt,
    stored_count,
    stored_keys,
)
from tests.benchmarks.stage import Process, Stage, free_port

BUSES = 200
REPORTS_PER_S = 1_500
REPORTS_EACH = 1_000
PAUSE_S = (0.3, 2.5)
"""Shortest and longest time from recovery to the next kill."""


def main() -> None:
    """Run the benchmark as the command line asks."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with Stage() as stage:
        stage.add_buses(BUSES)
        stage.add_buses(BUSES, prefix="twin")
        floor_gateway_s, floor_postgres_s = floors_s(stage)
        print(
            f"floor: gateway {floor_gateway_s:.2f} s, PostgreSQL {floor_postgres_s:.2f} s without load",
            flush=True,
        )
        with Trial(stage, random.Random(options.seed)) as trial:
            figures = trial.kill(options.kills) | trial.compare()
    floors = {"floor_gateway_s": round(floor_gateway_s, 2), "floor_postgres_s": round(floor_postgres_s, 2)}
    print(json.dumps(figures | floors))


def floors_s(stage: Stage) -> tuple[float, float]:
    """Seconds that a gateway takes to listen, and a killed PostgreSQL to answer, without load."""
    begun_s = time.perf_counter()
    with stage.gateway():
        gateway_s = time.perf_counter() - begun_s
    begun_s = time.perf_counter()
    kill_postgres()
    stored_count(range(1))
    return gateway_s, time.perf_counter() - begun_s


class Trial:
    """Buses and a gateway, and what happens to them."""

    def __init__(self, stage: Stage, chance: random.Random) -> None:
        self._stage = stage
        self._chance = chance
        self._port = free_port()
        start = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=2 * REPORTS_EACH)
        self._last = start + timedelta(seconds=REPORTS_EACH - 1)
        self._streams = make_buses(BUSES, REPORTS_EACH, start)
        self._devices = device_ids("load")
        self._acknowledged: set[Key] = set()
        self._lost: set[Key] = set()

    def __enter__(self) -> "Trial":
        self._gateway: Process = self._stage.start_gateway(self._port)
        return self

    def __exit__(self, *exc: object) -> None:
        self._gateway.stop()

    def kill(self, kills: int) -> dict[str, object]:
        """Kill gateway and PostgreSQL by turns while buses report, and look each time at what was stored before."""
        recoveries_s: dict[str, list[float]] = {"gateway": [], "PostgreSQL": []}
        with Buses(self._streams, self._port, REPORTS_PER_S) as buses:
            self._await_more_than(0, buses)
            for turn in range(kills):
                time.sleep(self._chance.uniform(*PAUSE_S))
                name = ("gateway", "PostgreSQL")[turn % 2]
                seen = set(stored_keys(self._devices))
                killed_s = time.perf_counter()
                self._kill(name)
                found = set(stored_keys(self._devices))
                self._await_more_than(len(found), buses)
                recovery_s = time.perf_counter() - killed_s
                recoveries_s[name].append(recovery_s)
                self._acknowledged |= seen
                self._lost |= seen - found
                print(
                    f"kill {turn + 1} ({name}): {len(seen):,} reports seen, {len(seen - found)} of them lost;"
                    f" {recovery_s:.2f} s until new ones are stored",
                    flush=True,
                )
        print(f"{buses.sent:,} reports sent over {buses.links:,} links; now all again", flush=True)
        return {
            "kills": kills,
            "recovery_gateway_s": round(statistics.median(recoveries_s["gateway"]), 2),
            "recovery_postgres_s": round(statistics.median(recoveries_s["PostgreSQL"]), 2),
        }

    def compare(self) -> dict[str, object]:
        """Send everything again, and once more from undisturbed twins; then look at every row and state."""
        self._send_all("load")
        self._send_all("twin")
        self._gateway.stop()
        stored = stored_keys(self._devices)
        expected = expected_keys(self._streams, self._devices)
        self._lost |= self._acknowledged - set(stored)
        accounts = [account(device) for device in self._devices]
        differing = [
            stream.device_id
            for stream, ours, twin in zip(self._streams, accounts, device_ids("twin"), strict=True)
            if ours != account(twin) or not is_as_rebuilt(stream.device_id)
        ]
        return {
            "acknowledged": len(self._acknowledged),
            "lost": len(self._lost),
            "sent": len(expected),
            "missing": len(expected - set(stored)),
            "duplicated": len(stored) - len({(device, moment) for device, moment, _ in stored}),
            "unexpected": len(set(stored) - expected),
            "findings": sum(len(findings) for _, findings, _ in accounts),
            "differing": len(differing),
        }

    def _kill(self, name: str) -> None:
        if name == "gateway":
            self._gateway.kill()
            self._gateway = self._stage.start_gateway(self._port)
        else:
            kill_postgres()

    def _send_all(self, prefix: str) -> None:
        with Buses([renamed(stream, prefix) for stream in self._streams], self._port, None) as buses:
            buses.join()
        await_rows_at(self._last, device_ids(prefix))

    def _await_more_than(self, count: int, buses: Buses) -> None:
        while stored_count(self._devices) <= count:
            if not buses.are_reporting:
                raise RuntimeError("the buses have nothing more to report")
            time.sleep(0.02)


def kill_postgres() -> None:
    """Kill the first process of PostgreSQL, on which the others end; `script/with-servers` starts it again."""
    postmaster = (Path(os.environ["PGDATA"]) / "postmaster.pid").read_text("ascii").splitlines()[0]
    os.kill(int(postmaster), signal.SIGKILL)
    connection.close()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
    main()

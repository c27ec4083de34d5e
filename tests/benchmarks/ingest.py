"""How fast reports are stored: ``script/bench ingest [--seconds N] [--connections N] [--sqlite]``.

A gateway process takes RMC and GGA over TCP from many connections, decodes them, runs the rules, stores fixes,
last positions and findings, and publishes; the load generator runs beside it on the same cores.

* flood: as much as the gateway takes, for `reports_per_s`;
* paced: 7,000 a second (SpatiaLite: 2,000), with a probe that times its own reports from socket to committed
  row, for `p99_ms`;
* crowd: 10,000 devices connected, for `rss_mb` of the gateway;
* the floor: the same rows into the same table by ``INSERT … SELECT unnest()`` (SpatiaLite: ``executemany``) in
  transactions of 1,000, and nothing else, for `floor_per_s`.

The last line is JSON.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

from tests.benchmarks.stage import Process, Stage

FLOOR_BATCH = 1_000
SETTLE_S = 3.0
"""From the first report of a load until it is measured: receivers' cycles are learned by then."""
PROBE_EVERY_S = 0.05
LOOK_EVERY_S = 0.005


def main() -> None:
    """Run the benchmark as the command line asks."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--connections", type=int, default=1_000)
    parser.add_argument("--crowd", type=int, default=10_000)
    parser.add_argument("--sqlite", action="store_true", help="measure SpatiaLite, not PostGIS")
    options = parser.parse_args()
    with Stage(sqlite=options.sqlite) as stage:
        stage.add_buses(options.connections)
        floor = measure_floor(options.connections)
        print(f"floor: {floor:,.0f} rows/s by INSERT alone", flush=True)
        with stage.gateway() as gateway:
            rate = flood(stage, gateway.port, options.connections, options.seconds)
            print(f"flood: {rate:,.0f} reports/s stored from {options.connections:,} connections", flush=True)
            pace = 2_000 if options.sqlite else 7_000
            delays_ms = paced(stage, gateway.port, options.connections, pace, options.seconds)
            p99_ms = statistics.quantiles(delays_ms, n=100)[98]
            print(f"paced at {pace:,}/s: socket to row, median {statistics.median(delays_ms):.0f} ms,"
                  f" p99 {p99_ms:.0f} ms", flush=True)  # fmt: skip
        stage.add_buses(options.crowd)
        with stage.gateway() as gateway:
            rss_mb = crowd(stage, gateway, options.crowd)
            print(f"crowd: {rss_mb:.0f} MB with {options.crowd:,} devices connected", flush=True)
    figures = {
        "database": "spatialite" if options.sqlite else "postgis",
        "reports_per_s": round(rate),
        "floor_per_s": round(floor),
        "ratio_to_floor": round(rate / floor, 3),
        "rss_mb": round(rss_mb, 1),
        "p99_ms": round(p99_ms, 1),
    }
    print(json.dumps(figures))


def load(port: int, connections: int, rate: str, seconds: float) -> "subprocess.Popen[bytes]":
    """Start the load generator."""
    command = [sys.executable, "-m", "telematics.simulator.load", "--port", str(port), "--rate", rate]
    command += ["--connections", str(connections), "--seconds", str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def flood(stage: Stage, port: int, connections: int, seconds: float) -> float:
    """Reports stored a second while more is sent than is taken: from the first tenth to the last tenth of them."""
    process = load(port, connections, "max", seconds)
    before = stage.stored()
    samples = [(time.perf_counter(), before)]
    while process.poll() is None or samples[-1][1] == before or samples[-1][1] > samples[-8][1]:
        time.sleep(0.25)
        samples.append((time.perf_counter(), stage.stored()))
    total = samples[-1][1] - before
    middle = [(at, count) for at, count in samples if 0.1 * total < count - before < 0.9 * total]
    (start, first), (end, last) = middle[0], middle[-1]
    return (last - first) / (end - start)


def paced(stage: Stage, port: int, connections: int, rate: int, seconds: float) -> list[float]:
    """Milliseconds from a probe's write to its committed row, beside a load of `rate` reports a second.

    The probe writes by the clock, whether its last report is stored or not: a slow spell counts as long as it lasts.
    """
    stage.add_buses(1, prefix="probe")
    before = stage.stored()
    process = load(port, connections, str(rate), SETTLE_S + seconds)
    while stage.stored() == before:
        time.sleep(0.1)
    time.sleep(SETTLE_S)
    delays_ms = probe_delays_ms(stage, port, round(seconds / PROBE_EVERY_S))
    process.wait()
    stage.wait_until_quiet()
    return delays_ms


def probe_delays_ms(stage: Stage, port: int, reports: int) -> list[float]:
    """Send so many reports; milliseconds from the write of each to its committed row."""
    delays_ms: list[float] = []
    under_way: dict[datetime, float] = {}
    number, newest = 0, datetime.now(UTC) - timedelta(seconds=1)
    with socket.create_connection(("127.0.0.1", port)) as link:
        link.sendall(b"IMEI probe000000\r\n")
        begun_s = time.perf_counter()
        while len(delays_ms) < reports:
            now_s = time.perf_counter()
            if number < reports and now_s - begun_s >= number * PROBE_EVERY_S:
                now = datetime.now(UTC)
                moment = now.replace(microsecond=now.microsecond // 1000 * 1000)
                under_way[moment] = now_s
                link.sendall(stage.burst(moment, number))
                number += 1
            stored = stage.stored_since("probe000000", newest)
            delays_ms += [(time.perf_counter() - under_way[moment]) * 1000 for moment in stored]
            newest = max(stored, default=newest)
            time.sleep(LOOK_EVERY_S)
    return delays_ms


def crowd(stage: Stage, gateway: Process, devices: int) -> float:
    """Megabytes resident in the gateway with so many devices connected and heard."""
    process = load(gateway.port, devices, str(devices), 15)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, gateway.rss_mb())
        time.sleep(0.25)
    return peak


def measure_floor(devices: int) -> float:
    """Rows a second by INSERT alone: the same rows, the same table, the same indexes."""
    from tests.benchmarks.floor import insert_rows, make_rows

    rows = make_rows(devices, 60_000)
    return insert_rows(rows, FLOOR_BATCH)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
    main()

"""Measures the main-thread time the live page takes to apply a delta of every bus: `python -m … [buses] [deltas]`."""

import json
import statistics
import sys

from tests.frontend.harness.browser import chromium, wait_until
from tests.frontend.harness.district import FakeFleet
from tests.frontend.harness.server import stage


def delta_times_ms(buses: int, deltas: int) -> list[float]:
    """Main-thread milliseconds of each delta: stores, list, plates and the graphics buffer, but not the GPU."""
    fleet = FakeFleet(buses)
    with stage(buses=buses) as address, chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(address)
        wait_until(page, f"window.schoolrun?.stats().buses === {buses}", what="the snapshot")
        page.wait_for_timeout(2000)
        times = []
        for _ in range(deltas):
            message = json.dumps(fleet.delta(everybody=True))
            times.append(
                page.evaluate(
                    """async (text) => {
                        const frames = schoolrun.stats().frames;
                        schoolrun.applyMessage(JSON.parse(text));
                        while (schoolrun.stats().frames === frames) await new Promise(requestAnimationFrame);
                        return schoolrun.stats().lastApplyMs;
                    }""",
                    message,
                )
            )
            page.wait_for_timeout(300)
        return times


if __name__ == "__main__":
    counts = [int(word) for word in sys.argv[1:]]
    times = sorted(delta_times_ms(*(counts + [10_000, 40][len(counts) :])))
    figures = {
        "median_ms": round(statistics.median(times), 2),
        "p95_ms": round(times[int(len(times) * 0.95) - 1], 2),
        "worst_ms": round(times[-1], 2),
    }
    print(json.dumps(figures))

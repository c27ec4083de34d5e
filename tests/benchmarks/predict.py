"""How fast arrival times are predicted anew: ``script/bench predict``.

Fifty thousand buses have each sent a report, and every one has fifteen stops ahead. Predicted are, on one core,
the time that is said and the range of every stop of every bus.

* the floor: numpy over arrays of the same size: one subtraction, one exponential, and three interpolations;
* ours: `ArrivalModel.predict`, from expected seconds at bus and stops and the buses' signals.

The rounds alternate, so that both see the same machine; medians are given. The last line is JSON.
"""

import argparse
import json
import os
import statistics
import time

import numpy as np

from telematics.prediction.arrivals import KNOTS_S, ArrivalModel
from telematics.prediction.progress import Signals
from telematics.timetable import Numbers


def buses_under_way(buses: int, stops: int, seed: int = 1) -> tuple[Numbers, Numbers, Signals]:
    """Expected seconds from the line's start: at each bus, at its stops ahead; and what each bus shows."""
    chance = np.random.default_rng(seed)
    here = chance.uniform(0, 3600, (buses, 1))
    there = here + np.cumsum(chance.uniform(20, 180, (buses, stops)), axis=1)
    column = (buses, 1)
    signals = Signals(
        delay_s=chance.normal(60, 200, column),
        recent_s=chance.normal(0, 60, column),
        recent_expected_s=np.full(column, 300.0),
        long_s=chance.normal(0, 120, column),
        long_expected_s=np.full(column, 1200.0),
        hold_s=np.zeros(column),
        lately=chance.normal(0, 0.1, column),
    )
    return here, there, signals


def bare(here: Numbers, there: Numbers) -> float:
    """The floor; gives the seconds that it takes."""
    began = time.perf_counter()
    ahead = there - here
    np.exp(-ahead / 1500.0)
    for row in (KNOTS_S, 2 * KNOTS_S, 3 * KNOTS_S):
        np.interp(ahead, KNOTS_S, row)
    return time.perf_counter() - began


def ours(model: ArrivalModel, here: Numbers, there: Numbers, signals: Signals) -> float:
    """Seconds that the model takes."""
    began = time.perf_counter()
    said = model.predict(there - here, signals)
    took = time.perf_counter() - began
    if said.seconds.shape != there.shape or not np.all(said.lower_s <= said.upper_s):
        raise SystemExit("the predictions are not what they should be")
    return took


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(prog="script/bench predict", description="Arrival times, on one core.")
    parser.add_argument("--buses", type=int, default=50_000, help="buses (default: %(default)s)")
    parser.add_argument("--stops", type=int, default=15, help="stops ahead of each (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=7, help="times each is done (default: %(default)s)")
    options = parser.parse_args(arguments)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    here, there, signals = buses_under_way(options.buses, options.stops)
    model = ArrivalModel()
    floor, took = [], []
    for _ in range(options.rounds):
        floor.append(bare(here, there))
        took.append(ours(model, here, there, signals))
    floor_s, ours_s = statistics.median(floor), statistics.median(took)
    print(f"{options.buses:,} buses x {options.stops} stops, {options.rounds} rounds, one core")
    print(f"bare numpy    {floor_s * 1000:8.1f} ms")
    print(f"ArrivalModel  {ours_s * 1000:8.1f} ms")
    figures = {
        "seconds": round(ours_s, 4),
        "floor_s": round(floor_s, 4),
        "predictions_per_s": round(options.buses * options.stops / ours_s),
        "ratio_to_floor": round(ours_s / floor_s, 2),
    }
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

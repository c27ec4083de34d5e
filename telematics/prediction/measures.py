"""How good arrival predictions were: error by horizon, bands, range coverage, wobble, coverage of stops."""

from collections.abc import Iterable

import numpy as np

from telematics.prediction.replay import Forecast

LONGEST_S = 1800.0
BUCKETS_S = {
    "0-3": (0, 180),
    "3-6": (180, 360),
    "6-10": (360, 600),
    "10-15": (600, 900),
    "15-30": (900, 1800),
}
"""By how far away the bus really was; the far end belongs to a bucket, the near end to the one before."""
BANDS_S = {"0-3": (-30, 90), "3-6": (-60, 150), "6-10": (-60, 210), "10-15": (-90, 270)}
"""What the Transit ETA benchmark takes for accurate: seconds by which the bus may come earlier or later than said."""
Known = dict[tuple[str, str, str], dict[int, float]]


class Scores:
    """Predictions beside what happened.

    Args:
        passings: when each stop was passed, as `read_passings` gives it.
        after_s: only passings after this Unix time count.
    """

    def __init__(self, passings: Known, after_s: float) -> None:
        self._passings = passings
        self._after_s = after_s
        self._rows: list[tuple[float, float, float, float, float]] = []
        self._covered: set[tuple[tuple[str, str, str], int]] = set()
        self._last_said: dict[tuple[tuple[str, str, str], int], float] = {}
        self._wobbles_s: list[float] = []

    def add(self, forecasts: Iterable[Forecast]) -> None:
        """Hold each prediction against its arrival, where that is known and within half an hour."""
        for one in forecasts:
            report = one.matched.report
            trip = (*report.run, report.trip_id)
            known = self._passings.get(trip, {})
            said = zip(one.stops, one.said_s, one.lower_s, one.upper_s, one.baseline_s, strict=True)
            for stop, said_s, lower_s, upper_s, baseline_s in said:
                actual_s = known.get(int(stop), -np.inf) - report.time_s
                if not 0 < actual_s <= LONGEST_S:
                    continue
                self._rows.append((actual_s, said_s, lower_s, upper_s, baseline_s))
                key = (trip, int(stop))
                self._covered.add(key)
                clock_s = report.time_s + float(said_s)
                if key in self._last_said:
                    self._wobbles_s.append(abs(clock_s - self._last_said[key]))
                self._last_said[key] = clock_s

    def summary(self) -> dict[str, object]:
        """The figures; None where nothing could be measured."""
        rows = np.array(self._rows).reshape(-1, 5)
        actual, said, lower, upper, baseline = rows.T
        horizons, shares = {}, []
        for name, (near_s, far_s) in BUCKETS_S.items():
            here = (actual > near_s) & (actual <= far_s)
            late = actual[here] - said[here]
            horizons[name] = {
                "n": int(here.sum()),
                "mae_s": _mean(np.abs(late), 1),
                "bias_s": _mean(late, 1),
                "baseline_mae_s": _mean(np.abs(actual[here] - baseline[here]), 1),
            }
            if name in BANDS_S and here.any():
                early, later = BANDS_S[name]
                shares.append(float(((late >= early) & (late <= later)).mean()))
        expected = {
            (trip, stop)
            for trip, stops in self._passings.items()
            for stop, time_s in stops.items()
            if time_s > self._after_s
        }
        wobbles_s = np.array(self._wobbles_s)
        return {
            "horizons": horizons,
            "in_band": _mean(np.array(shares), 4),
            "range_coverage": _mean((actual >= lower) & (actual <= upper), 4),
            "wobble_min": _mean(wobbles_s / 60, 3),
            "stop_coverage": round(len(self._covered & expected) / len(expected), 4) if expected else None,
        }


def _mean(values: "np.ndarray[tuple[int], np.dtype[np.float64 | np.bool_]]", digits: int) -> float | None:
    return round(float(values.mean()), digits) if len(values) else None

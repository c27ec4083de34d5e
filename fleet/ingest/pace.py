"""How often a bus is shown: once a second in the long run, and at once while it keeps to that."""

INTERVAL_S = 0.95
"""A little less than a second, so that a bus that reports each second makes up for reports that came late."""
LEEWAY_S = 0.5
"""How much too early it may be, measured by the ones before: jitter of receivers, networks and of our own."""


class Pace:
    """The generic cell rate algorithm (ITU-T I.371) for each bus.

    A fixed pause after each showing would not do: a showing that was late would make the next one late as well,
    and a bus that reports each second would be shown up to a second after its reports.
    """

    def __init__(self) -> None:
        self._expected_at: dict[int, float] = {}

    def admits(self, bus: int, now: float) -> bool:
        """Whether a bus may be shown at `now`, seconds on any clock that only goes on."""
        return now >= self._expected_at.get(bus, now) - LEEWAY_S

    def shown(self, bus: int, now: float) -> None:
        """A bus is shown at `now`."""
        self._expected_at[bus] = max(now, self._expected_at.get(bus, now)) + INTERVAL_S

"""Which bus runs a trip that its own bus does not: the one whose reports follow the trip. Pure.

That the trip's driver has signed in on a bus speaks for it, and decides between two that follow alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

LEAST_STOPS = 2
"""So many stops in order are no chance: a bus on another route shares a stop, seldom two in the time of a trip."""
LEAST_STOPS_SIGNED = 1
"""Where the trip's driver has signed in on the bus, one stop is enough."""
LEAST_CONFIDENCE = 0.6
LEAST_SHARE = 0.7
"""A bus that runs a trip is on its line, not near it now and then."""


@dataclass(frozen=True)
class Candidate:
    """What a bus did while a trip should have run.

    Attributes:
        bus: its id.
        stops: of the trip that it left behind, in order.
        confidence: mean, that it was on the trip there.
        share_on_line: of its reports since its first one on the line.
        evidence: the reports at the stops.
        is_signed: whether the trip's driver has signed in on it.
    """

    bus: int
    stops: int
    confidence: float
    share_on_line: float
    evidence: tuple[object, ...] = ()
    is_signed: bool = False

    @property
    def runs_it(self) -> bool:
        """Whether it follows the trip beyond doubt."""
        return (
            self.stops >= (LEAST_STOPS_SIGNED if self.is_signed else LEAST_STOPS)
            and self.confidence >= LEAST_CONFIDENCE
            and self.share_on_line >= LEAST_SHARE
        )


def substitute_among(planned: Candidate | None, others: Sequence[Candidate]) -> Candidate | None:
    """The bus that runs a trip instead of its own; None where its own does, or where that is in doubt.

    Args:
        planned: what the trip's own bus did; None where it has none.
        others: that have no trip of their own at the time.
    """
    if planned and planned.stops:
        return None
    running = [one for one in others if one.runs_it]
    if not running:
        return None
    running.sort(key=lambda one: (not one.is_signed, -one.stops, -one.share_on_line))
    first, *further = running
    if any((one.is_signed, one.stops) == (first.is_signed, first.stops) for one in further):
        return None
    return first

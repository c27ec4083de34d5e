"""Learns which sentence closes a receiver's cycle, so that a live fix need not wait for the next one."""

FIRST_PROOF = 2
"""Cycles alike, one after the other, before their last sentence is taken for the closing one."""
HARDEST_PROOF = 1 << 16
LONGEST_CYCLE = 64


class CycleEnd:
    """The closing sentence of a link's cycles, by its type and how often the type came in the cycle.

    A sentence that comes after the close with something to add proves the lesson wrong. It is then learned
    anew, from twice as many cycles: a receiver that sends RMC with every fifth GGA would else lose every RMC.
    """

    def __init__(self) -> None:
        self._cycle: list[str] = []
        self._cycle_before: list[str] = []
        self._alike = 0
        self._proof = FIRST_PROOF
        self._closing: tuple[str, int] | None = None

    def closes(self, name: str) -> bool:
        """Note a sentence of the running cycle, and tell whether it is the closing one."""
        cycle = self._cycle
        if len(cycle) < LONGEST_CYCLE:
            cycle.append(name)
        closing = self._closing
        return closing is not None and closing[0] == name and cycle.count(name) == closing[1]

    def next_cycle(self) -> None:
        """The next cycle begins: compare the one that ended with the one before it."""
        cycle = self._cycle
        self._alike = self._alike + 1 if cycle == self._cycle_before else 1
        if cycle and self._alike >= self._proof:
            self._closing = (cycle[-1], cycle.count(cycle[-1]))
        self._cycle_before, self._cycle = cycle, []

    def closed_too_early(self) -> None:
        """Something to add came after the close: forget what was learned, and ask for more proof."""
        self._closing = None
        self._alike = 0
        self._proof = min(self._proof * 2, HARDEST_PROOF)

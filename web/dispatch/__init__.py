"""Pages of the dispatch gate: the board, the gate of a bus, its answers, checks before the trip."""

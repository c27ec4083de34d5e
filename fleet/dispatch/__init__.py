"""Whether a trip may run: the dispatch gate, its checks and overrides."""

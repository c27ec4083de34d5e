"""Makes believable receiver streams for a whole district: for the demo and for the benchmarks."""

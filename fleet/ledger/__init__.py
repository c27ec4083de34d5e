"""The child ledger: who boarded and got off, counts, walk-throughs, roll-calls; and what follows from them."""

"""Pages of the child ledger: the crew's on the bus, the coordinator's with corrections."""

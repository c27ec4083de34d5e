"""The law as data: effective-dated numbers with their sources."""

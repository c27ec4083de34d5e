"""Pages of trips: the board of a day, a trip, on-time performance, and how good predictions were."""

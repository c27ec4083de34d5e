"""What programs of public transport take of timetables and trips (GTFS), each by a contract that names it."""

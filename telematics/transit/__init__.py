"""GTFS, as programs of public transport take and give timetables (Schedule) and what runs now (Realtime)."""

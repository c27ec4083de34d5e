"""Trips: planned from routes and calendars, let go by the gate, followed along the route, and closed."""

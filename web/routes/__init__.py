"""Pages of stops, routes and school calendars."""

"""Journeys through the registry, in a browser, against the real application."""

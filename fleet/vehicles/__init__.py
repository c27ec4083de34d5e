"""Buses, and the devices that report where they are."""

"""Driving and rest times of one driver, across vehicles: a timeline of activities, and the rules held against it."""

"""Driving and rest times of drivers, across buses: what is known of them, and what the law finds in it."""

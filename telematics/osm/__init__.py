"""Reads roads from OpenStreetMap: what its tags mean, and the ways of an extract."""

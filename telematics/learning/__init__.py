"""Learns routes from days of driving: where a bus stops for pupils, in which order, when, and the way between."""

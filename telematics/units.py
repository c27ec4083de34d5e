"""Conversions between the field's units and ours: metres, seconds, metres per second, degrees."""

MPS_PER_KNOT = 1852 / 3600
MPS_PER_KMH = 1 / 3.6


def knots_to_mps(knots: float) -> float:
    """Speed in knots as metres per second (one international knot is 1,852 m an hour)."""
    return knots * MPS_PER_KNOT


def kmh_to_mps(kmh: float) -> float:
    """Speed in kilometres per hour as metres per second."""
    return kmh * MPS_PER_KMH


def mps_to_kmh(mps: float) -> float:
    """Speed in metres per second as kilometres per hour."""
    return mps / MPS_PER_KMH


def mps_to_knots(mps: float) -> float:
    """Speed in metres per second as knots."""
    return mps / MPS_PER_KNOT

"""What a receiver on a straight road sends, in bytes."""

from datetime import datetime, timedelta

from telematics.geometry import moved
from telematics.simulator.receiver import degrees_minutes, sentence
from telematics.units import kmh_to_mps, mps_to_knots


def burst(moment: datetime, kmh: float, metres: float = 0.0) -> bytes:
    """An RMC and a GGA, so many metres down the road."""
    lat, lon = moved(31.0, 121.0, 90, metres)
    where = f"{degrees_minutes(lat, 2, 5)},N,{degrees_minutes(lon, 3, 5)},E"
    knots = mps_to_knots(kmh_to_mps(kmh))
    rmc = sentence(f"GNRMC,{moment:%H%M%S}.00,A,{where},{knots:.3f},90.0,{moment:%d%m%y},,,A")
    return rmc + sentence(f"GNGGA,{moment:%H%M%S}.00,{where},1,12,0.80,4.5,M,8.6,M,,")


def stream(began: datetime, *speeds_kmh: float, every_s: float = 5) -> bytes:
    """Bursts at even intervals with these speeds, each where the speeds before it took the bus."""
    metres, sent = 0.0, b""
    for number, kmh in enumerate(speeds_kmh):
        sent += burst(began + timedelta(seconds=number * every_s), kmh, metres)
        metres += kmh_to_mps(kmh) * every_s
    return sent

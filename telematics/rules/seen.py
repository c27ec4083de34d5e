"""What rules about the signal must know of the report before: its key, whether it was sound, the last known place."""

from typing import NamedTuple

from telematics.rules.episode import ReportKey


class Seen(NamedTuple):
    """The report before, and where the bus was last surely seen.

    Attributes:
        key: of the report before, doubtful ones included; None before the first.
        is_sound: whether that report told where the bus was.
        lat: last sound latitude, degrees.
        lon: last sound longitude, degrees.
        speed_mps: speed there.
    """

    key: ReportKey | None = None
    is_sound: bool = False
    lat: float | None = None
    lon: float | None = None
    speed_mps: float | None = None

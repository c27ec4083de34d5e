"""When people are told of something that lapses; pure."""

from datetime import date

DAYS_BEFORE = (1, 7, 30, 60)
HAS_LAPSED = 0
"""The notice once the last good day is over."""


def days_before(lapses_on: date, today: date, first_notice_days: int = max(DAYS_BEFORE)) -> int | None:
    """Which notice is due: the least of 60, 30, 7 and 1 days that is not passed, or that it has lapsed.

    Args:
        lapses_on: the last good day.
        today: in the local zone.
        first_notice_days: no notice is given earlier than so long before.

    Returns:
        The days, `HAS_LAPSED`, or None where nothing is due yet.
    """
    left = (lapses_on - today).days
    if left < 0:
        return HAS_LAPSED
    return next((days for days in DAYS_BEFORE if left <= days <= first_notice_days), None)

"""How long a plate card is valid, and when the next may be applied for; pure.

Source: 机动车登记规定 Art 61-62.
"""

from calendar import monthrange
from datetime import date


def card_valid_until(inspection_until: date, permit_until: date) -> date:
    """A card ends with the vehicle's inspection, and never after the permit."""
    return min(inspection_until, permit_until)


def month_before(day: date) -> date:
    """The same day of the month before, or that month's last day where it has no such day."""
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def may_renew(valid_until: date, on: date) -> bool:
    """Whether a card that ends on `valid_until` can be renewed: within the month before that day, or later."""
    return on >= month_before(valid_until)

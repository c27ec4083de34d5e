"""Local days as stretches of time."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def local_day(day: date) -> tuple[datetime, datetime]:
    """When a local day begins, and when the next one does."""
    zone = timezone.get_current_timezone()
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone)

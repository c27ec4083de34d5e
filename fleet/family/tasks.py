"""Scheduled work: pushes to families are sent, a few seconds after what they tell of."""

from celery import shared_task

from fleet.family.push import send_due


@shared_task
def send_pushes() -> int:
    """Send the pushes that are due."""
    return send_due()

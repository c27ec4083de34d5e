"""Locking out who guesses passwords: few tries by user name and address, more by address alone."""

import math
from datetime import datetime
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.db.models import Max, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

FAILURES_BY_NAME = settings.AXES_FAILURE_LIMIT
FAILURES_BY_ADDRESS = 50
"""A school's staff share one address: theirs must not add up to a lock-out on an ordinary morning."""
LIMITS = (FAILURES_BY_NAME, FAILURES_BY_ADDRESS)
"""In the order of AXES_LOCKOUT_PARAMETERS."""

Attempts = QuerySet[Any]


class TwoLimitsHandler(AxesDatabaseHandler):  # type: ignore[misc]  # django-axes has no types
    """Django-axes knows one limit for all that it counts by; this one has one for each."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, str] | None = None) -> int:
        """Failures, in the measure of AXES_FAILURE_LIMIT: it is reached when any of the limits is."""
        return max(
            failures_in(attempts) * FAILURES_BY_NAME // limit
            for attempts, limit in zip(self.get_user_attempts(request, credentials), LIMITS, strict=True)
        )

    def locked_until(self, request: HttpRequest, credentials: dict[str, str] | None) -> datetime:
        """When the last lock that holds is over."""
        now = timezone.now()
        newest = [
            attempts.aggregate(newest=Max("attempt_time"))["newest"]
            for attempts, limit in zip(self.get_user_attempts(request, credentials), LIMITS, strict=True)
            if failures_in(attempts) >= limit
        ]
        return max(newest, default=now) + settings.AXES_COOLOFF_TIME


def failures_in(attempts: Attempts) -> int:
    """How often it was tried in vain."""
    return attempts.aggregate(total=Sum("failures_since_start"))["total"] or 0


def locked_page(
    request: HttpRequest, _response: HttpResponse | None, credentials: dict[str, str] | None
) -> HttpResponse:
    """Say for how long nobody can sign in with this user name, or from this address."""
    remaining = TwoLimitsHandler().locked_until(request, credentials) - timezone.now()
    seconds = max(1, math.ceil(remaining.total_seconds()))
    response = render(request, "account/locked.html", {"minutes": math.ceil(seconds / 60)}, status=429)
    response["Retry-After"] = str(seconds)
    return response

"""How often a token, or a person's session, may call: so many requests in each minute."""

import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

from web.api.auth import caller

WINDOW_S = 60


class PerMinute(BaseThrottle):
    """Counts in the cache, by minutes of the clock: one number for each caller, the same in all processes."""

    def allow_request(self, request: HttpRequest) -> bool:
        """Whether the caller has requests left in this minute; this one is counted."""
        key = f"api-{caller(request)}-{int(time.time() // WINDOW_S)}"
        cache.add(key, 0, 2 * WINDOW_S)
        try:
            return cache.incr(key) <= settings.API_REQUESTS_PER_MINUTE
        except ValueError:  # the cache has dropped it meanwhile
            return True

    def wait(self) -> float:
        """Seconds until the next minute."""
        return WINDOW_S - time.time() % WINDOW_S

"""A browser that is signed in as the attendant of a running bus."""

from tests.frontend.conftest import browser
from tests.journeys_family.conftest import open_page
from tests.journeys_registry.conftest import async_unsafe

__all__ = ["async_unsafe", "browser", "open_page"]

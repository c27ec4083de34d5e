"""The demo's district, filled once for all its tests: that takes most of their time."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from web.demo import seed
from web.demo_people import Login


@pytest.fixture(scope="package")
def logins(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[Login]]:
    """The filled district's accounts; it is gone after the last of these tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield seed("a long enough password")
        transaction.set_rollback(True)

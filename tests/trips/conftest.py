"""Tests of trips read English texts; most have one line, and its trip of a Monday."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from fleet.trips.changes import dispatch_trip
from fleet.trips.models import Trip
from tests.trips.builders import MONDAY, Line, gate_check, line, trips_on
from tests.trips.drives import device_in


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def one(db) -> Line:
    return line()


@pytest.fixture
def trip(one) -> Trip:
    """A trip that was let go."""
    (made,) = trips_on(MONDAY)
    gate_check(made)
    return dispatch_trip(trip=made, by=one.where.coordinator)


@pytest.fixture
def unit(one) -> str:
    """The name of the device on the line's bus."""
    return device_in(one.bus).identifier

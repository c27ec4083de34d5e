"""The API keeps to its document: schemathesis makes requests of it, fit and unfit ones, and looks at each answer.

More of them, by hand: SCHEMATHESIS_EXAMPLES=200 .venv/bin/python -m pytest tests/api/test_schema.py
"""

import os
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import override_settings
from hypothesis import HealthCheck, settings

from fleet.tokens.changes import create_token
from fleet.tokens.models import Scope
from tests.api.operations import DOCUMENT
from tests.api.world import World, world
from web.api.fields import LARGEST_ID

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "3"))

schema = schemathesis.openapi.from_dict(DOCUMENT)
schema.app = WSGIHandler()
schema.config.checks.positive_data_acceptance.expected_statuses = [
    "2xx", "401", "403", "404", "409", "5xx",
    "422",  # rules that a schema can't say: check digits, days in order, what exists
]  # fmt: skip

SIGNALS = (request_started, request_finished)
there: World
numbers = count()


@pytest.fixture(scope="module", autouse=True)
def one_of_everything(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The world that all requests are made in; gone afterwards."""
    global there  # noqa: PLW0603  hooks get no fixtures
    for signal in SIGNALS:
        signal.disconnect(close_old_connections)  # as Django's own test client does
    with (
        django_db_blocker.unblock(),
        override_settings(API_REQUESTS_PER_MINUTE=10**9),
        transaction.atomic(),
    ):
        there = world()
        yield
        transaction.set_rollback(True)
    for signal in SIGNALS:
        signal.connect(close_old_connections)


def real_ids(values: Any) -> Any:
    """A body in which every other number that names something names what is there."""
    if not isinstance(values, dict):
        return values
    named = {
        "operator_id": "organisations", "school_id": "organisations", "organisation_id": "organisations",
        "applicant_id": "organisations", "parent_id": "organisations", "person_id": "people",
        "user_id": "people", "bus_id": "buses", "route_id": "routes", "driver_id": "drivers",
        "attendant_id": "attendants",
    }  # fmt: skip
    return {
        name: there.objects[named[name]].pk
        if name in named and type(value) is int and next(numbers) % 2
        else value
        for name, value in values.items()
    }


@schema.hook
def map_body(context: Any, body: Any) -> Any:
    return real_ids(body)


@schema.hook
def map_path_parameters(context: Any, path_parameters: Any) -> Any:
    """Three of four addresses name what is there."""
    if not isinstance(path_parameters, dict) or not next(numbers) % 4:
        return path_parameters
    first, *rest = context.operation.path.removeprefix("/api/v1/").split("/")
    found = {"pk": there.objects[first].pk}
    if len(rest) > 1 and (first, rest[1]) in there.records:
        found["record_pk"] = found["document_pk"] = there.records[first, rest[1]].pk
    return {
        name: found.get(name, value) if type(value) is int and 0 < value <= LARGEST_ID else value
        for name, value in path_parameters.items()
    }


@pytest.mark.parametrize("who", ["administrator", "principal"])
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=True,
)
def test_the_api_keeps_to_its_document(case, who):
    _token, secret = create_token(person=getattr(there, who), name="schemathesis", scopes=list(Scope))
    case.call_and_validate(headers={"Authorization": f"Bearer {secret}"})

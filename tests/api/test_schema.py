"""The API keeps to its document: schemathesis makes requests of it, fit and unfit ones, and looks at each answer.

For an administrator it walks through all that the document calls fit, and every sixth of what it calls unfit; for a
principal, whose requests are read by the same code, it makes some random fit ones that read. Each request finds the
same world.
By hand, with more random ones and all the unfit:
SCHEMATHESIS_EXAMPLES=50 .venv/bin/python -m pytest tests/api/test_schema.py
"""

import itertools
import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import override_settings
from django.utils import timezone
from hypothesis import HealthCheck, settings
from schemathesis import GenerationMode
from schemathesis.generation.meta import TestPhase

from fleet.tokens.changes import create_token
from fleet.tokens.models import Scope
from tests.api.operations import DOCUMENT
from tests.api.world import World, world
from tests.vehicles.builders import VIN
from web.api.fields import LARGEST_ID

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "3"))
"""Random requests of each operation, besides those that follow from the document."""
UNFIT_IN = 1 if "SCHEMATHESIS_EXAMPLES" in os.environ else 6
"""Of so many unfit requests that follow from the document, one is made."""

ORDERLY = {
    "plate": "苏E98765",
    "vin": VIN,
    "identity_number": "11010519491231002X",
    "starts_at": timezone.now().isoformat(),
}
"""Texts that the rules take where the document can't tell which: check digits, a time when a law is in force."""

SIGNALS = (request_started, request_finished)


class Scene:
    """What the requests are made in and by; hooks of schemathesis get no fixtures."""

    there: World
    secrets: dict[str, str]


@pytest.fixture(scope="module", autouse=True)
def one_of_everything(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The world that all requests are made in; gone afterwards."""
    for signal in SIGNALS:
        signal.disconnect(close_old_connections)  # as Django's own test client does
    with (
        django_db_blocker.unblock(),
        override_settings(API_REQUESTS_PER_MINUTE=10**9),
        transaction.atomic(),
    ):
        Scene.there = world()
        Scene.secrets = {
            who: create_token(person=getattr(Scene.there, who), name="schemathesis", scopes=list(Scope))[1]
            for who in ("administrator", "principal")
        }
        yield
        transaction.set_rollback(True)
    for signal in SIGNALS:
        signal.connect(close_old_connections)


def aim(case: Any) -> None:
    """Have the numbers of a request that name something name what is there; those of the upper half name nothing."""
    there = Scene.there
    first, *rest = case.operation.path.removeprefix("/api/v1/").split("/")
    named = {
        "pk": there.objects[first] if case.path_parameters else None,
        "record_pk": there.records.get((first, "".join(rest[1:2]))),
        "document_pk": there.records.get((first, "".join(rest[1:2]))),
        "operator_id": there.objects["organisations"],
        "organisation_id": there.objects["organisations"],
        "applicant_id": there.objects["organisations"],
        "parent_id": there.objects["organisations"].parent,
        "school_id": there.objects["buses"].school,
        "person_id": there.objects["people"],
        "user_id": there.objects["people"],
        "bus_id": there.objects["buses"],
        "route_id": there.objects["routes"],
        "pattern_id": there.objects["patterns"],
        "stop_id": there.objects["stops"],
        "school_class_id": there.objects["classes"],
        "driver_id": there.objects["drivers"],
        "attendant_id": there.objects["attendants"],
    }
    for values in (case.path_parameters, case.body):
        for name, value in values.items() if isinstance(values, dict) else ():
            if named.get(name) and type(value) is int and 0 < value <= LARGEST_ID // 2:
                values[name] = named[name].pk
    if isinstance(case.body, dict) and case.meta.generation.mode is GenerationMode.POSITIVE:
        case.body |= {name: text for name, text in ORDERLY.items() if isinstance(case.body.get(name), str)}
        case.body |= {"version": there.objects["trips"].version} if "version" in case.body else {}


def requests_as(who: str) -> Any:
    """The document, of which schemathesis makes the requests of an administrator or of a principal."""
    schema: Any = schemathesis.openapi.from_dict(DOCUMENT)
    if who == "principal":
        schema = schema.include(method="GET")
    schema.app = WSGIHandler()
    phases, checks = schema.config.phases, schema.config.checks
    if who == "principal":
        schema.config.generation.update(modes=[GenerationMode.POSITIVE])
        phases.coverage.enabled = False
    phases.coverage.unexpected_methods = {"trace"}  # Django answers all others alike
    checks.ignored_auth.enabled = False  # test_every_operation.py goes through all without a token
    checks.positive_data_acceptance.expected_statuses = [
        "2xx", "401", "403", "404", "409", "5xx",
        "422",  # rules that a schema can't say: check digits, days in order, what exists
    ]  # fmt: skip
    unfit = itertools.count()

    @schema.hook
    def filter_case(_context: Any, case: Any) -> bool:
        is_fit = case.meta.generation.mode is GenerationMode.POSITIVE
        return is_fit or case.meta.phase.name is not TestPhase.COVERAGE or next(unfit) % UNFIT_IN == 0

    return schema


modest = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=True,
)


def call(case: Any, who: str) -> None:
    """Make a request and look at the answer; what it has changed is undone."""
    aim(case)
    with transaction.atomic():
        case.call_and_validate(headers={"Authorization": f"Bearer {Scene.secrets[who]}"})
        transaction.set_rollback(True)


@requests_as("administrator").parametrize()
@modest
def test_an_administrator_finds_the_api_as_its_document_tells(case):
    call(case, "administrator")


@requests_as("principal").parametrize()
@modest
def test_a_principal_finds_the_api_as_its_document_tells(case):
    call(case, "principal")

"""What holds for every operation, walked by the API's own document: a new one that is not guarded fails here."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from ninja.openapi.schema import OpenAPISchema

from fleet.organisations.models import Role
from fleet.people.models import User
from fleet.tokens.changes import revoke_token
from fleet.tokens.models import AccessToken, Scope
from tests.api.builders import Caller, fields, problem
from tests.api.operations import ALL, ROOT, Operation
from tests.api.world import world
from tests.fleet.builders import person
from web.api.api import api

pytestmark = pytest.mark.django_db

FOR_EVERYBODY = {"/law", "/access-log/own", "/regulation-profiles", "/regulation-profiles/{pk}"}
"""The law is no secret; nor is, to each, who looked at the own record."""


ONES_OWN = {"/people", "/memberships"}
"""Everybody finds the own account and memberships there."""


def call(client: Client, operation: Operation, path: str):
    return client.generic(operation.method, ROOT + path, "{}", content_type="application/json")


def test_the_document_leaves_no_operation_out():
    told = {(operation.method, operation.path) for operation in ALL}
    routed = {
        (method, f"{router.prefix}{path}".rstrip("/"))
        for router in api._get_bound_routers()
        for path, view in router.path_operations.items()
        for one in view.operations
        for method in one.methods
    }
    assert told == routed
    assert len(told) > 100


def test_no_two_shapes_of_the_document_have_one_name(monkeypatch):
    told: dict[str, object] = {}

    def add(document: OpenAPISchema, definitions: dict[str, object]) -> None:
        for name, shape in definitions.items():
            assert told.setdefault(name, shape) == shape, name

    monkeypatch.setattr(OpenAPISchema, "add_schema_definitions", add)
    api.get_openapi_schema(path_prefix=ROOT)
    assert told


def test_nothing_is_told_or_done_without_a_token():
    there = world()
    for operation in ALL:
        answer = call(Client(), operation, there.path(operation.path))
        assert problem(answer, 401), operation
        assert answer["WWW-Authenticate"] == "Bearer"


def test_a_token_without_the_scope_is_told_which_it_lacks():
    there = world()
    callers = {
        scope.value: Caller(there.administrator, [one for one in Scope if one != scope]) for scope in Scope
    }
    for operation in ALL:
        answer = call(callers[operation.scope].client, operation, there.path(operation.path))
        assert problem(answer, 403), operation
        assert f'scope="{operation.scope}"' in answer["WWW-Authenticate"]


def test_what_is_changed_asks_for_a_scope_of_writing_and_what_is_read_for_one_of_reading():
    for operation in ALL:
        assert operation.scope.endswith(":read" if operation.method == "GET" else ":write"), operation


def test_a_session_is_good_for_reading_and_for_nothing_else():
    there = world()
    client = Client(enforce_csrf_checks=True)
    client.force_login(there.administrator)
    for operation in ALL:
        answer = call(client, operation, there.path(operation.path))
        if operation.method == "GET":
            assert answer.status_code == 200, operation
        else:
            assert problem(answer, 401), operation


def test_a_parameter_that_nobody_knows_is_refused_and_named():
    there = world()
    caller = Caller(there.administrator)
    for operation in ALL:
        answer = call(caller.client, operation, there.path(operation.path) + "?arhcived=true")
        if operation.method == "GET":
            assert fields(answer) == {"arhcived"}, operation
        else:
            assert problem(answer, 422), operation


def test_what_is_out_of_reach_is_not_there_whatever_is_asked_of_it():
    there = world()
    caller = Caller(there.stranger)
    for operation in ALL:
        if "{pk}" in operation.path and operation.path not in FOR_EVERYBODY:
            answer = call(caller.client, operation, there.path(operation.path))
            assert answer.status_code in ({404} if operation.method == "GET" else {404, 422}), operation


def test_no_list_tells_what_is_out_of_reach():
    there = world()
    caller = Caller(person(Role.GUARD, there.objects["organisations"]))
    for operation in lists():
        if operation.path in FOR_EVERYBODY | ONES_OWN:
            continue
        answer = caller.get(operation.path)
        assert answer.status_code == 404 or answer.json()["items"] == [], operation


def lists() -> list[Operation]:
    """The lists that stand on their own."""
    return [one for one in ALL if one.method == "GET" and "{" not in one.path and one.path != "/law"]


def test_a_list_of_three_districts_takes_as_many_queries_as_that_of_one():
    first, *others = (world() for _ in range(3))
    caller = Caller(first.administrator)

    def queries() -> dict[str, int]:
        counts = {}
        for operation in lists():
            with CaptureQueriesContext(connection) as captured:
                assert caller.get(operation.path).status_code == 200
            counts[operation.path] = len(captured)
        return counts

    caller.get("/buses")  # notes the token's use
    of_one = queries()
    for there in others:
        district = there.objects["organisations"].parent
        caller.person.memberships.create(organisation=district, role=Role.ADMINISTRATOR)
    assert queries() == of_one
    assert max(of_one.values()) < 50


@pytest.mark.parametrize(
    "end",
    [
        lambda token: revoke_token(token, by=token.person),
        lambda token: AccessToken.objects.filter(pk=token.pk).update(
            created_at="2025-01-01T00:00Z", expires_at="2025-02-01T00:00Z"
        ),
        lambda token: User.objects.filter(pk=token.person_id).update(is_active=False),
    ],
    ids=["revoked", "expired", "of a closed account"],
)
def test_a_token_that_is_good_no_more_is_a_stranger(end):
    caller = Caller(person())
    assert caller.get("/buses").status_code == 200
    end(caller.token)
    assert problem(caller.get("/buses"), 401)


def test_who_calls_too_often_is_told_to_wait(settings):
    settings.API_REQUESTS_PER_MINUTE = 3
    caller = Caller(world().principal)
    statuses = [caller.get("/buses").status_code for _ in range(8)]
    assert statuses[0] == 200
    assert 429 in statuses  # the minute can change once on the way
    refused = next(one for one in (caller.get("/buses") for _ in range(8)) if one.status_code == 429)
    assert problem(refused, 429)
    assert 0 < int(refused["Retry-After"]) <= 60

"""Callers of the API, said in a few words."""

from typing import Any

from django.test import Client

from fleet.people.models import User
from fleet.tokens.changes import create_token
from fleet.tokens.models import Scope

ROOT = "/api/v1"


class Caller:
    """A program with a token of a person."""

    def __init__(self, person: User, scopes: list[Scope] | None = None) -> None:
        self.person = person
        self.token, self.secret = create_token(person=person, name="test", scopes=scopes or list(Scope))
        self.client = Client(headers={"Authorization": f"Bearer {self.secret}", "Accept-Language": "en"})

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(ROOT + path, query)

    def post(self, path: str, **body: Any) -> Any:
        return self.client.post(ROOT + path, body, content_type="application/json")

    def patch(self, path: str, **body: Any) -> Any:
        return self.client.patch(ROOT + path, body, content_type="application/json")

    def delete(self, path: str) -> Any:
        return self.client.delete(ROOT + path)


def problem(answer: Any, status: int) -> dict[str, Any]:
    """The problem in an answer, which has this status and the shape of all problems."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert (told["type"], told["status"]) == ("about:blank", status)
    assert told["title"]
    assert told["detail"]
    return told


def fields(answer: Any) -> set[str]:
    """The fields that a refusal names."""
    return {error["field"] for error in problem(answer, 422)["errors"]}

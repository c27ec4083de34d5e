"""Every operation of the API, as its own document tells them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from web.api.api import api

ROOT = "/api/v1"
DOCUMENT = api.get_openapi_schema(path_prefix=f"{ROOT}/")


@dataclass(frozen=True)
class Operation:
    """One operation.

    Attributes:
        method: of HTTP.
        path: below the API's address, with its parameters in braces.
        scope: that it asks for.
        told: what the document says of it.
    """

    method: str
    path: str
    scope: str
    told: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def operations() -> Iterator[Operation]:
    """All of them."""
    for path, methods in DOCUMENT["paths"].items():
        for method, told in methods.items():
            yield Operation(method.upper(), path.removeprefix(ROOT), told["x-scope"], told)


ALL = list(operations())
"""As they are."""

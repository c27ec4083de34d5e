"""The OpenAPI document: what ninja makes of the operations, with every problem that each may answer."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from web.api.auth import Token
from web.api.problems import MEDIA_TYPE, FieldError, Problem

REFERENCE = "#/components/schemas/{model}"
ALWAYS = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNPROCESSABLE_ENTITY,  # of unknown parameters, at least
    HTTPStatus.TOO_MANY_REQUESTS,
)
HEADERS = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "How to authenticate (RFC 6750)."},
    HTTPStatus.TOO_MANY_REQUESTS: {"Retry-After": "Seconds until the next request may be made."},
}


class DocumentedAPI(NinjaAPI):
    """An API whose document tells the problems and the scopes too."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The document."""
        document = super().get_openapi_schema(**options)
        for model in (Problem, FieldError):
            document["components"]["schemas"][model.__name__] = model.model_json_schema(
                ref_template=REFERENCE
            )
        document["components"]["schemas"]["Problem"].pop("$defs", None)
        scopes = self.scopes()
        for operations in document["paths"].values():
            for method, operation in operations.items():
                operation["responses"] |= problems_of(method, operation)
                scope = scopes[operation["operationId"]]
                operation["x-scope"] = scope
                operation["description"] = f"{operation.get('description', '')}\n\nScope: `{scope}`".strip()
        return document

    def operations(self) -> Iterator[Operation]:
        """Every operation."""
        for router in self._get_bound_routers():
            for view in router.path_operations.values():
                yield from view.operations

    def scopes(self) -> dict[str, str]:
        """The scope that each operation asks for, by the operation's id."""
        found = {}
        for operation in self.operations():
            key = operation.operation_id or self.get_openapi_operation_id(operation)
            tokens = [one for one in operation.auth_callbacks if isinstance(one, Token)]
            found[key] = tokens[0].scope.value
        return found


def problems_of(method: str, operation: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """The problems that an operation may answer, by status."""
    statuses = [*ALWAYS]
    if "requestBody" in operation:
        statuses.append(HTTPStatus.BAD_REQUEST)
    if any(parameter["in"] == "path" for parameter in operation["parameters"]):
        statuses.append(HTTPStatus.NOT_FOUND)
    if method != "get":
        statuses.append(HTTPStatus.CONFLICT)
    statuses += [HTTPStatus(status) for status in operation["responses"] if status >= HTTPStatus.BAD_REQUEST]
    return {status.value: described(status) for status in statuses}


def described(status: HTTPStatus) -> dict[str, Any]:
    """A problem as the document tells it."""
    schema = {"$ref": REFERENCE.format(model="Problem")}
    told: dict[str, Any] = {"description": status.phrase, "content": {MEDIA_TYPE: {"schema": schema}}}
    if status in HEADERS:
        told["headers"] = {
            name: {"description": text, "schema": {"type": "string"}, "required": True}
            for name, text in HEADERS[status].items()
        }
    return told

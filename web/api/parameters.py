"""Parameters that an operation does not know are refused: a misspelt filter never shows more than was meant."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.errors import ValidationError as RequestError
from ninja.operation import Operation

from web.api.document import DocumentedAPI

View = Callable[..., Any]


def refuse_unknown_parameters(api: DocumentedAPI) -> None:
    """Have every operation refuse parameters of the address that it does not know."""
    for operation in api.operations():
        operation.view_func = strict(operation.view_func, known_parameters(operation))


def known_parameters(operation: Operation) -> frozenset[str]:
    """The names of an operation's parameters."""
    told = [model for model in operation.models if model.__ninja_param_source__ == "query"]
    return frozenset(name for model in told for name in model.__ninja_flatten_map__)


def strict(view: View, known: frozenset[str]) -> View:
    """A view that refuses parameters other than those that it knows, naming them."""

    @wraps(view)
    def wrapped(request: HttpRequest, **values: Any) -> Any:
        if unknown := sorted(request.GET.keys() - known):
            message = _("There is no such parameter.")
            raise RequestError([{"loc": ("query", name), "msg": message} for name in unknown])
        return view(request, **values)

    return wrapped

"""Addresses of the API, and of the pages that belong to it."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja.errors import Throttled

from web.api import pages
from web.api.api import api
from web.api.auth import refuse_strangers
from web.api.problems import not_allowed, not_found
from web.feeds.giving import given

View = Callable[..., HttpResponse]


def api_view(view: Any) -> View:
    """A view below the API's address: it authenticates by itself, and answers problems in their shape."""

    @login_not_required
    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        response: HttpResponse = view(request, *arguments, **named)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            return not_allowed(response["Allow"])
        return response

    return wrapped


@api_view
def document(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document: for people who are signed in, and for every token."""
    try:
        refuse_strangers(request)
    except Exception as error:
        return api.on_exception(request, error)
    return api.create_response(request, api.get_openapi_schema(), status=HTTPStatus.OK)


@api_view
@require_safe
def feed(request: HttpRequest, **named: Any) -> HttpResponse:
    """A feed of a contract: for the contract's token alone."""
    try:
        return given(request, **named)
    except Exception as error:
        response: HttpResponse = api.on_exception(request, error)
        if isinstance(error, Throttled):
            response["Retry-After"] = str(error.wait)
        return response


@api_view
def nothing_here(_request: HttpRequest) -> HttpResponse:
    """Any other address below the API's."""
    return not_found()


operations, operations_app, operations_namespace = api.urls
for pattern in operations:
    pattern.callback = api_view(pattern.callback)

urlpatterns = [
    path("api/v1/openapi.json", document, name="api_document"),
    path("api/v1/", nothing_here),
    path("api/v1/", include((operations, operations_app), namespace=operations_namespace)),
    path("api/feeds/<int:pk>/<slug:name>.<slug:kind>", feed, name="feed"),
    path("account/api/", pages.documentation, name="api_documentation"),
    re_path(r"^api/", nothing_here),
    path("account/tokens/", pages.token_list, name="token_list"),
    path("account/tokens/new/", pages.token_new, name="token_new"),
    path("account/tokens/others/", pages.tokens_administered, name="tokens_administered"),
    path("account/tokens/<int:pk>/revoke/", pages.token_revoke, name="token_revoke"),
]

"""Routes: what they are called, whose they are, and the ways that they run."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import Prefetch
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import FilterLookup, Query, Router, Schema, Status

from fleet.organisations.directory import organisations_for
from fleet.organisations.models import Kind
from fleet.people.models import User
from fleet.routes import route_changes as changes
from fleet.routes.models import Route, RoutePattern
from fleet.routes.queries import routes_for
from fleet.tokens.models import Scope
from web.api.auth import reading, writing
from web.api.fields import GivenLine, Id, Line, MaybeText, StrictId, omitted
from web.api.paging import Page, Paging, RecordFilter, page_of
from web.api.patterns import PatternAnswer, patterns_told
from web.api.payload import Change, WithReason, details_of
from web.person import person_of

READ, WRITE = Scope.REGISTRY_READ, Scope.ROUTES_WRITE
router = Router(tags=["routes"], auth=reading(READ))


class RouteAnswer(Schema):
    """A route of a school, by which permits and plate cards name it."""

    id: int
    name: str
    name_en: MaybeText
    school_id: int
    archived_at: datetime | None


class RouteDetail(RouteAnswer):
    """A route with the ways that it runs."""

    patterns: list[PatternAnswer]

    @staticmethod
    def resolve_patterns(route: Route) -> list[RoutePattern]:
        """Its patterns that are not archived."""
        return list(route.patterns.all())


class RouteChange(Change):
    """Fields of a route; one that has ways to run stays with its school."""

    name: GivenLine = omitted()
    name_en: Line | None = omitted()
    school_id: StrictId = omitted()


class NewRoute(RouteChange):
    """A route to be put into the registry."""

    name: GivenLine
    school_id: StrictId


class RouteFilter(RecordFilter):
    """Which routes."""

    q: Annotated[Line | None, FilterLookup(["name__icontains", "name_en__icontains"])] = None
    school_id: Id | None = None


def found_route(person: User, pk: int) -> Route:
    """A route that a person may see, with its ways; 404 otherwise."""
    found: Route = get_object_or_404(
        routes_for(person).prefetch_related(Prefetch("patterns", patterns_told())), pk=pk
    )
    return found


def details(request: HttpRequest, payload: RouteChange) -> dict[str, Any]:
    """The details of a route, with the school that it refers to."""
    schools = organisations_for(person_of(request), changes.CHANGE).current().filter(kind=Kind.SCHOOL)
    return details_of(payload, Route, {"school": schools})


@router.get("", response=Page[RouteAnswer])
def list_routes(
    request: HttpRequest,
    filters: Query[RouteFilter],
    paging: Query[Paging],
    order: Literal["name", "-name", "pk", "-pk"] = "name",
) -> dict[str, Any]:
    """The routes that you may see."""
    return page_of(filters.filter(routes_for(person_of(request))), paging, order)


@router.get("/{pk}", response=RouteDetail)
def show_route(request: HttpRequest, pk: Id) -> Route:
    """One route, with the ways that it runs."""
    return found_route(person_of(request), pk)


@router.post("", auth=writing(WRITE), response={201: RouteDetail})
def add_route(request: HttpRequest, payload: NewRoute) -> Status[Route]:
    """Put a route into the registry; then draw the ways that it runs."""
    person = person_of(request)
    made = changes.create_route(by=person, reason=payload.reason, **details(request, payload))
    return Status(201, found_route(person, made.pk))


@router.patch("/{pk}", auth=writing(WRITE), response=RouteDetail)
def change_route(request: HttpRequest, pk: Id, payload: RouteChange) -> Route:
    """Change what a route is called, or its school."""
    person = person_of(request)
    route = found_route(person, pk)
    changes.change_route(route, details(request, payload), by=person, reason=payload.reason)
    return found_route(person, pk)


@router.post("/{pk}/archive", auth=writing(WRITE), response=RouteDetail)
def archive_route(request: HttpRequest, pk: Id, payload: WithReason) -> Route:
    """Take a route out of use; it runs no more from now on."""
    person = person_of(request)
    changes.archive_route(found_route(person, pk), by=person, reason=payload.reason)
    return found_route(person, pk)


@router.post("/{pk}/restore", auth=writing(WRITE), response=RouteDetail)
def restore_route(request: HttpRequest, pk: Id, payload: WithReason) -> Route:
    """Bring an archived route back into use."""
    person = person_of(request)
    changes.restore_route(found_route(person, pk), by=person, reason=payload.reason)
    return found_route(person, pk)

"""The access log, for administrators; and what of it is about oneself."""

from datetime import datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from ninja import FilterLookup, FilterSchema, Query, Router, Schema

from fleet.audit.models import AccessRecord, Action, Channel
from fleet.audit.queries import accesses_about, accesses_for
from fleet.grants import reach_with
from fleet.tokens.models import Scope
from web.api.auth import reading
from web.api.fields import Id, Line, MaybeText, Moment
from web.api.paging import Page, Paging, page_of
from web.api.problems import Problem
from web.person import person_of

router = Router(tags=["access log"], auth=reading(Scope.AUDIT_READ))


class AccessAnswer(Schema):
    """A look at a record. The names are those of that moment."""

    id: int
    at: datetime
    person_id: int
    action: Action
    kind: MaybeText
    object_id: int | None
    name: str
    organisation_id: int | None
    purpose: MaybeText
    channel: Channel
    address: str | None


class AccessFilter(FilterSchema):
    """Which looks."""

    q: Annotated[Line | None, FilterLookup(["name__icontains", "purpose__icontains"])] = None
    person_id: Id | None = None
    organisation_id: Id | None = None
    object_id: Id | None = None
    action: Action | None = None
    channel: Channel | None = None
    since: Annotated[Moment | None, FilterLookup("at__gte")] = None
    before: Annotated[Moment | None, FilterLookup("at__lt")] = None


@router.get("/access-log", response={200: Page[AccessAnswer], 404: Problem})
def list_accesses(
    request: HttpRequest, filters: Query[AccessFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """The looks at records of the organisations that you administer, the newest first."""
    person = person_of(request)
    if not reach_with(person, "audit.view_accessrecord"):
        raise Http404
    return newest(accesses_for(person), filters, paging)


@router.get("/access-log/own", response=Page[AccessAnswer])
def list_own_accesses(
    request: HttpRequest, filters: Query[AccessFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """The looks at the records that are about you, the newest first."""
    return newest(accesses_about(person_of(request)), filters, paging)


def newest(rows: QuerySet[AccessRecord], filters: AccessFilter, paging: Paging) -> dict[str, Any]:
    """A page of looks, the newest first."""
    return page_of(filters.filter(rows), paging, "-at")

"""Use permits."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, FilterLookup, Query, Router, Schema

from fleet.people.models import User
from fleet.permits import changes
from fleet.permits.models import PermitState, UsePermit
from fleet.permits.permissions import permits_seen_by
from fleet.tokens.models import Scope
from web.api.auth import reading, writing
from web.api.fields import Day, Id, Line, MaybeText
from web.api.paging import Page, Paging, RecordFilter, page_of
from web.api.payload import WithReason
from web.person import person_of

READ, WRITE = Scope.PERMITS_READ, Scope.PERMITS_WRITE
router = Router(tags=["permits"], auth=reading(READ))


class PermitAnswer(Schema):
    """A use permit (校车安全管理条例 Art 14, 15)."""

    id: int
    applicant_id: int
    bus_ids: list[int] = Field(description="The buses that it holds for.")
    state: PermitState
    number: MaybeText
    valid_from: date | None
    valid_until: date | None
    revoked_on: date | None
    revocation_reason: MaybeText
    archived_at: datetime | None

    @staticmethod
    def resolve_bus_ids(permit: UsePermit) -> list[int]:
        """Ids of its buses, in order."""
        return sorted(bus.pk for bus in permit.buses.all())


class PermitFilter(RecordFilter):
    """Which permits."""

    q: Annotated[Line | None, FilterLookup(["number__icontains", "applicant__name__icontains"])] = None
    applicant_id: Id | None = None
    bus_id: Annotated[Id | None, FilterLookup("buses")] = None
    state: PermitState | None = None
    valid_until_before: Annotated[Day | None, FilterLookup("valid_until__lt")] = None


class Revocation(WithReason):
    """A permit is taken away for a serious breach (Art 54)."""

    revoked_on: Day


def permits_told(person: User) -> QuerySet[UsePermit]:
    """The permits that a person may see, with what is told of each."""
    return permits_seen_by(person).prefetch_related("buses")


def found_permit(person: User, pk: int) -> UsePermit:
    """A permit that a person may see; 404 otherwise."""
    return get_object_or_404(permits_told(person), pk=pk)


@router.get("", response=Page[PermitAnswer])
def list_permits(
    request: HttpRequest,
    filters: Query[PermitFilter],
    paging: Query[Paging],
    order: Literal["valid_until", "-valid_until", "number", "-number", "pk", "-pk"] = "-pk",
) -> dict[str, Any]:
    """The permits that you may see."""
    return page_of(filters.filter(permits_told(person_of(request))), paging, order)


@router.get("/{pk}", response=PermitAnswer)
def show_permit(request: HttpRequest, pk: Id) -> UsePermit:
    """One permit."""
    return found_permit(person_of(request), pk)


@router.post("/{pk}/revoke", auth=writing(WRITE), response=PermitAnswer)
def revoke_permit(request: HttpRequest, pk: Id, payload: Revocation) -> UsePermit:
    """Take a permit away, and its plate cards with it."""
    person = person_of(request)
    permit = found_permit(person, pk)
    changes.revoke_permit(permit=permit, revoked_on=payload.revoked_on, reason=payload.reason, by=person)
    return found_permit(person, pk)

"""Plate cards."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, FilterLookup, Query, Router, Schema, Status

from fleet.people.models import User
from fleet.people.queries import drivers_for
from fleet.permits.cards import CardText, end_card, issue_card
from fleet.permits.models import CardState, PlateCard
from fleet.permits.permissions import permits_seen_by
from fleet.routes.queries import routes_for
from fleet.vehicles.queries import buses_for
from web.api.auth import reading, writing
from web.api.fields import Clock, Day, GivenLine, Id, Line, MaybeText, StrictId
from web.api.paging import Page, Paging, RecordFilter, page_of
from web.api.payload import Input, WithReason, all_referred, needed
from web.api.permits import READ, WRITE, found_permit
from web.person import person_of

router = Router(tags=["plate cards"], auth=reading(READ))


class Run(Schema):
    """First and last minute of a run, local time."""

    first: str
    last: str


class CardAnswer(Schema):
    """A plate card (校车安全管理条例 Art 16)."""

    id: int
    permit_id: int
    bus_id: int
    application_id: int | None
    number: str
    plate: str
    owner: str
    driver_ids: list[int]
    route_id: int
    stops: list[str] = Field(description="Names of the stops, in their order.")
    times: list[Run]
    issuer: str
    issued_on: date
    valid_from: date
    valid_until: date
    state: CardState
    ended_on: date | None
    ended_reason: MaybeText
    archived_at: datetime | None

    @staticmethod
    def resolve_driver_ids(card: PlateCard) -> list[int]:
        """Ids of those who may drive."""
        return sorted(driver.pk for driver in card.drivers.all())

    @staticmethod
    def resolve_times(card: PlateCard) -> list[dict[str, str]]:
        """When the bus runs."""
        return [{"first": first, "last": last} for first, last in card.times]


class CardFilter(RecordFilter):
    """Which cards."""

    q: Annotated[Line | None, FilterLookup(["number__icontains", "plate__icontains"])] = None
    permit_id: Id | None = None
    bus_id: Id | None = None
    state: CardState | None = None
    valid_until_before: Annotated[Day | None, FilterLookup("valid_until__lt")] = None


class RunInput(Input):
    """First and last minute of a run, local time."""

    first: Clock
    last: Clock


class NewCard(Input):
    """A card to be issued. Its validity follows from the inspection and the permit."""

    bus_id: StrictId
    number: GivenLine
    issuer: GivenLine
    issued_on: Day
    owner: GivenLine
    driver_ids: Annotated[list[StrictId], Field(min_length=1, max_length=50)]
    route_id: StrictId
    stops: Annotated[list[GivenLine], Field(min_length=1, max_length=200)]
    times: Annotated[list[RunInput], Field(min_length=1, max_length=50)]


class CardEnd(WithReason):
    """A card was lost or returned."""

    state: Literal[CardState.LOST, CardState.RETURNED]
    ended_on: Day


def cards_told(person: User) -> QuerySet[PlateCard]:
    """The cards of the permits that a person may see, with what is told of each."""
    return PlateCard.objects.filter(permit__in=permits_seen_by(person)).prefetch_related("drivers")


@router.get("/plate-cards", response=Page[CardAnswer])
def list_cards(
    request: HttpRequest,
    filters: Query[CardFilter],
    paging: Query[Paging],
    order: Literal["valid_until", "-valid_until", "number", "-number", "pk", "-pk"] = "-valid_until",
) -> dict[str, Any]:
    """The plate cards that you may see."""
    return page_of(filters.filter(cards_told(person_of(request))), paging, order)


@router.get("/plate-cards/{pk}", response=CardAnswer)
def show_card(request: HttpRequest, pk: Id) -> PlateCard:
    """One plate card."""
    return get_object_or_404(cards_told(person_of(request)), pk=pk)


@router.post("/permits/{pk}/plate-cards", auth=writing(WRITE), response={201: CardAnswer})
def issue_plate_card(request: HttpRequest, pk: Id, payload: NewCard) -> Status[PlateCard]:
    """Issue a card: the first of a bus, after an approved change, for one that was lost, or to renew one."""
    person = person_of(request)
    permit = found_permit(person, pk)
    text = CardText(
        owner=payload.owner,
        drivers=tuple(all_referred(drivers_for(person), payload.driver_ids, "driver_ids")),
        route=needed(routes_for(person), payload.route_id, "route_id"),
        stops=tuple(payload.stops),
        times=tuple((run.first, run.last) for run in payload.times),
    )
    card = issue_card(
        permit=permit,
        bus=needed(buses_for(person), payload.bus_id, "bus_id"),
        number=payload.number,
        issuer=payload.issuer,
        issued_on=payload.issued_on,
        text=text,
        by=person,
    )
    return Status(201, card)


@router.post("/plate-cards/{pk}/end", auth=writing(WRITE), response=CardAnswer)
def end_plate_card(request: HttpRequest, pk: Id, payload: CardEnd) -> PlateCard:
    """Report a card lost or returned."""
    person = person_of(request)
    card = get_object_or_404(cards_told(person), pk=pk)
    end_card(card=card, state=payload.state, ended_on=payload.ended_on, reason=payload.reason, by=person)
    return cards_told(person).get(pk=pk)

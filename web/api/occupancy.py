"""What machines aboard count: passenger counters, and the load state of JT/T 808."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from fleet.ledger.changes import LARGEST_COUNT, report_occupancy
from fleet.ledger.models import CountingMachine, OccupancyReport
from fleet.tokens.models import Scope
from web.api.auth import writing
from web.api.buses import found_bus
from web.api.fields import Id, Moment
from web.api.payload import Input
from web.person import person_of

router = Router(tags=["child ledger"], auth=writing(Scope.OCCUPANCY_WRITE))

People = Annotated[int, Field(ge=0, le=LARGEST_COUNT, strict=True)]


class OccupancyAnswer(Schema):
    """What a machine said of how many people are aboard, adults too."""

    bus_id: int
    source: CountingMachine
    at: datetime
    lowest: int
    highest: int | None
    received_at: datetime


class NewOccupancy(Input):
    """What a machine says of how many people are aboard, adults too."""

    source: CountingMachine = Field(description="It tells how far the count is trusted.")
    at: Moment = Field(description="When it was counted, by a clock that is right; not in the future.")
    lowest: People = Field(description="So many at least.")
    highest: People | None = Field(None, description="So many at most; null where the machine can't tell.")


@router.post("/buses/{pk}/occupancy", response={201: OccupancyAnswer})
def report(request: HttpRequest, pk: Id, payload: NewOccupancy) -> Status[OccupancyReport]:
    """Report what a machine counts. Of one machine and moment there is one report: sent again, it is the first."""
    person = person_of(request)
    stored = report_occupancy(bus=found_bus(person, pk), by=person, **payload.model_dump())
    return Status(201, stored)

"""What is recorded at a stop: markings, hazards, and what inspectors found."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from fleet.routes import stop_changes as changes
from fleet.routes.models import StopInspection
from web.api.auth import reading, writing
from web.api.fields import Id
from web.api.paging import Page, Paging, page_of
from web.api.records import add_record_operations
from web.api.stop_records import AT_STOPS, InspectionOfStopAnswer, NewStopInspection
from web.api.stops import STOP, found_stop
from web.person import person_of

router = Router(tags=["stops"])

for _kind in AT_STOPS:
    add_record_operations(router, STOP, _kind)


@router.get("/stops/{pk}/inspections", auth=reading(STOP.read), response=Page[InspectionOfStopAnswer])
def list_inspections_of_stop(request: HttpRequest, pk: Id, paging: Query[Paging]) -> dict[str, Any]:
    """The inspections of a stop, the newest first."""
    stop = found_stop(person_of(request), pk)
    return page_of(stop.inspections.select_related("stop"), paging, "-inspected_at")


@router.post("/stops/{pk}/inspections", auth=writing(STOP.write), response={201: InspectionOfStopAnswer})
def inspect_stop(request: HttpRequest, pk: Id, payload: NewStopInspection) -> Status[StopInspection]:
    """Record what you find at a stop."""
    person = person_of(request)
    found = payload.conditions.model_dump(exclude_none=True)
    made = changes.inspect_stop(
        stop=found_stop(person, pk),
        conditions={kind: condition.value for kind, condition in found.items()},
        place=payload.place.point if payload.place else None,
        accuracy_m=payload.accuracy_m,
        note=payload.note,
        inspected_at=payload.inspected_at,
        by=person,
    )
    return Status(201, made)

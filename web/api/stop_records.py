"""How what is recorded at a stop comes in and goes out: markings, hazards, inspections."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Field, Schema

from fleet.routes import stop_changes as changes
from fleet.routes.models import (
    Hazard,
    HazardKind,
    MarkingCondition,
    MarkingKind,
    StopInspection,
    StopMarking,
)
from web.api.fields import Known, Line, MaybeText, Moment, Text, omitted
from web.api.payload import Change, Input
from web.api.places import GivenPlace, Place, place_of
from web.api.records import RecordAnswer, RecordKind


class MarkingAnswer(RecordAnswer):
    """One of a stop's markings, and how it was found last; without a condition it is unknown."""

    stop_id: int
    kind: MarkingKind
    condition: Annotated[MarkingCondition | None, Known]
    owner: MaybeText = Field(description="Who keeps it.")
    inspected_at: datetime | None
    has_photograph: bool

    @staticmethod
    def resolve_has_photograph(marking: StopMarking) -> bool:
        """Whether there is a photograph."""
        return bool(marking.photograph)


class MarkingChange(Change):
    """Fields of a marking."""

    kind: MarkingKind = omitted()
    condition: MarkingCondition | None = omitted()
    owner: Line | None = omitted()


class NewMarking(MarkingChange):
    """A marking to be recorded."""

    kind: MarkingKind


class HazardAnswer(RecordAnswer):
    """Something dangerous near a stop."""

    stop_id: int
    kind: HazardKind
    note: MaybeText


class HazardChange(Change):
    """Fields of a hazard."""

    kind: HazardKind = omitted()
    note: Line | None = omitted()


class NewHazard(HazardChange):
    """A hazard to be recorded."""

    kind: HazardKind


class Conditions(Schema):
    """How each marking was found; null where it was not looked at."""

    advance_sign: MarkingCondition | None = None
    stop_sign: MarkingCondition | None = None
    road_marking: MarkingCondition | None = None


class GivenConditions(Conditions, Input):
    """How each marking is; one at least."""


class InspectionOfStopAnswer(Schema):
    """What somebody who stood at a stop found; never changed."""

    id: int
    stop_id: int
    inspected_at: datetime
    inspected_by_id: int
    conditions: Conditions
    place: Place | None = Field(description="Where the inspector stood, as the phone said.")
    accuracy_m: float | None
    from_stop_m: float | None = Field(description="How far from the stop the inspector stood.")
    note: MaybeText
    has_photograph: bool

    @staticmethod
    def resolve_place(inspection: StopInspection) -> dict[str, Any] | None:
        """Where the inspector stood."""
        return place_of(inspection.place)

    @staticmethod
    def resolve_has_photograph(inspection: StopInspection) -> bool:
        """Whether there is a photograph."""
        return bool(inspection.photograph)


class NewStopInspection(Input):
    """What you find at a stop; its markings take their condition from it."""

    conditions: GivenConditions
    place: GivenPlace | None = None
    accuracy_m: Annotated[float, Field(ge=0, strict=True)] | None = None
    note: Text = ""
    inspected_at: Moment | None = Field(None, description="Now, where it is left out.")


AT_STOPS = (
    RecordKind(
        "markings", StopMarking, MarkingAnswer, NewMarking, MarkingChange,
        changes.record_marking, changes.correct_at_stop, changes.archive_at_stop,
    ),
    RecordKind(
        "hazards", Hazard, HazardAnswer, NewHazard, HazardChange,
        changes.record_hazard, changes.correct_at_stop, changes.archive_at_stop,
    ),
)  # fmt: skip

"""What is recorded of a bus: how the pages list it and ask for it."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.people.models import Attendant, Driver, User
from fleet.routes.models import Route
from fleet.vehicles import changes
from fleet.vehicles.models import (
    Bus,
    CrewAssignment,
    Defect,
    Equipment,
    Insurance,
    Maintenance,
    SeatCheck,
    VehicleInspection,
)
from fleet.vehicles.upkeep import Severity
from web.registry.forms import RecordForm
from web.registry.papers import Paper
from web.registry.sections import Link


def reported(
    *, bus: Bus, by: User, reason: str, description: str, severity: str, blocks_dispatch: bool
) -> Defect:
    """Record a defect; it has its description instead of a reason."""
    return changes.report_defect(
        bus=bus,
        by=by,
        description="\n".join(filter(None, (description, reason))),
        severity=Severity(severity),
        blocks_dispatch=blocks_dispatch,
    )


def release_link(defect: Defect) -> Sequence[Link]:
    """To the page on which a defect that is open is released."""
    if defect.released_at:
        return ()
    return (Link(reverse("defect_release", args=[defect.bus_id, defect.pk]), _("Release")),)


class CrewForm(RecordForm):
    """Who usually runs a bus: people of its operator or its school."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bus = self.instance.bus
        employers = [one for one in (bus.operator_id, bus.school_id) if one]
        for name, model in (("driver", Driver), ("attendant", Attendant)):
            self.choose_from(name, model.objects.current().filter(operator__in=employers))
        self.choose_from("route", Route.objects.current().filter(school=bus.school_id))


BUS_PAPERS = (
    Paper(
        slug="crews",
        title=gettext_lazy("Usual crew"),
        add=gettext_lazy("Assign a crew"),
        empty=gettext_lazy("Nobody is assigned. The gate is asked with who usually runs a bus."),
        model=CrewAssignment,
        owner="bus",
        shown=("driver", "attendant", "route", "valid_from", "valid_until"),
        asked=("driver", "attendant", "route", "valid_from", "valid_until"),
        record=changes.assign_crew,
        joined=("driver", "attendant", "route"),
        form_kind=CrewForm,
    ),
    Paper(
        slug="inspections",
        title=gettext_lazy("Inspections"),
        add=gettext_lazy("Record an inspection"),
        empty=gettext_lazy("No inspection is recorded. A school bus is inspected every six months."),
        model=VehicleInspection,
        owner="bus",
        shown=("inspected_on", "result", "valid_until", "station"),
        asked=("inspected_on", "result", "valid_until", "station", "document"),
        record=changes.record_inspection,
    ),
    Paper(
        slug="insurances",
        title=gettext_lazy("Insurances"),
        add=gettext_lazy("Record an insurance"),
        empty=gettext_lazy("No insurance is recorded."),
        model=Insurance,
        owner="bus",
        shown=("kind", "insurer", "policy_number", "valid_from", "valid_until"),
        asked=("kind", "insurer", "policy_number", "valid_from", "valid_until", "document"),
        record=changes.record_insurance,
    ),
    Paper(
        slug="equipment",
        title=gettext_lazy("Equipment"),
        add=gettext_lazy("Record equipment"),
        empty=gettext_lazy("No equipment is recorded."),
        model=Equipment,
        owner="bus",
        shown=("kind", "count", "expires_on", "checked_on", "note"),
        asked=("kind", "count", "expires_on", "checked_on", "note"),
        record=changes.record_equipment,
    ),
    Paper(
        slug="seat-checks",
        title=gettext_lazy("Seat checks"),
        add=gettext_lazy("Record a seat check"),
        empty=gettext_lazy("The seats have not been counted yet."),
        model=SeatCheck,
        owner="bus",
        shown=("checked_at", "checked_by", "seats_pupils", "seats_adults"),
        asked=("seats_pupils", "seats_adults", "photograph"),
        record=changes.record_seat_check,
        action="check",
        joined=("checked_by",),
    ),
    Paper(
        slug="maintenance",
        title=gettext_lazy("Maintenance"),
        add=gettext_lazy("Record maintenance"),
        empty=gettext_lazy("No maintenance is recorded."),
        model=Maintenance,
        owner="bus",
        shown=("done_on", "kind", "work", "workshop", "odometer_km", "next_due_on"),
        asked=("kind", "done_on", "work", "workshop", "odometer_km", "next_due_on", "document"),
        record=changes.record_maintenance,
    ),
    Paper(
        slug="defects",
        title=gettext_lazy("Defects"),
        add=gettext_lazy("Report a defect"),
        empty=gettext_lazy("No defect has been reported."),
        model=Defect,
        owner="bus",
        shown=("found_at", "severity", "description", "blocks_dispatch", "reported_by", "released_at"),
        asked=("description", "severity", "blocks_dispatch"),
        record=reported,
        action="check",
        is_corrected=False,
        joined=("reported_by",),
        more_links=release_link,
    ),
)

"""What is recorded of a bus, section by section, for its page."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.contrib.admin.utils import label_for_field
from django.db.models import Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.vehicles.changes import BEFORE_ALL_REPORTS
from fleet.vehicles.models import Bus

MOST_ROWS = 50
NOT_RECORDED = "—"


class Section(NamedTuple):
    """A titled table of records."""

    slug: str
    title: str
    headers: list[str]
    rows: list[list[str]]
    empty: str

    @property
    def labelled_rows(self) -> list[list[tuple[str, str]]]:
        """The rows, each cell with its header: a phone shows them side by side."""
        return [list(zip(self.headers, row, strict=True)) for row in self.rows]


class Listed(NamedTuple):
    """Which records of a bus a section lists, which of their fields, and what it says without any."""

    slug: str
    title: str | Promise
    related: str
    fields: Sequence[str]
    empty: str | Promise
    joined: Sequence[str] = ()


LISTED = (
    Listed(
        "inspections",
        gettext_lazy("Inspections"),
        "vehicleinspection_set",
        ("inspected_on", "result", "valid_until", "station"),
        gettext_lazy("No inspection is recorded. A school bus is inspected every six months."),
    ),
    Listed(
        "insurances",
        gettext_lazy("Insurances"),
        "insurance_set",
        ("kind", "insurer", "policy_number", "valid_from", "valid_until"),
        gettext_lazy("No insurance is recorded."),
    ),
    Listed(
        "equipment",
        gettext_lazy("Equipment"),
        "equipment_set",
        ("kind", "count", "expires_on", "checked_on", "note"),
        gettext_lazy("No equipment is recorded."),
    ),
    Listed(
        "seat-checks",
        gettext_lazy("Seat checks"),
        "seatcheck_set",
        ("checked_at", "checked_by", "seats_pupils", "seats_adults"),
        gettext_lazy("The seats have not been counted yet."),
        joined=("checked_by",),
    ),
    Listed(
        "maintenance",
        gettext_lazy("Maintenance"),
        "maintenance_set",
        ("done_on", "kind", "work", "workshop", "odometer_km", "next_due_on"),
        gettext_lazy("No maintenance is recorded."),
    ),
    Listed(
        "defects",
        gettext_lazy("Defects"),
        "defect_set",
        ("found_at", "severity", "description", "blocks_dispatch", "reported_by", "released_at"),
        gettext_lazy("No defect has been reported."),
        joined=("reported_by",),
    ),
)


def sections(bus: Bus) -> list[Section]:
    """Everything recorded of a bus that is not archived; one query for each section."""
    return [*(section(bus, listed) for listed in LISTED), devices(bus)]


def section(bus: Bus, listed: Listed) -> Section:
    """The records of one kind."""
    found = getattr(bus, listed.related).filter(archived_at__isnull=True).select_related(*listed.joined)
    model: type[Model] = found.model
    return Section(
        slug=listed.slug,
        title=str(listed.title),
        headers=[label_of(model, name) for name in listed.fields],
        rows=[[shown(one, name) for name in listed.fields] for one in found[:MOST_ROWS]],
        empty=str(listed.empty),
    )


def devices(bus: Bus) -> Section:
    """Which device was in the bus when."""
    found = bus.assignments.select_related("device")[:MOST_ROWS]
    return Section(
        slug="device",
        title=_("Device"),
        headers=[_("Device"), _("Since"), _("Until")],
        rows=[
            [str(one.device), began(one.since), written(one.until) if one.until else _("now")]
            for one in found
        ],
        empty=_("There is no device in this bus. Give it one on the page of devices."),
    )


def began(since: datetime) -> str:
    """Since when a device is in a bus."""
    return _("the beginning") if since == BEFORE_ALL_REPORTS else written(since)


def shown(record: Any, name: str) -> str:
    """A field's value in words."""
    display: Callable[[], Any] | None = getattr(record, f"get_{name}_display", None)
    return written(display() if display else getattr(record, name))


def written(value: Any) -> str:
    """A value in words; times in the local zone."""
    if value in (None, ""):
        return NOT_RECORDED
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value)
    return str(value)


def label_of(model: type[Model], name: str) -> str:
    """A field's name as a header."""
    label = str(label_for_field(name, model))
    return label[:1].upper() + label[1:]


def data_of(bus: Bus) -> list[tuple[str, str]]:
    """The fields of a bus with their names."""
    names = (
        "operator",
        "school",
        "route",
        "bus_type",
        "capacity_pupils",
        "capacity_adults",
        "make",
        "model",
        "vin",
        "engine_number",
        "owner",
        "first_registered_on",
    )
    return [(label_of(Bus, name), shown(bus, name)) for name in names]

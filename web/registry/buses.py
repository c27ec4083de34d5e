"""Buses on the registry's pages: what of a bus is listed, searched, asked for and shown."""

from datetime import datetime
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.grants import reach_with
from fleet.organisations.models import Kind
from fleet.people.models import User
from fleet.routes.models import Route
from fleet.vehicles import changes
from fleet.vehicles.models import Bus, BusType
from fleet.vehicles.plates import normalise_plate
from fleet.vehicles.queries import buses_for
from web.registry.bus_papers import BUS_PAPERS
from web.registry.filters import RecordFilter, organisation_filter, search_filter
from web.registry.forms import EMPLOYERS, RecordForm
from web.registry.register import Register
from web.registry.sections import Row, Section, written
from web.registry.tables import RecordTable

MOST_DEVICES = 50


class BusFilter(RecordFilter):
    """Search, and whom a bus belongs to."""

    q = search_filter(gettext_lazy("Plate, VIN, make or owner"))
    operator = organisation_filter(gettext_lazy("All operators"))
    school = organisation_filter(gettext_lazy("All schools"))
    bus_type = django_filters.ChoiceFilter(choices=BusType.choices, empty_label=gettext_lazy("All types"))

    class Meta:
        model = Bus
        fields = ("q", "operator", "school", "bus_type", "state")

    def wanted(self, text: str) -> Q:
        """Buses whose plate, VIN, make, model or owner has the text."""
        return (
            Q(plate__icontains=normalise_plate(text))
            | Q(vin__icontains=text)
            | Q(make__icontains=text)
            | Q(model__icontains=text)
            | Q(owner__icontains=text)
        )


class BusTable(RecordTable):
    """Buses, with who runs them and for whom."""

    plate = tables.Column(linkify=("bus_detail", {"pk": tables.A("pk")}), attrs={"a": {"class": "plate"}})
    operator = tables.Column(order_by=("operator__name", "plate"))
    school = tables.Column(order_by=("school__name", "plate"))
    bus_type = tables.Column(order_by=("bus_type", "plate"))
    capacity = tables.Column(
        gettext_lazy("Pupils + adults"),
        accessor="capacity_pupils",
        order_by=("capacity_pupils", "plate"),
        attrs={"td": {"class": "number"}},
    )

    class Meta(RecordTable.Meta):
        model = Bus
        order_by = "plate"
        fields = ("plate", "operator", "school", "bus_type", "capacity", "state")

    def render_capacity(self, record: Bus) -> str:
        """Pupils and adults, apart."""
        return f"{record.capacity_pupils} + {record.capacity_adults}"


class BusForm(RecordForm):
    """The data of a bus, and why they change."""

    class Meta(RecordForm.Meta):
        model = Bus
        fields = (
            "plate",
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

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reached = reach_with(person, "vehicles.change_bus")
        self.choose_organisation("operator", reached, EMPLOYERS)
        self.choose_organisation("school", reached, (Kind.SCHOOL,))
        self.choose_from("route", Route.objects.filter(school__in=reached))


def device_section(bus: Bus) -> list[Section]:
    """Which device was in the bus when."""
    found = bus.assignments.select_related("device")[:MOST_DEVICES]
    return [
        Section(
            slug="device",
            title=_("Device"),
            headers=[_("Device"), _("Since"), _("Until")],
            rows=[
                Row([str(one.device), began(one.since), written(one.until) if one.until else _("now")])
                for one in found
            ],
            empty=_("There is no device in this bus. Give it one on the page of devices."),
        )
    ]


def began(since: datetime) -> str:
    """Since when a device is in a bus."""
    return _("the beginning") if since == changes.BEFORE_ALL_REPORTS else written(since)


BUS_REGISTER = Register(
    name="bus",
    path="buses",
    model=Bus,
    title=gettext_lazy("Buses"),
    add=gettext_lazy("Add a bus"),
    empty=gettext_lazy("No buses yet"),
    records_for=buses_for,
    filters=BusFilter,
    table=BusTable,
    form=BusForm,
    data=BusForm.Meta.fields[1:],
    create=changes.create_bus,
    change=changes.change_bus,
    archive=changes.archive_bus,
    restore=changes.restore_bus,
    papers=BUS_PAPERS,
    correct_paper=changes.correct_paper,
    archive_paper=changes.archive_paper,
    more_sections=device_section,
    detail_template="registry/bus_detail.html",
)

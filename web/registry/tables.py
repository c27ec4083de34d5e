"""Lists as tables: sorted, paged, and read as cards on a phone."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.vehicles.models import Bus

NOT_RECORDED = "—"


class BusTable(tables.Table):  # type: ignore[misc]  # the library has no types
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
    state = tables.Column(gettext_lazy("State"), empty_values=(), order_by=("archived_at", "plate"))

    class Meta:
        model = Bus
        template_name = "registry/table.html"
        default = NOT_RECORDED
        order_by = "plate"
        fields = ("plate", "operator", "school", "bus_type", "capacity", "state")

    def render_capacity(self, record: Bus) -> str:
        """Pupils and adults, apart."""
        return f"{record.capacity_pupils} + {record.capacity_adults}"

    def render_state(self, record: Bus) -> SafeString:
        """In use or archived."""
        return state_badge(record)


def state_badge(record: Any) -> SafeString:
    """Whether a record is in use, in a word."""
    word, state = (_("Archived"), "archived") if record.archived_at else (_("In use"), "current")
    return format_html('<span class="state-badge" data-state="{}">{}</span>', state, word)

"""How lists are searched and narrowed down."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from fleet.organisations.models import Organisation
from fleet.vehicles.models import Bus, BusType
from fleet.vehicles.plates import normalise_plate

STATES = [("archived", _("Archived")), ("all", _("All"))]


class BusFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library has no types
    """Search, and whom a bus belongs to; archived ones only where asked for."""

    q = django_filters.CharFilter(
        method="search",
        label=_("Search"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Plate, VIN, make or owner")}),
    )
    operator = django_filters.ModelChoiceFilter(
        queryset=Organisation.objects.none(), empty_label=_("All operators")
    )
    school = django_filters.ModelChoiceFilter(
        queryset=Organisation.objects.none(), empty_label=_("All schools")
    )
    bus_type = django_filters.ChoiceFilter(choices=BusType.choices, empty_label=_("All types"))
    state = django_filters.ChoiceFilter(
        method="by_state", label=_("State"), choices=STATES, empty_label=_("In use")
    )

    class Meta:
        model = Bus
        fields = ("q", "operator", "school", "bus_type", "state")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("operator", "school"):
            named = self.queryset.order_by().values(name)
            self.filters[name].queryset = Organisation.objects.filter(pk__in=named)

    def search(self, buses: QuerySet[Bus], _name: str, text: str) -> QuerySet[Bus]:
        """Buses whose plate, VIN, make, model or owner has the text."""
        return buses.filter(
            Q(plate__icontains=normalise_plate(text))
            | Q(vin__icontains=text)
            | Q(make__icontains=text)
            | Q(model__icontains=text)
            | Q(owner__icontains=text)
        )

    def by_state(self, buses: QuerySet[Bus], _name: str, state: str) -> QuerySet[Bus]:
        """`filter_queryset` has it, since it also narrows where nothing is asked."""
        return buses

    def filter_queryset(self, buses: QuerySet[Bus]) -> QuerySet[Bus]:
        """The buses asked for; those in use where the state is not."""
        found: QuerySet[Bus] = super().filter_queryset(buses)
        state = self.form.cleaned_data["state"]
        if state == "all":
            return found
        return found.filter(archived_at__isnull=state != "archived")

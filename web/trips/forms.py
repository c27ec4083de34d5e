"""What people fill in about trips."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fleet.dispatch.queries import attendants_for_trip, drivers_for_trip
from fleet.people.models import Attendant, Driver, User
from fleet.trips.models import Trip
from fleet.vehicles.models import Bus
from fleet.vehicles.queries import buses_for


class SubstituteForm(forms.Form):
    """Who runs a trip instead of whom the plan names."""

    bus = forms.ModelChoiceField(Bus.objects.none(), label=_("bus"))
    driver = forms.ModelChoiceField(Driver.objects.none(), label=_("driver"), required=False)
    attendant = forms.ModelChoiceField(Attendant.objects.none(), label=_("attendant"), required=False)
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("Whoever waits for the bus is told.")
    )

    def __init__(self, *args: Any, trip: Trip, person: User, **options: Any) -> None:
        options["initial"] = {
            "bus": trip.bus_id,
            "driver": trip.driver_id,
            "attendant": trip.attendant_id,
        } | options.get("initial", {})
        super().__init__(*args, **options)
        buses = buses_for(person, "vehicles.change_bus").filter(archived_at__isnull=True)
        self.offer("bus", buses)
        of = trip.bus or buses.first()
        if of:
            self.offer("driver", drivers_for_trip(person, of))
            self.offer("attendant", attendants_for_trip(person, of))

    def offer(self, name: str, found: Any) -> None:
        """What can be chosen in a field that refers to records."""
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (it is declared so)
        field.queryset = found


class LatenessForm(forms.Form):
    """Why a trip is late."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("Whoever waits for the bus is told.")
    )

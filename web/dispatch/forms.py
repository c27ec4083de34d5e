"""Forms of the gate: what is asked at departure, the check before the trip, an override, and filters of lists."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from fleet.dispatch.board import RowState
from fleet.dispatch.models import ExceptionReason, ItemState, PreTripCheck
from fleet.dispatch.plan import TripPlan
from fleet.dispatch.pre_trip import ITEMS
from fleet.dispatch.queries import attendants_for_trip, drivers_for_trip
from fleet.dispatch.situation import Answer, Stage
from fleet.people.models import Attendant, Driver, User
from fleet.routes.models import Route
from fleet.vehicles.models import Bus

STAGES = [
    (Stage.KINDERGARTEN.value, _("Kindergarten")),
    (Stage.PRIMARY.value, _("Primary school")),
    (Stage.MIDDLE.value, _("Middle school")),
]
MOST_ABOARD = 200


class SideBySide(forms.RadioSelect):
    """Large buttons, one of which is pressed."""

    template_name = "dispatch/buttons.html"


def answered(label: Any, **options: Any) -> forms.TypedChoiceField:
    """Yes, no, or not known, which is no answer."""
    return forms.TypedChoiceField(
        label=label,
        choices=[(Answer.MET.value, _("Yes")), (Answer.NOT_MET.value, _("No"))],
        widget=SideBySide,
        required=False,
        coerce=Answer,
        empty_value=Answer.UNKNOWN,
        **options,
    )


def seen(label: Any) -> forms.TypedChoiceField:
    """Yes, no, or not looked at."""
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=SideBySide,
        required=False,
        coerce=lambda text: text == "yes",
        empty_value=None,
    )


class CrewForm(forms.Form):
    """Who is aboard: those whom the plate card or the usual crew of the bus names, and whom the person may see."""

    driver = forms.ModelChoiceField(Driver.objects.none(), label=_("driver"), required=False)
    attendant = forms.ModelChoiceField(Attendant.objects.none(), label=_("attendant"), required=False)

    def __init__(self, *args: Any, bus: Bus, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("driver", drivers_for_trip(person, bus))
        self.offer("attendant", attendants_for_trip(person, bus))

    def offer(self, name: str, found: QuerySet[Any]) -> None:
        """What can be chosen in a field that refers to records."""
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (it is declared so)
        field.queryset = found


class GateForm(CrewForm):
    """A trip that is about to leave."""

    starts_at = forms.DateTimeField(
        label=_("departure"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    route = forms.ModelChoiceField(Route.objects.none(), label=_("route"), required=False)
    stages = forms.MultipleChoiceField(
        label=_("pupils of"), choices=STAGES, widget=forms.CheckboxSelectMultiple, required=False
    )
    pupils = forms.IntegerField(
        label=_("pupils aboard at most"), min_value=0, max_value=MOST_ABOARD, required=False
    )
    adults = forms.IntegerField(
        label=_("adults aboard, the driver among them"), min_value=1, max_value=MOST_ABOARD, required=False
    )
    front_seat_free = answered(_("Is the front passenger seat free of pupils?"))
    nobody_else_rides = answered(_("Does nobody ride but pupils, driver and attendants?"))
    running_allowed = answered(_("May buses run: nobody has suspended it, for weather or otherwise?"))
    hazards_protected = answered(
        _("Only off the approved route: are its dangerous stretches protected?"),
        help_text=_(
            "Barriers, speed-limit signs and warning signs. The approved route was examined already."
        ),
    )

    field_order = ("starts_at", "route", "driver", "attendant")

    def __init__(self, *args: Any, plan: TripPlan, bus: Bus, person: User, **kwargs: Any) -> None:
        super().__init__(*args, bus=bus, person=person, initial=first_answers(plan), **kwargs)
        if plan.pupils is not None:
            told = _("Planned for this trip: {pupils}, without those who are reported absent.")
            self.fields["pupils"].help_text = format_lazy(told, pupils=plan.pupils)
        routes = Route.objects.current().filter(Q(school=bus.school_id) | Q(plate_cards__bus=bus))
        self.offer("route", routes.distinct())

    def plan(self, bus: Bus) -> TripPlan:
        """The trip that was described."""
        given = self.cleaned_data
        return TripPlan(
            bus=bus,
            starts_at=given["starts_at"],
            route=given["route"],
            driver=given["driver"],
            attendant=given["attendant"],
            hazards_protected=given["hazards_protected"],
            stages=frozenset(Stage(one) for one in given["stages"]) or None,
            pupils=given["pupils"],
            adults=given["adults"],
            front_seat_free=given["front_seat_free"],
            nobody_else_rides=given["nobody_else_rides"],
            running_allowed=given["running_allowed"],
        )


def first_answers(plan: TripPlan) -> dict[str, Any]:
    """What the form begins with: what is known of a trip already."""
    return {
        "starts_at": timezone.localtime(plan.starts_at),
        "route": plan.route,
        "driver": plan.driver,
        "attendant": plan.attendant,
        "stages": [one.value for one in plan.stages or ()],
        "pupils": plan.pupils,
        "adults": 2 if plan.driver and plan.attendant else None,
    }


class PreTripForm(CrewForm):
    """A look at the bus before a trip: a tap for each item, words for what is not in order only."""

    field_order = ("driver", "attendant", *ITEMS)

    def __init__(self, *args: Any, bus: Bus, person: User, **kwargs: Any) -> None:
        super().__init__(*args, bus=bus, person=person, **kwargs)
        self.fields["driver"].required = True
        for name in ITEMS:
            self.fields[name] = forms.ChoiceField(
                label=PreTripCheck.label(name),
                choices=[
                    (ItemState.OK.value, ItemState.OK.label),
                    (ItemState.DEFECT.value, ItemState.DEFECT.label),
                ],
                widget=SideBySide,
                required=False,
            )
        self.fields["card_displayed"] = seen(_("Plate card in its place"))
        self.fields["sober"] = seen(_("Driver sober"))
        self.fields["fit"] = seen(_("Driver well and fit to drive"))
        self.fields["note"] = forms.CharField(
            label=_("What is not in order"),
            required=False,
            max_length=200,
            widget=forms.Textarea({"rows": 2}),
        )
        self.fields["odometer_km"] = forms.IntegerField(
            label=_("odometer, km"), required=False, min_value=0, max_value=9_999_999
        )

    def clean(self) -> dict[str, Any]:
        """A defect is described."""
        given = super().clean() or self.cleaned_data
        if not given.get("note") and any(given.get(name) == ItemState.DEFECT for name in ITEMS):
            self.add_error("note", _("Say what is not in order."))
        return given

    def items(self) -> dict[str, ItemState]:
        """How each item was found."""
        return {name: ItemState(self.cleaned_data[name] or ItemState.NOT_CHECKED) for name in ITEMS}

    def others(self) -> dict[str, Any]:
        """Everything but the items."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ITEMS}


class OverrideForm(forms.Form):
    """Why a trip leaves its approved route."""

    exception = forms.ChoiceField(label=_("what Article 30 excepts"), choices=ExceptionReason.choices)
    reason = forms.CharField(
        label=_("what keeps the bus from its approved route"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class BoardFilter(forms.Form):
    """What the board shows."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Plate, route or school")}),
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *RowState.choices])


class CheckFilter(forms.Form):
    """Which answers of the gate are listed."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Plate")}),
    )
    result = forms.ChoiceField(
        label=_("Result"),
        required=False,
        choices=[("", _("All")), *(one for one in RowState.choices if one[0] != RowState.NOT_ASKED)],
    )
    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

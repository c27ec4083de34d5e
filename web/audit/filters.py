"""How the access log is searched and narrowed down."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from fleet.audit.models import AccessRecord, Action, Channel
from fleet.organisations.models import Organisation

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AccessFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library has no types
    """Search by person and record; by action, organisation, way and local days."""

    q = django_filters.CharFilter(
        method="search",
        label=_("Search"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Who looked, or at whose record")}),
    )
    action = django_filters.ChoiceFilter(choices=Action.choices, empty_label=_("All actions"))
    organisation = django_filters.ModelChoiceFilter(
        queryset=Organisation.objects.none(), empty_label=_("All organisations")
    )
    channel = django_filters.ChoiceFilter(choices=Channel.choices, empty_label=_("All ways"))
    since = django_filters.DateFilter(field_name="at", lookup_expr="date__gte", label=_("Since"), widget=DAY)
    until = django_filters.DateFilter(field_name="at", lookup_expr="date__lte", label=_("Until"), widget=DAY)

    class Meta:
        model = AccessRecord
        fields = ("q", "action", "organisation", "channel", "since", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = self.queryset.order_by().values("organisation")
        self.filters["organisation"].queryset = Organisation.objects.filter(pk__in=named)

    def search(self, records: QuerySet[AccessRecord], _name: str, text: str) -> QuerySet[AccessRecord]:
        """Looks by a person, or at a record, of that name."""
        return records.filter(
            Q(name__icontains=text)
            | Q(person__full_name__icontains=text)
            | Q(person__username__icontains=text)
            | Q(purpose__icontains=text)
        )

"""How lists are searched and narrowed down."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fleet.organisations.models import Organisation

STATES = [("archived", _("Archived")), ("all", _("All"))]


def search_filter(placeholder: str | Promise) -> django_filters.CharFilter:
    """A field for a text that `RecordFilter.search` looks for."""
    return django_filters.CharFilter(
        method="search",
        label=_("Search"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": placeholder}),
    )


def organisation_filter(all_of_them: str | Promise) -> django_filters.ModelChoiceFilter:
    """One of the organisations that the listed records name."""
    return django_filters.ModelChoiceFilter(queryset=Organisation.objects.none(), empty_label=all_of_them)


class RecordFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library has no types
    """What all lists can be narrowed by: archived records are listed only where asked for."""

    state = django_filters.ChoiceFilter(
        method="by_state", label=_("State"), choices=STATES, empty_label=_("In use")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, one in self.filters.items():
            if isinstance(one, django_filters.ModelChoiceFilter):
                named = self.queryset.order_by().values(one.field_name)
                self.filters[name].queryset = one.queryset.model.objects.filter(pk__in=named)

    def wanted(self, text: str) -> Q:
        """Which records a text means."""
        raise NotImplementedError

    def search(self, records: QuerySet[Any], _name: str, text: str) -> QuerySet[Any]:
        """The records that a text means."""
        return records.filter(self.wanted(text))

    def by_state(self, records: QuerySet[Any], _name: str, state: str) -> QuerySet[Any]:
        """`filter_queryset` has it, since it also narrows where nothing is asked."""
        return records

    def filter_queryset(self, records: QuerySet[Any]) -> QuerySet[Any]:
        """The records asked for; those in use where the state is not."""
        found: QuerySet[Any] = super().filter_queryset(records)
        state = self.form.cleaned_data["state"]
        if state == "all":
            return found
        return found.filter(archived_at__isnull=state != "archived")

"""Buses in the administration site."""

from django.contrib import admin
from django.http import HttpRequest

from fleet.vehicles.models import Bus


@admin.register(Bus)
class BusAdmin(admin.ModelAdmin):
    """Buses, with who runs them and for whom."""

    list_display = ("plate", "operator", "school", "route")
    list_filter = ("operator", "school")
    search_fields = ("plate",)

    def has_delete_permission(self, request: HttpRequest, obj: Bus | None = None) -> bool:
        """Nobody: a bus is archived, because evidence refers to it."""
        return False

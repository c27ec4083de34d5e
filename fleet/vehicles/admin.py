"""Buses in the administration site."""

from django.contrib import admin

from fleet.vehicles.models import Bus


@admin.register(Bus)
class BusAdmin(admin.ModelAdmin):
    """Buses, with who runs them and for whom."""

    list_display = ("plate", "operator", "school", "route")
    list_filter = ("operator", "school")
    search_fields = ("plate",)

"""Organisations and memberships in the administration site."""

from django.contrib import admin

from fleet.organisations.models import Membership, Organisation


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    """Organisations, by kind and place in the tree."""

    list_display = ("name", "name_en", "kind", "parent")
    list_filter = ("kind",)
    search_fields = ("name", "name_en")


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    """Who serves where."""

    list_display = ("person", "role", "organisation")
    list_filter = ("role",)
    autocomplete_fields = ("person", "organisation")

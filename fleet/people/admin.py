"""People in the administration site."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from fleet.people.models import User


@admin.register(User)
class PersonAdmin(UserAdmin):
    """Accounts, with the name that pages show."""

    list_display = ("username", "full_name", "is_active", "is_staff", "last_login")
    fieldsets = ((None, {"fields": ("full_name",)}), *(UserAdmin.fieldsets or ()))

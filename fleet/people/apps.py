"""Registers the app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """The people who sign in."""

    name = "fleet.people"
    verbose_name = _("People")

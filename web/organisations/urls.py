"""Addresses of the organisations' pages."""

from django.urls import path

from web.organisations.register import ORGANISATION_REGISTER
from web.organisations.views import organisation_tree
from web.registry.urls import pages_of

urlpatterns = [
    path("organisations/tree/", organisation_tree, name="organisation_tree"),
    *pages_of(ORGANISATION_REGISTER),
]

"""Addresses of the pages of stops, routes and school calendars."""

from django.urls import path

from web.registry.urls import pages_of
from web.routes import stop_views
from web.routes.stops import STOP_REGISTER

urlpatterns = [
    path("stops/map/", stop_views.stop_map, name="stop_map"),
    path("stops/here/", stop_views.stops_here, name="inspection_here"),
    path("stops/<int:pk>/move/", stop_views.stop_move, name="stop_move"),
    path("stops/<int:pk>/approve/", stop_views.stop_approve, name="stop_approve"),
    path("stops/<int:pk>/approval/", stop_views.stop_approval_document, name="stop_approval_document"),
    path("stops/<int:pk>/inspect/", stop_views.stop_inspect, name="stop_inspect"),
    path("stops/<int:pk>/photographs/<int:inspection>/", stop_views.stop_photograph, name="stop_photograph"),
    *pages_of(STOP_REGISTER),
]

"""Addresses of the coordinator's pages."""

from django.urls import path

from web.coordinator import views
from web.coordinator.tiles import tiles_file
from web.environment import TILES_FILE_ADDRESS

urlpatterns = [
    path("", views.live, name="live"),
    path("live/trail/<int:bus>/", views.live_trail, name="live_trail"),
    path("live/basemap.json", views.live_basemap, name="live_basemap"),
    path(TILES_FILE_ADDRESS.removeprefix("/"), tiles_file, name="tiles_file"),
    path("devices/", views.devices, name="devices"),
    path("devices/<int:pk>/assign/", views.device_assign, name="device_assign"),
]

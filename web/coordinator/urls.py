"""Addresses of the coordinator's pages."""

from django.urls import path

from web.coordinator import views

urlpatterns = [
    path("", views.live, name="live"),
    path("live/trail/<int:bus>/", views.live_trail, name="live_trail"),
    path("live/basemap.json", views.live_basemap, name="live_basemap"),
    path("devices/", views.devices, name="devices"),
    path("devices/<int:pk>/assign/", views.device_assign, name="device_assign"),
]

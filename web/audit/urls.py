"""Addresses of the access log."""

from django.urls import path

from web.audit import views

urlpatterns = [
    path("access-log/", views.access_log, name="access_log"),
    path("access-log/export.<str:kind>", views.access_log_export, name="access_log_export"),
    path("account/access/", views.own_access_log, name="access_log_own"),
]

"""Addresses of the dispatch pages."""

from django.urls import path

from web.dispatch import board_views, check_views, gate_views, pre_trip_views

urlpatterns = [
    path("", board_views.board, name="dispatch_board"),
    path("buses/<int:pk>/", gate_views.gate, name="dispatch_gate"),
    path("buses/<int:pk>/check/", pre_trip_views.pre_trip_new, name="dispatch_pre_trip"),
    path("checks/", check_views.check_list, name="dispatch_checks"),
    path("checks/export.<str:kind>", check_views.check_export, name="dispatch_checks_export"),
    path("checks/<int:pk>/", check_views.check_detail, name="dispatch_check"),
    path("checks/<int:pk>/override/", check_views.override_request, name="dispatch_override"),
    path("checks/<int:pk>/confirm/", check_views.override_confirm, name="dispatch_confirm"),
]

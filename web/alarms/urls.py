"""Addresses of alarms."""

from django.urls import path

from web.alarms import actions, detail, lists, load, suppressions

urlpatterns = [
    path("alarms/", lists.alarm_list, name="alarm_list"),
    path("alarms/export.<str:kind>", lists.alarm_export, name="alarm_export"),
    path("alarms/load/", load.alarm_load, name="alarm_load"),
    path("alarms/suppressions/", suppressions.suppression_list, name="alarm_suppressions"),
    path("alarms/suppressions/add/", suppressions.suppression_add, name="alarm_suppression_add"),
    path("alarms/suppressions/<int:pk>/end/", suppressions.suppression_end, name="alarm_suppression_end"),
    path("alarms/<int:pk>/", detail.alarm_detail, name="alarm_detail"),
    path("alarms/<int:pk>/track.json", detail.alarm_track, name="alarm_track"),
    path("alarms/<int:pk>/<str:step>/", actions.alarm_step, name="alarm_step"),
]

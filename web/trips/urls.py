"""Addresses of trips."""

from django.urls import path

from web.trips import actions, board, detail, reports

urlpatterns = [
    path("trips/", board.trip_list, name="trip_list"),
    path("trips/export.<str:kind>", board.trip_export, name="trip_export"),
    path("trips/<int:pk>/", detail.trip_detail, name="trip_detail"),
    path("trips/<int:pk>/step/<str:step>/", actions.trip_step, name="trip_step"),
    path("trips/<int:pk>/substitute/", actions.trip_substitute, name="trip_substitute"),
    path("trips/<int:pk>/lateness/", actions.trip_lateness, name="trip_lateness"),
    path("punctuality/", reports.punctuality_page, name="punctuality"),
    path("punctuality/export.<str:kind>", reports.punctuality_export, name="punctuality_export"),
    path("accuracy/", reports.accuracy_list, name="accuracy_list"),
    path("accuracy/<int:pk>/", reports.accuracy_of_school, name="accuracy_school"),
]

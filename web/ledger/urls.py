"""Addresses of the child ledger."""

from django.urls import path

from web.ledger import crew, ledger

urlpatterns = [
    path("crew/", crew.crew_trips, name="crew_trips"),
    path("crew/<int:pk>/", crew.crew_trip, name="crew_trip"),
    path("crew/<int:pk>/pupil/", crew.crew_pupil, name="crew_pupil"),
    path("crew/<int:pk>/undo/", crew.crew_undo, name="crew_undo"),
    path("crew/<int:pk>/count/", crew.crew_count, name="crew_count"),
    path("crew/<int:pk>/walk/", crew.crew_walk, name="crew_walk"),
    path("crew/<int:pk>/sos/", crew.crew_sos, name="crew_sos"),
    path("crew/<int:pk>/step/", crew.crew_step, name="crew_step"),
    path("trips/<int:pk>/ledger/", ledger.trip_ledger, name="trip_ledger"),
    path("trips/<int:pk>/ledger/correct/", ledger.ledger_correct, name="ledger_correct"),
]

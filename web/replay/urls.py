"""Addresses of the replay of a bus's driving."""

from django.urls import path

from web.replay import pages

urlpatterns = [
    path("", pages.replay_choose, name="replay_choose"),
    path("<int:bus>/", pages.replay, name="replay"),
    path("<int:bus>/track.json", pages.replay_track, name="replay_track"),
]

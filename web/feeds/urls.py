"""Addresses of the pages of feeds; the feeds themselves are below the API's."""

from django.urls import path

from web.feeds import views

urlpatterns = [
    path("feeds/", views.feed_list, name="feed_list"),
    path("feeds/new/", views.feed_new, name="feed_new"),
    path("feeds/<int:pk>/close/", views.feed_close, name="feed_close"),
    path("exports/gtfs.zip", views.gtfs_export, name="gtfs_export"),
]

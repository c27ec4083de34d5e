"""Addresses of the pages of stops, routes and school calendars."""

from django.urls import path

from web.registry.urls import pages_of
from web.routes import (
    calendar_views,
    geo_views,
    gtfs_views,
    learn_views,
    line_files,
    stop_views,
    way_views,
)
from web.routes.calendar_pages import EXCEPTIONAL_DAY_REGISTER, TERM_REGISTER
from web.routes.route_pages import ROUTE_REGISTER
from web.routes.stops import STOP_REGISTER
from web.routes.weather import LOW_VISIBILITY_REGISTER, weather_end

urlpatterns = [
    path("gtfs/", gtfs_views.gtfs_new, name="gtfs_new"),
    path("gtfs/<int:pk>/", gtfs_views.gtfs_run, name="gtfs_run"),
    path("gtfs/<int:pk>/same/", gtfs_views.gtfs_same, name="gtfs_same"),
    path("gtfs/<int:pk>/apply/", gtfs_views.gtfs_apply, name="gtfs_apply"),
    path("gtfs/<int:pk>/undo/", gtfs_views.gtfs_undo, name="gtfs_undo"),
    path("stops/map/", stop_views.stop_map, name="stop_map"),
    path("stops/geo/", geo_views.stops_geo, name="stops_geo"),
    path("stops/geo/keep/", geo_views.stops_geo_keep, name="stops_geo_keep"),
    path("stops/geo/undo/<slug:key>/", geo_views.stops_geo_undo, name="stops_geo_undo"),
    path("stops/geo/stops.<slug:kind>", geo_views.stops_export, name="stops_geo_export"),
    path("stops/here/", stop_views.stops_here, name="inspection_here"),
    path("stops/<int:pk>/move/", stop_views.stop_move, name="stop_move"),
    path("stops/<int:pk>/approve/", stop_views.stop_approve, name="stop_approve"),
    path("stops/<int:pk>/approval/", stop_views.stop_approval_document, name="stop_approval_document"),
    path("stops/<int:pk>/inspect/", stop_views.stop_inspect, name="stop_inspect"),
    path("stops/<int:pk>/photographs/<int:inspection>/", stop_views.stop_photograph, name="stop_photograph"),
    *pages_of(STOP_REGISTER),
    path("routes/learn/", learn_views.route_learn, name="route_learn"),
    path("routes/learn/proposal/", learn_views.route_proposal, name="route_proposal"),
    path("routes/geo/routes.<slug:kind>", line_files.routes_export, name="routes_geo_export"),
    path("ways/undo/", line_files.way_line_undo, name="route_way_undo"),
    path("routes/<int:pk>/ways/new/", way_views.way_new, name="route_way_new"),
    path("ways/<int:pk>/draw/", way_views.way_redraw, name="route_way_redraw"),
    path("ways/<int:pk>/end/", way_views.way_end, name="route_way_end"),
    path("ways/<int:pk>/departures/new/", way_views.departure_new, name="route_departure_new"),
    path("ways/<int:pk>/departures/<int:one>/", way_views.departure_edit, name="route_departure_edit"),
    path("ways/<int:pk>/stretches/new/", way_views.stretch_new, name="route_stretch_new"),
    path("ways/<int:pk>/limiters/new/", way_views.limiter_new, name="route_limiter_new"),
    path("ways/<int:pk>/<slug:part>/<int:one>/archive/", way_views.part_archive, name="route_part_archive"),
    *pages_of(ROUTE_REGISTER),
    path("calendars/", calendar_views.calendar_list, name="calendar_list"),
    path("calendars/<int:pk>/", calendar_views.calendar_school, name="calendar_school"),
    *pages_of(TERM_REGISTER),
    *pages_of(EXCEPTIONAL_DAY_REGISTER),
    path("weather/<int:pk>/end/", weather_end, name="lowvisibility_end"),
    *pages_of(LOW_VISIBILITY_REGISTER),
]

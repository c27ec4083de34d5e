"""Addresses of the pages of pupils, and of the page on which a guardian uses a code."""

from django.urls import path

from web.pupils import link, pupil_views, search, slips, today
from web.pupils.classes import CLASS_REGISTER
from web.pupils.pupils import PUPIL_REGISTER
from web.registry.urls import pages_of

urlpatterns = [
    *pages_of(CLASS_REGISTER),
    *pages_of(PUPIL_REGISTER),
    path("classes/<int:pk>/today/", today.class_today, name="class_today"),
    path("classes/<int:pk>/today/roll-call/", today.today_roll_call, name="today_roll_call"),
    path("classes/<int:pk>/today/<int:pupil>/absent/", today.today_absent, name="today_absent"),
    path("classes/<int:pk>/today/<int:pupil>/rides/", today.today_rides, name="today_rides"),
    path("classes/<int:pk>/slips/", slips.class_slips, name="class_slips"),
    path("pupils/<int:pk>/slip/", slips.pupil_slip, name="pupil_slip"),
    path("pupils/<int:pk>/stops/new/", pupil_views.stop_new, name="pupil_stop_new"),
    path("pupils/<int:pk>/stops/<int:one>/end/", pupil_views.stop_end, name="pupil_stop_end"),
    path("pupils/<int:pk>/absences/new/", pupil_views.absence_new, name="pupil_absence_new"),
    path(
        "pupils/<int:pk>/absences/<int:one>/withdraw/",
        pupil_views.absence_withdraw,
        name="pupil_absence_withdraw",
    ),
    path("pupils/<int:pk>/adults/new/", pupil_views.adult_new, name="pupil_adult_new"),
    path("pupils/<int:pk>/adults/<int:one>/edit/", pupil_views.adult_edit, name="pupil_adult_edit"),
    path("pupils/<int:pk>/adults/<int:one>/remove/", pupil_views.adult_remove, name="pupil_adult_remove"),
    path("pupils/<int:pk>/links/<int:one>/end/", pupil_views.link_end, name="pupil_link_end"),
    path("pupils/<int:pk>/codes/void/", pupil_views.codes_void, name="pupil_codes_void"),
    path(
        "pupils/<int:pk>/corrections/<int:one>/answer/",
        pupil_views.correction_answer,
        name="pupil_correction_answer",
    ),
    path("pupil-bus/", search.pupil_bus, name="pupil_bus"),
    path("link/", link.link_child, name="link_child"),
    path("link/<str:code>/", link.link_code, name="link_code"),
]

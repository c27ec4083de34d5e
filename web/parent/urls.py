"""Addresses of the pages of families."""

from django.urls import path

from web.parent import child_views, install, settings_views, share_views, views
from web.parent.poll import NOW_PATH

urlpatterns = [
    path("family/", views.family, name="family"),
    path(NOW_PATH.removeprefix("/"), views.now, name="family_now"),
    path("family/manifest.webmanifest", install.manifest, name="family_manifest"),
    path("family/worker.js", install.worker, name="family_worker"),
    path("family/settings/", settings_views.settings_page, name="family_settings"),
    path("family/push/", settings_views.push_subscribe, name="family_push"),
    path("family/push/end/", settings_views.push_end, name="family_push_end"),
    path("family/children/<int:pk>/", child_views.child, name="family_child"),
    path("family/children/<int:pk>/absences/", child_views.absence_report, name="family_absence"),
    path(
        "family/children/<int:pk>/absences/<int:one>/withdraw/",
        child_views.absence_withdraw,
        name="family_absence_withdraw",
    ),
    path("family/children/<int:pk>/adults/", child_views.adult_add, name="family_adult"),
    path(
        "family/children/<int:pk>/adults/<int:one>/remove/",
        child_views.adult_remove,
        name="family_adult_remove",
    ),
    path("family/children/<int:pk>/links/", child_views.share_make, name="family_share"),
    path(
        "family/children/<int:pk>/links/<int:one>/revoke/",
        child_views.share_revoke,
        name="family_share_revoke",
    ),
    path("family/shared/<str:secret>.json", share_views.shared_json, name="family_shared_json"),
    path("family/shared/<str:secret>.ics", share_views.shared_calendar, name="family_shared_calendar"),
    path("family/shared/<str:secret>/", share_views.shared, name="family_shared"),
]

"""Addresses of the pages of regulation profiles."""

from django.urls import path

from web.registry import regulations_actions, regulations_views

urlpatterns = [
    path("regulations/", regulations_views.profile_list, name="profile_list"),
    path("regulations/province/", regulations_actions.province_new, name="profile_province"),
    path("regulations/<int:pk>/", regulations_views.profile_detail, name="profile_detail"),
    path("regulations/<int:pk>/draft/", regulations_actions.draft_new, name="profile_draft"),
    path("regulations/<int:pk>/number/", regulations_actions.number_edit, name="profile_number"),
    path("regulations/<int:pk>/<slug:step>/", regulations_actions.take_step, name="profile_step"),
]

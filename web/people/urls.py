"""Addresses of the people's pages."""

from django.urls import path

from web.people import actions, invitations, views

urlpatterns = [
    path("people/", views.person_list, name="person_list"),
    path("people/new/", views.person_new, name="person_new"),
    path("people/<int:pk>/", views.person_detail, name="person_detail"),
    path("people/<int:pk>/edit/", views.person_edit, name="person_edit"),
    path("people/<int:pk>/close/", actions.person_close, name="person_close"),
    path("people/<int:pk>/reopen/", actions.person_reopen, name="person_reopen"),
    path("people/<int:pk>/invite/", actions.person_invite, name="person_invite"),
    path("people/<int:pk>/password/", actions.person_password, name="person_password"),
    path("people/<int:pk>/second-factor/", actions.person_second_factor, name="person_second_factor"),
    path("people/<int:pk>/roles/new/", actions.membership_new, name="membership_new"),
    path("people/<int:pk>/record/", actions.record_link, name="record_link"),
    path("people/roles/<int:pk>/end/", actions.membership_end, name="membership_end"),
    path("invitation/<str:token>/", invitations.invitation, name="invitation"),
]

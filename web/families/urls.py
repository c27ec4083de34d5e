"""Addresses of the school's pages about its families."""

from django.urls import path

from web.families import views

urlpatterns = [
    path("families/", views.school_list, name="schoolfamily_list"),
    path("families/<int:pk>/", views.school_detail, name="schoolfamily_detail"),
    path("families/<int:pk>/slips/", views.school_slips, name="schoolfamily_slips"),
    path("families/<int:pk>/links/<int:one>/revoke/", views.share_end, name="schoolfamily_share_end"),
]

"""Addresses of notices."""

from django.urls import path

from web.notices import gateways, views

urlpatterns = [
    path("notices/", views.notice_list, name="notice_list"),
    path("notices/read/", views.notice_read, name="notice_read"),
    path("notices/deliveries/", views.notice_deliveries, name="notice_deliveries"),
    path("notices/gateways/", gateways.hook_list, name="notice_gateways"),
    path("notices/gateways/<int:pk>/end/", gateways.hook_end, name="notice_gateway_end"),
]

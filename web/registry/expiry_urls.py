"""Addresses of the expiry board."""

from django.urls import path

from web.registry import expiry_views, mail_views

urlpatterns = [
    path("expiry/", expiry_views.expiry_list, name="expiry_list"),
    path("expiry/calendar/", expiry_views.expiry_calendar, name="expiry_calendar"),
    path("expiry/mail/", mail_views.mail_list, name="expiry_mail"),
    path("expiry/read/", expiry_views.expiry_read, name="expiry_read"),
    path("expiry/export.<str:kind>", expiry_views.expiry_export, name="expiry_export"),
]

"""Addresses of reports."""

from django.urls import path

from web.reports import subscriptions, views

urlpatterns = [
    path("reports/", views.report_page, name="report"),
    path("reports/export.<str:kind>", views.report_export, name="report_export"),
    path("reports/subscriptions/", subscriptions.report_subscriptions, name="report_subscriptions"),
    path("reports/subscriptions/<int:pk>/end/", subscriptions.report_unsubscribe, name="report_unsubscribe"),
]

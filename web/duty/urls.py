"""Addresses of driving and rest times."""

from django.urls import path

from web.duty import actions, views

urlpatterns = [
    path("duty/", views.duty_list, name="duty_list"),
    path("duty/<int:pk>/", views.duty_driver, name="duty_driver"),
    path("duty/<int:pk>/export.<str:kind>", views.duty_export, name="duty_export"),
    path("duty/<int:pk>/sign-in/", actions.duty_sign_in, name="duty_sign_in"),
    path("duty/<int:pk>/sign-out/", actions.duty_sign_out, name="duty_sign_out"),
    path("duty/<int:pk>/enter/", actions.duty_enter, name="duty_enter"),
    path("duty/<int:pk>/entries/<int:entry>/withdraw/", actions.duty_withdraw, name="duty_withdraw"),
]
"""Each page is of one driver but the first."""

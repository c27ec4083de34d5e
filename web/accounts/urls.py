"""Addresses of signing in and of a person's account: of django-allauth's pages, only those that are used."""

from allauth.account import views as allauth
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path
from django.views.generic import RedirectView

from web.accounts import views

urlpatterns = [
    path("sign-in/", allauth.login, name="login"),
    path("sign-in/", allauth.login, name="account_login"),
    path("sign-in/code/", second_factor.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("sign-out/", allauth.logout, name="logout"),
    path("sign-out/", allauth.logout, name="account_logout"),
    path("account/", views.account, name="account"),
    path("account/password/", allauth.password_change, name="account_change_password"),
    path("account/confirm/", allauth.reauthenticate, name="account_reauthenticate"),
    path("account/confirm/code/", second_factor.reauthenticate, name="mfa_reauthenticate"),
    path("account/confirm/passkey/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("account/sessions/", views.sessions, name="account_sessions"),
    path("account/sessions/end-others/", views.sessions_end_others, name="account_sessions_end_others"),
    path("account/sessions/<int:pk>/end/", views.session_end, name="account_session_end"),
    path("account/second-factor/", second_factor.index, name="mfa_index"),
    path("account/second-factor/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/second-factor/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/second-factor/passkeys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path(
        "account/second-factor/passkeys/",
        RedirectView.as_view(pattern_name="mfa_index"),
        name="mfa_list_webauthn",
    ),
    path(
        "account/second-factor/passkeys/<int:pk>/remove/",
        webauthn.remove_webauthn,
        name="mfa_remove_webauthn",
    ),
    path(
        "account/second-factor/recovery-codes/",
        recovery_codes.view_recovery_codes,
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/second-factor/recovery-codes/new/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
]

"""How django-allauth is fitted to Schoolrun."""

import base64
import hashlib
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from fleet.people.models import User
from web.accounts.activity import limit_idle_time
from web.person import address_of

SIGNED_IN_AT = "signed_in_at"
UNSAID = {
    "account/messages/logged_in.txt",
    "account/messages/logged_out.txt",
    "mfa/messages/recovery_codes_generated.txt",
}
"""What the page that follows says by itself."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # django-allauth has no types
    """Signing in by user name and password."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(
            "The user name and password do not match. Check both: capitals and small letters differ."
        ),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your present password."),
        "too_many_login_attempts": _("Too many wrong codes. Wait five minutes, then try again."),
        "rate_limited": _("Too many wrong codes. Wait five minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: administrators make accounts."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Leave counting wrong passwords to django-axes, which keeps them in the database."""

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in, and remember when."""
        super().login(request, user)
        request.session[SIGNED_IN_AT] = time.time()
        limit_idle_time(request)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever has just signed in is not asked for the password again."""
        signed_in_at = context.request.session.get(SIGNED_IN_AT, 0)
        is_fresh = time.time() - signed_in_at < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        return not is_fresh and bool(super().is_reauthentication_required(app=app, **kwargs))

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Tell who comes with a passkey of a closed account."""
        messages.error(request, _("This account is closed. Ask your administrator."))
        return redirect("login")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the account page."""
        return reverse("account")

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Say what django-allauth has to say, but for the obvious."""
        if message_template not in UNSAID:
            super().add_message(request, level, message_template, *args, **kwargs)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that the access log knows."""
        return address_of(request) or str(super().get_client_ip(request))


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # django-allauth has no types
    """Second factors, whose secrets are kept encrypted."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or no longer. Take the one that is shown now."),
    }

    def get_totp_label(self, user: User) -> str:
        """The user name, as at sign-in."""
        return user.get_username()

    def encrypt(self, text: str) -> str:
        """A secret as it is kept."""
        return keys().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """A secret as it is used."""
        return keys().decrypt(encrypted_text.encode("ascii")).decode()


def keys() -> MultiFernet:
    """The keys of this installation: that of SECRET_KEY writes, those of its fallbacks still read."""
    secrets = [str(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    digests = [hashlib.sha256(f"second factor {secret}".encode()).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])

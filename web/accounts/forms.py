"""Forms of the account pages."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from web.accounts.activity import limit_idle_time
from web.accounts.changes import change_own_password


class SignInForm(LoginForm):  # type: ignore[misc]  # django-allauth has no types
    """User name and password, under the names that browsers know."""

    def add_prefix(self, field_name: str) -> str:
        """The name of a field in the page."""
        return "username" if field_name == "login" else str(super().add_prefix(field_name))

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Sign in, or go on to the second factor; django-allauth sets the usual length of the session."""
        response: HttpResponse = super().login(request, redirect_url)
        if request.user.is_authenticated:
            limit_idle_time(request)
        return response


class PasswordForm(ChangePasswordForm):  # type: ignore[misc]  # django-allauth has no types
    """The present password, and a new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Present password")
        self.fields["password1"].label = _("New password")
        self.fields["password2"].label = _("New password, again")
        for field in self.fields.values():
            field.help_text = ""
            field.widget.attrs.pop("placeholder", None)

    @property
    def rules(self) -> list[str]:
        """What the new password must be, to be read before it is chosen."""
        return password_validators_help_texts()

    def clean_password1(self) -> str:
        """Refuse the password that is to be given up."""
        password = str(self.cleaned_data["password1"])
        if password == self.cleaned_data.get("oldpassword"):
            raise ValidationError(_("This is your present password. Choose another."))
        return password

    def save(self) -> None:
        """Change it."""
        change_own_password(self.user, self.cleaned_data["password1"])


class EmailForm(forms.Form):
    """Where notices go."""

    email = forms.EmailField(
        label=_("Email address"),
        required=False,
        help_text=_("For notices. Nobody signs in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

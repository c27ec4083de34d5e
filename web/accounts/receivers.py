"""What signing in, codes and second factors tell the security log: the libraries say it by signals only."""

from typing import Any

from allauth.mfa import signals as second_factor
from allauth.mfa.models import Authenticator
from axes.handlers.proxy import AxesProxyHandler
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from fleet.family.freshness import guardian_stamp, touch
from fleet.people.models import User
from web.accounts.activity import mark_seen
from web.accounts.changes import end_sessions, record_event
from web.accounts.gate import SECOND_FACTORS
from web.accounts.models import EventKind
from web.person import address_of


def browser_of(request: HttpRequest | None) -> str:
    """What the browser calls itself."""
    return str(request.META.get("HTTP_USER_AGENT", "")) if request else ""


def known(username: str | None) -> User | None:
    """Who has a user name."""
    return User.objects.filter(username=username).first() if username else None


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **_signal: Any) -> None:
    """Tell it, and forget the wrong passwords before the right one: those of this name at this address."""
    mark_seen(request)
    record_event(EventKind.SIGNED_IN, person=user, browser=browser_of(request))
    if address := address_of(request):
        AxesProxyHandler.reset_attempts(username=user.get_username(), ip_address=address)


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **_signal: Any) -> None:
    """Tell it."""
    if user:
        record_event(EventKind.SIGNED_OUT, person=user, browser=browser_of(request))
        touch([guardian_stamp(user.pk)])


@receiver(user_login_failed)
def password_wrong(credentials: dict[str, Any], request: HttpRequest | None = None, **_signal: Any) -> None:
    """Tell it, but not who knocks while locked out: `locked_out` has told that once."""
    if not getattr(request, "axes_locked_out", False):
        person = known(credentials.get("username"))
        record_event(EventKind.PASSWORD_WRONG, person=person, browser=browser_of(request))


@receiver(user_locked_out)
def locked_out(request: HttpRequest, username: str | None, **_signal: Any) -> None:
    """Tell the wrong password that closed the lock, not the knocking after it."""
    if getattr(request, "axes_failures_since_start", None) is not None:
        record_event(EventKind.LOCKED_OUT, person=known(username), browser=browser_of(request))


@receiver(second_factor.authentication_failed)
def code_wrong(request: HttpRequest, user: User, **_signal: Any) -> None:
    """Tell it."""
    record_event(EventKind.CODE_WRONG, person=user, browser=browser_of(request))


@receiver(second_factor.authenticator_added)
def second_factor_added(
    request: HttpRequest, user: User, authenticator: Authenticator, **_signal: Any
) -> None:
    """Tell it, and end the sessions that began without it."""
    if authenticator.type in SECOND_FACTORS:
        end_sessions(user, but=request.session.session_key)
        record_event(EventKind.SECOND_FACTOR_ADDED, person=user, browser=browser_of(request))
    else:
        record_event(EventKind.RECOVERY_CODES_MADE, person=user, browser=browser_of(request))


@receiver(second_factor.authenticator_removed)
def second_factor_removed(
    request: HttpRequest, user: User, authenticator: Authenticator, **_signal: Any
) -> None:
    """Tell it; recovery codes go with the last one without a word."""
    if authenticator.type in SECOND_FACTORS:
        record_event(EventKind.SECOND_FACTOR_REMOVED, person=user, browser=browser_of(request))


@receiver(second_factor.authenticator_reset)
def recovery_codes_made(request: HttpRequest, user: User, **_signal: Any) -> None:
    """Tell it."""
    record_event(EventKind.RECOVERY_CODES_MADE, person=user, browser=browser_of(request))

"""The security log, and passwords that somebody else has chosen."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fleet.append_only import AppendOnly

LONGEST_BROWSER = 200


class EventKind(models.TextChoices):
    """What happened to an account."""

    SIGNED_IN = "signed_in", _("Signed in")
    SIGNED_OUT = "signed_out", _("Signed out")
    PASSWORD_WRONG = "password_wrong", _("Wrong password")
    CODE_WRONG = "code_wrong", _("Wrong code")
    LOCKED_OUT = "locked_out", _("Locked out after wrong passwords")
    PASSWORD_CHANGED = "password_changed", _("Password changed")
    PASSWORD_ISSUED = "password_issued", _("Temporary password issued")
    SECOND_FACTOR_ADDED = "second_factor_added", _("Second factor added")
    SECOND_FACTOR_REMOVED = "second_factor_removed", _("Second factor removed")
    SECOND_FACTOR_RESET = "second_factor_reset", _("Second factor reset")
    RECOVERY_CODES_MADE = "recovery_codes_made", _("Recovery codes made")
    SESSIONS_ENDED = "sessions_ended", _("Sessions ended")
    TOKEN_MADE = "token_made", _("Access token made")
    TOKEN_REVOKED = "token_revoked", _("Access token revoked")


class SecurityEvent(AppendOnly):
    """Something that happened to an account. A user name that nobody has is not kept: it may be a password."""

    at = models.DateTimeField(_("time"), default=timezone.now)
    kind = models.CharField(_("what"), max_length=24, choices=EventKind)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="security_events",
        verbose_name=_("person"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    reason = models.TextField(_("reason"), blank=True)
    address = models.GenericIPAddressField(_("address"), null=True)
    browser = models.CharField(_("browser"), max_length=LONGEST_BROWSER, blank=True)

    class Meta:
        verbose_name = _("security event")
        verbose_name_plural = _("security log")
        ordering = ("-at", "-pk")
        indexes = [models.Index(fields=["person", "-at"], name="security_event_of_person")]

    def __str__(self) -> str:
        return f"{self.person or self.address} · {self.get_kind_display()}"


class TemporaryPassword(models.Model):
    """A mark on an account whose password somebody else knows: it must be changed before anything else."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="temporary_password"
    )
    issued_at = models.DateTimeField(_("issued"), default=timezone.now)

    class Meta:
        verbose_name = _("temporary password")
        verbose_name_plural = _("temporary passwords")

    def __str__(self) -> str:
        return str(self.person)

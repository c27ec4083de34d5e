"""The account with which a person signs in; drivers and attendants stand in modules of their own."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from fleet.people.attendants import Attendant, AttendantCheck
from fleet.people.drivers import (
    AnnualReview,
    Driver,
    DriverCondition,
    DriverQualification,
    MedicalCertificate,
    PointsRecord,
    TrainingHours,
)

__all__ = [
    "AnnualReview",
    "Attendant",
    "AttendantCheck",
    "Driver",
    "DriverCondition",
    "DriverQualification",
    "MedicalCertificate",
    "PointsRecord",
    "TrainingHours",
    "User",
]


NOT_IN_HISTORY = ["password", "last_login", "invitation", "language"]


class User(AbstractUser):
    """A person who signs in. What they may see follows from their memberships, not from this row.

    Attributes:
        language: in which notices are written to them; empty where they have chosen none.
        invitation: what the link that sets the first password must hold; empty once it is used.
    """

    full_name = models.CharField(_("name"), max_length=80, blank=True)
    telephone = models.CharField(_("telephone"), max_length=32, blank=True)
    language = models.CharField(_("language"), max_length=16, choices=settings.LANGUAGES, blank=True)
    invitation = models.CharField(_("invitation"), max_length=43, blank=True, editable=False)

    history = HistoricalRecords(
        excluded_fields=NOT_IN_HISTORY,
        history_change_reason_field=models.TextField(_("reason"), blank=True, null=True),
    )

    _history_user: "User"
    _change_reason: str

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.full_name or self.username

    def save(self, *args: Any, **options: Any) -> None:
        """Store it; a sign-in, which changes nothing that the history keeps, adds nothing to it."""
        fields = options.get("update_fields")
        if fields is None or not set(fields) <= set(NOT_IN_HISTORY):
            super().save(*args, **options)
            return
        self.skip_history_when_saving = True
        try:
            super().save(*args, **options)
        finally:
            del self.skip_history_when_saving

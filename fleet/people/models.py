"""The account with which a person signs in; drivers and attendants stand in modules of their own."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

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


class User(AbstractUser):
    """A person who signs in. What they may see follows from their memberships, not from this row."""

    full_name = models.CharField(_("name"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.full_name or self.username

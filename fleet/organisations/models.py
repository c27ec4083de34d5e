"""Organisations as a tree, and the people who serve in them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fleet.naming import Named


class Kind(models.TextChoices):
    """What an organisation is."""

    DISTRICT = "district", _("District")
    SCHOOL = "school", _("School")
    OPERATOR = "operator", _("Operator")
    POLICE = "police", _("Police")
    SUPERVISOR = "supervisor", _("Supervisor")


class Role(models.TextChoices):
    """What a person does in an organisation."""

    ADMINISTRATOR = "administrator", _("Administrator")
    COORDINATOR = "coordinator", _("Coordinator")
    PRINCIPAL = "principal", _("Principal")


class Organisation(Named):
    """A tenant, or a part of one: a district has schools and operators under it."""

    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], name="organisation_name_once_per_parent")
        ]


class Membership(models.Model):
    """A person's role in an organisation, which reaches down to everything below it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=16, choices=Role)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "role"], name="membership_once_per_role"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_role_display()} · {self.organisation}"

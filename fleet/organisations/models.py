"""Organisations as a tree, and the people who serve in them."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from fleet.naming import Named
from fleet.records import Record


class Kind(models.TextChoices):
    """What an organisation is."""

    DISTRICT = "district", _("District")
    SCHOOL = "school", _("School")
    OPERATOR = "operator", _("Operator")
    POLICE = "police", _("Police")
    SUPERVISOR = "supervisor", _("Supervisor")


OVERSEERS = (Kind.POLICE, Kind.SUPERVISOR)
"""They serve the area of the organisation that they belong to, beside what lies below them."""

AUTHORITIES = (Kind.DISTRICT, *OVERSEERS)
"""Those that decide on what schools and operators apply for."""


class SchoolStage(models.TextChoices):
    """Whom a school teaches, which decides what bus its pupils may ride (校车安全管理条例 Art 2, 60)."""

    KINDERGARTEN = "kindergarten", _("Kindergarten")
    PRIMARY = "primary", _("Primary school")
    MIDDLE = "middle", _("Middle school")
    PRIMARY_AND_MIDDLE = "primary_and_middle", _("Nine-year school")


class Role(models.TextChoices):
    """What a person does in an organisation."""

    ADMINISTRATOR = "administrator", _("Administrator")
    COORDINATOR = "coordinator", _("Coordinator")
    PRINCIPAL = "principal", _("Principal")
    SAFETY_OFFICER = "safety_officer", _("Safety officer")
    CLASS_TEACHER = "class_teacher", _("Class teacher")
    GUARD = "guard", _("Guard")
    DRIVER = "driver", _("Driver")
    ATTENDANT = "attendant", _("Attendant")
    GUARDIAN = "guardian", _("Guardian")
    POLICE_OFFICER = "police_officer", _("Police officer")
    INSPECTOR = "inspector", _("Inspector")


OVERSEEING_ROLES = (Role.POLICE_OFFICER, Role.INSPECTOR)
"""Held in the police or a supervisor, they reach the whole area which that organisation serves."""


class Organisation(Record, Named):
    """A tenant, or a part of one: a district has schools and operators under it."""

    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    stage = models.CharField(_("stage"), max_length=24, choices=SchoolStage, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"],
                name="organisation_name_once_per_parent",
                violation_error_message=_("There is an organisation of this name already."),
            )
        ]

    def clean(self) -> None:
        """Only schools have a stage."""
        if self.stage and self.kind != Kind.SCHOOL:
            raise ValidationError({"stage": _("Only a school has a stage.")})


class Membership(Record):
    """A person's role in an organisation, which reaches down to everything below it; archived when it ends."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="memberships", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=16, choices=Role)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "role"],
                name="membership_once_per_role",
                violation_error_message=_("This person has this role here already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_role_display()} · {self.organisation}"

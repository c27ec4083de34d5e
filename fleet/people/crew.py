"""What drivers and attendants have in common: who they are, and who employs them."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fleet.people.fields import IdentityNumberField
from fleet.people.identity_number import IdentityError, birth_date, masked
from fleet.records import Record


class CrewMember(Record):
    """Someone who works aboard. The identity number is shown masked; whole only by permission."""

    name = models.CharField(_("name"), max_length=80)
    identity_number = IdentityNumberField(_("identity number"), max_length=18)
    born_on = models.DateField(_("born"), null=True, blank=True)
    telephone = models.CharField(_("telephone"), max_length=32, blank=True)
    operator = models.ForeignKey(
        "organisations.Organisation",
        models.PROTECT,
        related_name="%(class)ss",
        verbose_name=_("employer"),
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)s",
        verbose_name=_("account"),
    )

    class Meta:
        abstract = True
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["identity_number"],
                condition=Q(archived_at__isnull=True),
                name="%(class)s_recorded_once",
                violation_error_message=_("Somebody with this identity number is recorded already."),
                violation_error_code="unique",  # has it told of the field, not of the record
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def masked_identity_number(self) -> str:
        """The identity number as everybody may see it."""
        return masked(self.identity_number)

    @property
    def answers_to(self) -> int:
        """Id of the organisation that answers for the record."""
        return self.operator_id

    def clean(self) -> None:
        """The birth date is the one in the identity number, and is taken from it where not given."""
        try:
            born_on = birth_date(self.identity_number)
        except IdentityError:
            return
        if self.born_on is None:
            self.born_on = born_on
        elif self.born_on != born_on:
            raise ValidationError({"born_on": _("This is not the birth date in the identity number.")})

"""A field that holds a resident identity number, and says what is wrong with one that can't be."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fleet.people.identity_number import (
    IdentityError,
    IdentityFault,
    check_identity_number,
    normalise_identity_number,
)

IDENTITY_FAULTS = {
    IdentityFault.SHAPE: _("An identity number has 18 digits; the last may be X."),
    IdentityFault.REGION: _("An identity number begins with the code of a province; this is none."),
    IdentityFault.BIRTH_DATE: _(
        "Characters 7 to 14 of an identity number are a birth date; these can't be one."
    ),
    IdentityFault.CHECK_CHARACTER: _(
        "The last character does not go with the others. Look for a typing mistake."
    ),
}


def validate_identity_number(number: str) -> None:
    """Refuse an identity number that can't be.

    Raises:
        ValidationError: saying what is wrong with it, never repeating the number.
    """
    try:
        check_identity_number(number, timezone.localdate())
    except IdentityError as error:
        raise ValidationError(IDENTITY_FAULTS[error.fault], code=error.fault) from error


class IdentityNumberField(models.CharField):
    """A resident identity number."""

    default_validators = [validate_identity_number]

    def to_python(self, value: Any) -> Any:
        """The number as it is kept."""
        return normalise_identity_number(value) if isinstance(value, str) else super().to_python(value)

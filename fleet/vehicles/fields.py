"""Fields that hold a number plate or a VIN as it is kept, and say what is wrong with one that can't be."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from fleet.vehicles.plates import PlateError, PlateFault, check_plate, normalise_plate
from fleet.vehicles.vin import VinError, VinFault, check_vin, normalise_vin

PLATE_FAULTS = {
    PlateFault.PURPOSE: _(
        "No school bus carries such a plate: learner car, police, trailer, embassy, airport, or a temporary one."
    ),
    PlateFault.PROVINCE: _("A plate begins with the character of a province, such as 苏."),
    PlateFault.AUTHORITY: _("The second character of a plate is a letter, other than I and O."),
    PlateFault.LETTER: _("The letters I and O are not used on plates; these are the digits 1 and 0."),
    PlateFault.LENGTH: _("A plate has seven characters, or eight on a new-energy vehicle."),
    PlateFault.SERIAL: _("No plate has this order of letters and digits."),
}
VIN_FAULTS = {
    VinFault.LENGTH: _("A VIN has 17 characters."),
    VinFault.CHARACTER: _("A VIN has digits and letters only, without I, O and Q."),
    VinFault.CHECK_DIGIT: _(
        "The check digit, the ninth character, does not go with the others. Look for a typing mistake."
    ),
}


def validate_plate(plate: str) -> None:
    """Refuse a plate that can't be.

    Raises:
        ValidationError: saying what is wrong with it.
    """
    try:
        check_plate(plate)
    except PlateError as error:
        raise ValidationError(PLATE_FAULTS[error.fault], code=error.fault) from error


def validate_vin(vin: str) -> None:
    """Refuse a VIN that can't be.

    Raises:
        ValidationError: saying what is wrong with it.
    """
    try:
        check_vin(vin)
    except VinError as error:
        raise ValidationError(VIN_FAULTS[error.fault], code=error.fault) from error


class PlateField(models.CharField):
    """A number plate, without spaces and dots."""

    default_validators = [validate_plate]

    def to_python(self, value: Any) -> Any:
        """The plate as it is kept."""
        return normalise_plate(value) if isinstance(value, str) else super().to_python(value)


class VinField(models.CharField):
    """A vehicle identification number."""

    default_validators = [validate_vin]

    def to_python(self, value: Any) -> Any:
        """The VIN as it is kept."""
        return normalise_vin(value) if isinstance(value, str) else super().to_python(value)

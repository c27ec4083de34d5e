"""Keeps what a form gives, and tells at the form what is wrong with it."""

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.core.exceptions import ValidationError

from fleet.records import RecordError

Kept = TypeVar("Kept")


def kept(form: forms.BaseForm, save: Callable[[], Kept]) -> Kept | None:
    """What `save` makes of a form that is valid; None where it refuses, which the form then tells by field."""
    try:
        return save()
    except ValidationError as error:
        tell(form, error)
    except RecordError as error:
        form.add_error(None, str(error))
    return None


def is_kept(form: forms.BaseForm, save: Callable[[], object]) -> bool:
    """Whether a form that is valid could be kept; where not, it tells why."""
    return kept(form, save) is not None


def tell(form: forms.BaseForm, error: ValidationError) -> None:
    """Say at each field what is wrong with it; at the top what is about no field of the form."""
    by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for field, told in by_field.items():
        form.add_error(field if field in form.fields else None, told)

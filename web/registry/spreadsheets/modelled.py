"""Column contents that follow a model: its text fields with their validators, its choices, and organisations."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import override

from fleet.organisations.models import Organisation
from web.registry.spreadsheets.columns import CellError, Choice


@dataclass(frozen=True)
class FieldText:
    """A text as a model's field keeps it, checked by the field's own validators."""

    field: Any

    def parse(self, text: str) -> Any:
        """The text as it is kept."""
        try:
            return self.field.clean(text, None)
        except ValidationError as error:
            raise CellError(" ".join(error.messages)) from error

    def show(self, value: Any) -> str:
        """The text as it is kept."""
        return str(value)

    def choices(self) -> list[str]:
        """Free."""
        return []


def field_text(model: type[models.Model], name: str) -> FieldText:
    """The content of a text field of a model."""
    return FieldText(model._meta.get_field(name))


def enumeration(choices: type[models.TextChoices]) -> Choice:
    """One of a model's choices, by its label in either language; the page's language is the one shown."""
    return Choice({one.value: (str(one.label), *labels(one), one.value) for one in choices})


def labels(one: models.TextChoices) -> list[str]:
    """The label of a choice in each language."""
    texts = []
    for language in ("zh-hans", "en"):
        with override(language):
            texts.append(str(one.label))
    return texts


def organisations(found: Iterable[Organisation]) -> Choice:
    """One of some organisations, by either of its names."""
    return Choice({one: (str(one), *filter(None, (one.name, one.name_en))) for one in found})

"""Column contents that follow a model: its text fields with their validators, its choices, and organisations."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from fleet.grants import reach_with
from fleet.organisations.models import Kind, Organisation
from fleet.people.models import User
from web.registry.spreadsheets.columns import Column
from web.registry.spreadsheets.contents import CellError, Choice, tidy

YES = (_("Yes"), "是", "Yes", "有", "合格", "通过", "true", "1", "√")
NO = (_("No"), "否", "No", "无", "不合格", "未通过", "false", "0", "×")


@dataclass(frozen=True)
class FieldText:
    """A text as a model's field keeps it, checked by the field's own validators.

    Attributes:
        field: of the model.
        is_code: whether it is a number or code, in which width and a hidden apostrophe mean nothing.
    """

    field: Any
    is_code: bool = False

    def parse(self, text: str) -> Any:
        """The text as it is kept."""
        try:
            return self.field.clean(tidy(text) if self.is_code else text, None)
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


def field_code(model: type[models.Model], name: str) -> FieldText:
    """The content of a field of a model that holds a number or a code."""
    return FieldText(model._meta.get_field(name), is_code=True)


def yes_or_no() -> Choice:
    """Yes or no, in either language and some ways to write them."""
    return Choice({True: tuple(map(str, YES)), False: tuple(map(str, NO))})


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


def reached_organisations(person: User, permission: str, kinds: Collection[Kind] = tuple(Kind)) -> Choice:
    """One of the organisations of some kinds for which a person has a permission."""
    reached = reach_with(person, permission)
    return organisations(Organisation.objects.current().filter(pk__in=reached, kind__in=kinds))


def organisation_column(
    name: str, header_zh: str, header_en: str, content: Choice, *, required: bool = False
) -> Column:
    """A column that names an organisation."""
    return Column(
        name,
        header_zh,
        header_en,
        content,
        required=required,
        example=next(iter(content.choices()), ""),
        note=_("Its name, as it is in the registry."),
    )

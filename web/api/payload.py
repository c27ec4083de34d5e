"""What comes in: strict bodies, and the step from a body to the details that changes take."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import CharField, Model, QuerySet, TextField
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import ConfigDict

from web.api.fields import GivenText, Text

Referred = TypeVar("Referred", bound=Model)


class Input(Schema):
    """A body. What it does not know is refused, so that a misspelt field is never lost in silence."""

    model_config = ConfigDict(extra="forbid")

    def given(self) -> dict[str, Any]:
        """The fields that were sent, without the reason."""
        return self.model_dump(exclude_unset=True, exclude={"reason"})


class Change(Input):
    """A body that changes something; fields that are left out stay as they are."""

    reason: Text = ""


class WithReason(Input):
    """A body of an act that needs a reason."""

    reason: GivenText


def details_of(
    payload: Input, model: type[Model], references: Mapping[str, QuerySet[Any]] | None = None
) -> dict[str, Any]:
    """The details that a change takes, from the fields that were sent; what is unknown is kept as an empty text.

    Args:
        payload: the body.
        model: what is made or changed.
        references: for each relation, which is sent as `…_id`, the objects that may be referred to.

    Raises:
        ValidationError: naming a reference to what is not there, or may not be seen.
    """
    details = {}
    for name, value in payload.given().items():
        relation = name.removesuffix("_id")
        if references and relation in references:
            details[relation] = referred(references[relation], value, name)
        else:
            field = model._meta.get_field(name)
            blank = value is None and isinstance(field, CharField | TextField)
            details[name] = "" if blank else value
    return details


def referred(among: QuerySet[Referred], pk: int | None, field: str) -> Referred | None:
    """The object that is referred to; None for none.

    Raises:
        ValidationError: naming the field, where there is no such object among those that may be.
    """
    if pk is None:
        return None
    found = among.filter(pk=pk).first()
    if found is None:
        raise ValidationError({field: _("There is no such object, or none that you may choose.")})
    return found


def needed(among: QuerySet[Referred], pk: int, field: str) -> Referred:
    """The object that is referred to, where there has to be one.

    Raises:
        ValidationError: as `referred` does.
    """
    found = referred(among, pk, field)
    if found is None:
        raise ValidationError({field: _("This is needed.")})
    return found


def all_referred(among: QuerySet[Referred], pks: list[int], field: str) -> list[Referred]:
    """The objects that are referred to.

    Raises:
        ValidationError: naming the field, where one is not among those that may be.
    """
    found = {one.pk: one for one in among.filter(pk__in=pks)}
    if missing := sorted(set(pks) - found.keys()):
        told = ", ".join(map(str, missing))
        raise ValidationError({field: _("There are no such objects: %(ids)s.") % {"ids": told}})
    return list(found.values())

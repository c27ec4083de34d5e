"""What is recorded of a bus, a driver or an attendant, and how the pages list it and ask for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import FileField
from django.utils.functional import Promise

from web.registry.forms import RecordForm, form_for
from web.registry.sections import Link


def no_links(_paper: Any) -> Sequence[Link]:
    """For papers that can be corrected and archived, and nothing else."""
    return ()


@dataclass(frozen=True)
class Paper:
    """A kind of record that belongs to another, such as the inspections of a bus.

    Attributes:
        slug: its name in addresses.
        title: of its section.
        add: what the link to its form says.
        empty: what its section says where there is none.
        model: with a history.
        owner: the field that says whose it is.
        shown: the fields that its section shows.
        asked: the fields that its form asks for.
        record: takes the owner by the name of that field, the form's values, `by` and `reason`.
        action: what a person must be allowed to do to the owner in order to record one.
        is_corrected: whether it can be corrected and archived.
        joined: relations that `shown` needs.
        more_links: what else whoever may change the owner can do with one.
        form_kind: what its form is made from, where its choices depend on the owner.
    """

    slug: str
    title: str | Promise
    add: str | Promise
    empty: str | Promise
    model: Any
    owner: str
    shown: Sequence[str]
    asked: Sequence[str]
    record: Callable[..., Any]
    action: str = "change"
    is_corrected: bool = True
    joined: Sequence[str] = ()
    more_links: Callable[[Any], Sequence[Link]] = field(default=no_links)
    form_kind: type[RecordForm] = RecordForm

    @property
    def form(self) -> type[RecordForm]:
        """The form that asks for one."""
        return form_for(self.model, self.asked, self.form_kind)

    @property
    def file_field(self) -> str | None:
        """The field that holds a document or a photograph, where there is one."""
        return next((one.name for one in self.model._meta.fields if isinstance(one, FileField)), None)

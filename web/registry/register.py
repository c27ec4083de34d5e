"""What the pages need to know of a kind of record; `web.registry.views` makes the same pages for every kind.

Read `web.registry.buses` for an example.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import rules
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise

from fleet.people.models import User
from web.registry.papers import Paper
from web.registry.sections import Section
from web.registry.spreadsheets.catalogue import SUBJECTS
from web.registry.spreadsheets.subjects import Subject


def nothing_more(_record: Any, _person: User) -> dict[str, Any]:
    """For pages that show nothing of their own."""
    return {}


def nothing_kept(*_args: Any, **_details: Any) -> None:
    """For kinds of record to which no papers belong."""


def no_sections(_record: Any) -> list[Section]:
    """For pages whose sections all hold papers."""
    return []


@dataclass(frozen=True)
class Register:
    """A kind of record with a list, a page for each, forms and an archive.

    Attributes:
        name: what the names of its addresses begin with: "bus" of "bus_list".
        path: what its addresses begin with, and the slug of its spreadsheets: "buses".
        model: with a history; its permissions are named after it, such as "vehicles.view_bus".
        title: of the list.
        add: title of the page on which one is added.
        empty: what the list says where there is none.
        records_for: the records for which a person has a permission, archived ones too.
        filters: a `RecordFilter`.
        table: a django-tables2 table of its list.
        form: a `RecordForm`, made with `person`.
        data: the fields that its page shows first.
        create: takes the form's values, `by` and `reason`.
        change: takes the record, the values that differ, `by` and `reason`.
        archive: takes the record, `by` and `reason`.
        restore: takes the record, `by` and `reason`.
        papers: what is recorded of each.
        correct_paper: takes a paper, the values that differ, `by` and `reason`.
        archive_paper: takes a paper, `by` and `reason`.
        more_sections: sections of its page that hold no papers.
        more: further template variables of its page, for a record and the person who looks.
        list_template: extends "registry/list.html" where it is another.
        detail_template: extends "registry/detail.html" where it is another.
        is_personal: whether each look at a record goes into the access log.
    """

    name: str
    path: str
    model: Any
    title: str | Promise
    add: str | Promise
    empty: str | Promise
    records_for: Callable[[User, str], QuerySet[Any]]
    filters: Any
    table: Any
    form: Any
    data: Sequence[str]
    create: Callable[..., Any]
    change: Callable[..., Any]
    archive: Callable[..., Any]
    restore: Callable[..., Any]
    papers: Sequence[Paper] = ()
    correct_paper: Callable[..., Any] = field(default=nothing_kept)
    archive_paper: Callable[..., Any] = field(default=nothing_kept)
    more_sections: Callable[[Any], list[Section]] = field(default=no_sections)
    more: Callable[[Any, User], Mapping[str, Any]] = field(default=nothing_more)
    list_template: str = "registry/list.html"
    detail_template: str = "registry/detail.html"
    is_personal: bool = False

    def permission(self, action: str) -> str:
        """The name of a permission: of "view" such as "vehicles.view_bus"."""
        return f"{self.model._meta.app_label}.{action}_{self.model._meta.model_name}"

    def may(self, person: User, action: str, record: Any = None) -> bool:
        """Whether a person may do something to a record; without one, to any."""
        return bool(rules.has_perm(self.permission(action), person, record))

    def reached(self, person: User, action: str = "view") -> QuerySet[Any]:
        """The records to which a person may do something."""
        return self.records_for(person, self.permission(action))

    def found(self, person: User, pk: int, action: str = "view") -> Any:
        """A record to which a person may do something.

        Raises:
            Http404: where there is none within their reach.
        """
        return get_object_or_404(self.reached(person, action), pk=pk)

    def paper(self, slug: str) -> Paper | None:
        """A kind of paper by its slug."""
        return next((paper for paper in self.papers if paper.slug == slug), None)

    @property
    def subject(self) -> Subject | None:
        """Its spreadsheets, where it has any."""
        return SUBJECTS.get(self.path)

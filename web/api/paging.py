"""Lists in pages: how much of them, in which order, and how many there are."""

from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from ninja import FilterSchema, Schema
from pydantic import Field

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)

LARGEST_PAGE = 200
LAST_PAGE = 100_000


class Page(Schema, Generic[Item]):
    """A part of a list."""

    items: list[Item]
    count: int = Field(description="How many there are in all pages.")
    page: int
    page_size: int


class Paging(Schema):
    """Which part of a list."""

    page: Annotated[int, Field(ge=1, le=LAST_PAGE)] = 1
    page_size: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = 50


class RecordFilter(FilterSchema):
    """What every list of records can be narrowed down by."""

    archived: bool = Field(False, description="Archived ones as well.")

    def filter_archived(self, value: bool) -> Q:
        """Leave out what is archived unless it is asked for."""
        return Q() if value else Q(archived_at__isnull=True)


def page_of(rows: QuerySet[Row], paging: Paging, order: str) -> dict[str, Any]:
    """The page of a list that is asked for; equal rows always come in the same order."""
    return slice_of(rows.order_by(order, "pk"), rows.count(), paging)


def slice_of(rows: Sequence[Item] | QuerySet[Any], count: int, paging: Paging) -> dict[str, Any]:
    """The page of a list that is in order already."""
    first = (paging.page - 1) * paging.page_size
    return {
        "items": list(rows[first : first + paging.page_size]),
        "count": count,
        "page": paging.page,
        "page_size": paging.page_size,
    }

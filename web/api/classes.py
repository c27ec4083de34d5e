"""School classes, and who teaches them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, FilterLookup, Query, Router, Schema, Status

from fleet.grants import reach_with
from fleet.organisations.directory import organisations_for
from fleet.organisations.models import Kind, Membership, Role
from fleet.people.models import User
from fleet.pupils import changes
from fleet.pupils.models import SchoolClass
from fleet.pupils.queries import classes_for
from fleet.tokens.models import Scope
from web.api.auth import reading, writing
from web.api.fields import GivenLine, Id, Line, StrictId, omitted
from web.api.paging import Page, Paging, RecordFilter, page_of
from web.api.payload import Change, WithReason, all_referred, needed
from web.person import person_of

READ, WRITE = Scope.PUPILS_READ, Scope.PUPILS_WRITE
router = Router(tags=["pupils"], auth=reading(READ))


class ClassAnswer(Schema):
    """A class of a school."""

    id: int
    school_id: int
    name: str
    teacher_ids: list[int] = Field(description="Accounts of who teaches it, and so sees its pupils.")
    archived_at: datetime | None

    @staticmethod
    def resolve_teacher_ids(school_class: SchoolClass) -> list[int]:
        """Ids of its teachers, in order."""
        return sorted(one.pk for one in school_class.teachers.all())


class ClassChange(Change):
    """Fields of a class; its school stays."""

    name: GivenLine = omitted()
    teacher_ids: Annotated[list[StrictId], Field(max_length=20)] = omitted()


class NewClass(ClassChange):
    """A class to be opened."""

    school_id: StrictId
    name: GivenLine


class ClassFilter(RecordFilter):
    """Which classes."""

    q: Annotated[Line | None, FilterLookup("name__icontains")] = None
    school_id: Id | None = None


def classes_told(person: User) -> QuerySet[SchoolClass]:
    """The classes that a person may see, with who teaches each."""
    return classes_for(person).prefetch_related("teachers")


def found_class(person: User, pk: int) -> SchoolClass:
    """A class that a person may see; 404 otherwise."""
    return get_object_or_404(classes_told(person), pk=pk)


def details(request: HttpRequest, payload: ClassChange) -> dict[str, Any]:
    """The details of a class, with the school and the teachers that it refers to."""
    given = payload.given()
    found: dict[str, Any] = {"name": given["name"]} if "name" in given else {}
    if "school_id" in given:
        schools = organisations_for(person_of(request), "pupils.change_schoolclass").current()
        found["school"] = needed(schools.filter(kind=Kind.SCHOOL), given["school_id"], "school_id")
    if "teacher_ids" in given:
        reached = reach_with(person_of(request), "pupils.change_schoolclass")
        serving = Membership.objects.current().filter(role=Role.CLASS_TEACHER, organisation__in=reached)
        teachers = User.objects.filter(pk__in=serving.values("person"), is_active=True)
        found["teachers"] = all_referred(teachers, given["teacher_ids"], "teacher_ids")
    return found


@router.get("/classes", response=Page[ClassAnswer])
def list_classes(
    request: HttpRequest,
    filters: Query[ClassFilter],
    paging: Query[Paging],
    order: Literal["name", "-name", "pk", "-pk"] = "name",
) -> dict[str, Any]:
    """The classes that you may see; of a class teacher, the own ones."""
    return page_of(filters.filter(classes_told(person_of(request))), paging, order)


@router.get("/classes/{pk}", response=ClassAnswer)
def show_class(request: HttpRequest, pk: Id) -> SchoolClass:
    """One class."""
    return found_class(person_of(request), pk)


@router.post("/classes", auth=writing(WRITE), response={201: ClassAnswer})
def add_class(request: HttpRequest, payload: NewClass) -> Status[SchoolClass]:
    """Open a class."""
    person = person_of(request)
    made = changes.create_class(by=person, reason=payload.reason, **details(request, payload))
    return Status(201, found_class(person, made.pk))


@router.patch("/classes/{pk}", auth=writing(WRITE), response=ClassAnswer)
def change_class(request: HttpRequest, pk: Id, payload: ClassChange) -> SchoolClass:
    """Change a class, or who teaches it."""
    person = person_of(request)
    found = found_class(person, pk)
    changes.change_class(found, details(request, payload), by=person, reason=payload.reason)
    return found_class(person, pk)


@router.post("/classes/{pk}/archive", auth=writing(WRITE), response=ClassAnswer)
def archive_class(request: HttpRequest, pk: Id, payload: WithReason) -> SchoolClass:
    """Close a class that has no pupils any more."""
    person = person_of(request)
    return changes.archive_class(found_class(person, pk), by=person, reason=payload.reason)


@router.post("/classes/{pk}/restore", auth=writing(WRITE), response=ClassAnswer)
def restore_class(request: HttpRequest, pk: Id, payload: WithReason) -> SchoolClass:
    """Bring a class back."""
    person = person_of(request)
    return changes.restore_class(found_class(person, pk), by=person, reason=payload.reason)

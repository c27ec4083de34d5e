"""When schools have lessons: their terms, and the days that differ from them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, FilterLookup, Query, Router, Schema, Status

from fleet.organisations.directory import organisations_for
from fleet.organisations.models import Kind
from fleet.people.models import User
from fleet.routes import calendar_changes as changes
from fleet.routes.models import ExceptionalDay, Term
from fleet.routes.queries import exceptional_days_for, terms_for
from fleet.tokens.models import Scope
from web.api.auth import reading, writing
from web.api.fields import Day, GivenLine, Id, Line, StrictId, omitted
from web.api.paging import Page, Paging, RecordFilter, page_of
from web.api.payload import Change, WithReason, details_of, needed
from web.api.weekdays import IsoWeekday
from web.person import person_of

READ, WRITE = Scope.REGISTRY_READ, Scope.ROUTES_WRITE
router = Router(tags=["calendars"], auth=reading(READ))


class TermAnswer(Schema):
    """A stretch of days on which a school teaches; public holidays in it are free."""

    id: int
    school_id: int
    name: str
    valid_from: date
    valid_until: date
    archived_at: datetime | None


class TermChange(Change):
    """Fields of a term."""

    school_id: StrictId = omitted()
    name: GivenLine = omitted()
    valid_from: Day = omitted()
    valid_until: Day = omitted()


class NewTerm(TermChange):
    """A term to be recorded."""

    school_id: StrictId
    name: GivenLine
    valid_from: Day
    valid_until: Day


class TermFilter(RecordFilter):
    """Which terms."""

    q: Annotated[Line | None, FilterLookup("name__icontains")] = None
    school_id: Id | None = None


class ExceptionalDayAnswer(Schema):
    """A day on which a school teaches otherwise than its terms and the public holidays say."""

    id: int
    school_id: int
    day: date
    as_iso_weekday: int | None = Field(
        description="The weekday whose patterns run, 1 is Monday; null where no bus runs."
    )
    note: str
    archived_at: datetime | None

    @staticmethod
    def resolve_as_iso_weekday(one: ExceptionalDay) -> int | None:
        """The weekday whose patterns run."""
        return None if one.as_weekday is None else one.as_weekday + 1


class ExceptionalDayChange(Change):
    """Fields of an exceptional day."""

    school_id: StrictId = omitted()
    day: Day = omitted()
    as_iso_weekday: IsoWeekday | None = omitted()
    note: GivenLine = omitted()


class NewExceptionalDay(ExceptionalDayChange):
    """An exceptional day to be recorded; no bus runs where no weekday is given."""

    school_id: StrictId
    day: Day
    note: GivenLine


class ExceptionalDayFilter(RecordFilter):
    """Which exceptional days."""

    school_id: Id | None = None
    since: Annotated[Day | None, FilterLookup("day__gte")] = None
    before: Annotated[Day | None, FilterLookup("day__lt")] = None


def term_details(request: HttpRequest, payload: TermChange) -> dict[str, Any]:
    """The details of a term, with its school."""
    reached = organisations_for(person_of(request), "routes.change_term").current()
    return details_of(payload, Term, {"school": reached.filter(kind=Kind.SCHOOL)})


def day_details(request: HttpRequest, payload: ExceptionalDayChange) -> dict[str, Any]:
    """The details of an exceptional day, with its school."""
    given = payload.given()
    details: dict[str, Any] = {name: given[name] for name in ("day", "note") if name in given}
    if "school_id" in given:
        reached = organisations_for(person_of(request), "routes.change_exceptionalday").current()
        details["school"] = needed(reached.filter(kind=Kind.SCHOOL), given["school_id"], "school_id")
    if "as_iso_weekday" in given:
        weekday = given["as_iso_weekday"]
        details["as_weekday"] = None if weekday is None else weekday - 1
    return details


def found_term(person: User, pk: int) -> Term:
    """A term that a person may see; 404 otherwise."""
    found: Term = get_object_or_404(terms_for(person), pk=pk)
    return found


def found_day(person: User, pk: int) -> ExceptionalDay:
    """An exceptional day that a person may see; 404 otherwise."""
    found: ExceptionalDay = get_object_or_404(exceptional_days_for(person), pk=pk)
    return found


@router.get("/terms", response=Page[TermAnswer])
def list_terms(
    request: HttpRequest,
    filters: Query[TermFilter],
    paging: Query[Paging],
    order: Literal["valid_from", "-valid_from", "name", "-name", "pk", "-pk"] = "-valid_from",
) -> dict[str, Any]:
    """The terms of the schools that you may see."""
    return page_of(filters.filter(terms_for(person_of(request))), paging, order)


@router.get("/terms/{pk}", response=TermAnswer)
def show_term(request: HttpRequest, pk: Id) -> Term:
    """One term."""
    return found_term(person_of(request), pk)


@router.post("/terms", auth=writing(WRITE), response={201: TermAnswer})
def add_term(request: HttpRequest, payload: NewTerm) -> Status[Term]:
    """Record a term; the trips of the coming days follow."""
    details = term_details(request, payload)
    return Status(201, changes.create_term(by=person_of(request), reason=payload.reason, **details))


@router.patch("/terms/{pk}", auth=writing(WRITE), response=TermAnswer)
def change_term(request: HttpRequest, pk: Id, payload: TermChange) -> Term:
    """Change a term."""
    person = person_of(request)
    term = found_term(person, pk)
    return changes.change(term, term_details(request, payload), by=person, reason=payload.reason)


@router.post("/terms/{pk}/archive", auth=writing(WRITE), response=TermAnswer)
def archive_term(request: HttpRequest, pk: Id, payload: WithReason) -> Term:
    """Take a term out of the calendar."""
    person = person_of(request)
    return changes.archive(found_term(person, pk), by=person, reason=payload.reason)


@router.post("/terms/{pk}/restore", auth=writing(WRITE), response=TermAnswer)
def restore_term(request: HttpRequest, pk: Id, payload: WithReason) -> Term:
    """Put a term back into the calendar."""
    person = person_of(request)
    return changes.restore(found_term(person, pk), by=person, reason=payload.reason)


@router.get("/exceptional-days", response=Page[ExceptionalDayAnswer])
def list_exceptional_days(
    request: HttpRequest,
    filters: Query[ExceptionalDayFilter],
    paging: Query[Paging],
    order: Literal["day", "-day", "pk", "-pk"] = "day",
) -> dict[str, Any]:
    """The exceptional days of the schools that you may see."""
    return page_of(filters.filter(exceptional_days_for(person_of(request))), paging, order)


@router.get("/exceptional-days/{pk}", response=ExceptionalDayAnswer)
def show_exceptional_day(request: HttpRequest, pk: Id) -> ExceptionalDay:
    """One exceptional day."""
    return found_day(person_of(request), pk)


@router.post("/exceptional-days", auth=writing(WRITE), response={201: ExceptionalDayAnswer})
def add_exceptional_day(request: HttpRequest, payload: NewExceptionalDay) -> Status[ExceptionalDay]:
    """Record a day that differs; the trips of the coming days follow."""
    details = day_details(request, payload)
    made = changes.create_exceptional_day(by=person_of(request), reason=payload.reason, **details)
    return Status(201, made)


@router.patch("/exceptional-days/{pk}", auth=writing(WRITE), response=ExceptionalDayAnswer)
def change_exceptional_day(request: HttpRequest, pk: Id, payload: ExceptionalDayChange) -> ExceptionalDay:
    """Change an exceptional day."""
    person = person_of(request)
    day = found_day(person, pk)
    return changes.change(day, day_details(request, payload), by=person, reason=payload.reason)


@router.post("/exceptional-days/{pk}/archive", auth=writing(WRITE), response=ExceptionalDayAnswer)
def archive_exceptional_day(request: HttpRequest, pk: Id, payload: WithReason) -> ExceptionalDay:
    """Take an exceptional day out of the calendar: the term and the holidays hold again."""
    person = person_of(request)
    return changes.archive(found_day(person, pk), by=person, reason=payload.reason)


@router.post("/exceptional-days/{pk}/restore", auth=writing(WRITE), response=ExceptionalDayAnswer)
def restore_exceptional_day(request: HttpRequest, pk: Id, payload: WithReason) -> ExceptionalDay:
    """Put an exceptional day back into the calendar."""
    person = person_of(request)
    return changes.restore(found_day(person, pk), by=person, reason=payload.reason)

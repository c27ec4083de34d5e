"""What belongs to a pupil: stops by weekday, absences, guardians who are linked, adults who may collect it."""

from datetime import date, datetime
from typing import Annotated, Any

import rules
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Status

from fleet.people.models import User
from fleet.pupils import changes
from fleet.pupils.absences import report_absence, withdraw_absence
from fleet.pupils.assignments import assign_stop, end_assignment
from fleet.pupils.consents import Purpose
from fleet.pupils.linking import revoke_link
from fleet.pupils.models import Absence, AuthorisedAdult, Guardianship, Pupil, Relation, StopAssignment
from fleet.pupils.permissions import is_entrusted_with
from fleet.pupils.queries import consents
from fleet.routes.models import Direction, RoutePattern, Stop
from fleet.routes.queries import routes_for
from web.api.auth import reading, writing
from web.api.fields import Day, Flag, GivenLine, Id, Known, Line, MaybeText, StrictId, omitted
from web.api.paging import Page, Paging, RecordFilter, page_of
from web.api.payload import Change, WithReason, details_of, needed
from web.api.pupils import READ, WRITE, found_pupil
from web.api.records import RecordAnswer
from web.api.weekdays import IsoWeekdays, bits_of, iso_weekdays_of
from web.person import person_of

router = Router(tags=["pupils"], auth=reading(READ))
MONDAY_TO_FRIDAY = [1, 2, 3, 4, 5]


class PupilStopAnswer(RecordAnswer):
    """Where a pupil boards or alights, on some weekdays."""

    pupil_id: int
    pattern_id: int
    stop_id: int
    direction: Direction
    iso_weekdays: list[int] = Field(description="1 is Monday.")
    valid_from: date
    valid_until: date | None

    @staticmethod
    def resolve_direction(one: StopAssignment) -> str:
        """Which way."""
        return str(one.pattern.direction)

    @staticmethod
    def resolve_iso_weekdays(one: StopAssignment) -> list[int]:
        """The weekdays on which it holds."""
        return iso_weekdays_of(one.weekdays)


class NewPupilStop(Change):
    """A stop for a pupil."""

    pattern_id: StrictId
    stop_id: StrictId = Field(description="One that the pattern serves.")
    valid_from: Day
    valid_until: Day | None = None
    iso_weekdays: IsoWeekdays = MONDAY_TO_FRIDAY
    replaces: Flag = Field(
        False, description="Another stop of the same direction gives way on these days; it keeps the others."
    )


class PupilStopEnd(Change):
    """The last day of a stop."""

    last_day: Day


class PupilStopFilter(RecordFilter):
    """Which stops."""

    holding_on: Day | None = Field(None, description="Those that hold on that day, whatever its weekday.")

    def filter_holding_on(self, value: date | None) -> Q:
        """Those that hold on a day."""
        if value is None:
            return Q()
        return Q(valid_from__lte=value) & (Q(valid_until__isnull=True) | Q(valid_until__gte=value))


class AbsenceAnswer(RecordAnswer):
    """A pupil does not ride on some days; archived when it is taken back."""

    pupil_id: int
    first_day: date
    last_day: date
    direction: Annotated[Direction | None, Known] = Field(description="Both, where null.")
    reason: MaybeText
    reported_by_id: int
    reported_at: datetime
    is_late: bool = Field(description="Reported after the first departure that it is for.")


class NewAbsence(Change):
    """A pupil stays away; the reason is for people, and need not be given."""

    first_day: Day
    last_day: Day | None = Field(None, description="The first day, where it is left out.")
    direction: Direction | None = Field(None, description="Both, where it is left out.")
    reason: Line = ""


class AbsenceEnd(Change):
    """An absence is taken back."""


class AdultAnswer(RecordAnswer):
    """An adult who may collect a pupil."""

    pupil_id: int
    name: str
    relation: MaybeText
    telephone: MaybeText


class AdultChange(Change):
    """Fields of an adult who may collect a pupil."""

    name: GivenLine = omitted()
    relation: Line | None = omitted()
    telephone: Line | None = omitted()


class NewAdult(AdultChange):
    """An adult who may collect a pupil from now on."""

    name: GivenLine


class GuardianAnswer(RecordAnswer):
    """A guardian who is linked to a pupil, and what they have consented to."""

    pupil_id: int
    guardian_id: int
    name: str
    relation: Relation
    telephone: MaybeText
    consents: list[Purpose]

    @staticmethod
    def resolve_name(link: Guardianship) -> str:
        """Who it is."""
        return str(link.guardian)

    @staticmethod
    def resolve_telephone(link: Guardianship) -> str:
        """How they are reached."""
        return str(link.guardian.telephone)

    @staticmethod
    def resolve_consents(link: Guardianship) -> list[Purpose]:
        """What they have consented to, and not withdrawn."""
        return [Purpose(one.purpose) for one in consents(link.guardian, link.pupil) if one.is_given]


def pupil_with_family(person: User, pk: int) -> Pupil:
    """A pupil of whom a person may know whom it lives with: who keeps the register, or teaches the class.

    Raises:
        PermissionDenied: for who may see the pupil only.
    """
    pupil = found_pupil(person, pk)
    if not (rules.has_perm("pupils.change_pupil", person, pupil) or is_entrusted_with(person, pupil)):
        raise PermissionDenied
    return pupil


@router.get("/pupils/{pk}/stops", response=Page[PupilStopAnswer])
def list_assignments(
    request: HttpRequest, pk: Id, filters: Query[PupilStopFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """The stops of a pupil by weekday, those that are over, too."""
    pupil = found_pupil(person_of(request), pk)
    return page_of(filters.filter(pupil.stop_assignments.select_related("pattern")), paging, "-valid_from")


@router.post("/pupils/{pk}/stops", auth=writing(WRITE), response={201: PupilStopAnswer})
def give_stop(request: HttpRequest, pk: Id, payload: NewPupilStop) -> Status[StopAssignment]:
    """Give a pupil a stop on some weekdays."""
    person = person_of(request)
    pupil = found_pupil(person, pk)
    patterns = RoutePattern.objects.current().filter(route__in=routes_for(person))
    pattern = needed(patterns.select_related("route"), payload.pattern_id, "pattern_id")
    served = Stop.objects.filter(pattern_stops__pattern=pattern).distinct()
    made = assign_stop(
        pupil=pupil,
        pattern=pattern,
        stop=needed(served, payload.stop_id, "stop_id"),
        valid_from=payload.valid_from,
        valid_until=payload.valid_until,
        weekdays=bits_of(payload.iso_weekdays),
        replaces=payload.replaces,
        reason=payload.reason,
        by=person,
    )
    return Status(201, made)


@router.post("/pupils/{pk}/stops/{record_pk}/end", auth=writing(WRITE), response=PupilStopAnswer)
def end_stop(request: HttpRequest, pk: Id, record_pk: Id, payload: PupilStopEnd) -> StopAssignment:
    """End a stop of a pupil after a day; one that has not begun by then is archived."""
    person = person_of(request)
    assignments = found_pupil(person, pk).stop_assignments.select_related("pattern", "pupil", "stop")
    held: StopAssignment = get_object_or_404(assignments, pk=record_pk)
    return end_assignment(held, last_day=payload.last_day, by=person, reason=payload.reason)


@router.get("/pupils/{pk}/absences", response=Page[AbsenceAnswer])
def list_absences(
    request: HttpRequest, pk: Id, filters: Query[RecordFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """The absences of a pupil, the newest first."""
    pupil = found_pupil(person_of(request), pk)
    return page_of(filters.filter(pupil.absences.all()), paging, "-first_day")


@router.post("/pupils/{pk}/absences", auth=writing(WRITE), response={201: AbsenceAnswer})
def report(request: HttpRequest, pk: Id, payload: NewAbsence) -> Status[Absence]:
    """Report that a pupil does not ride; 422 at `first_day` where an absence is reported already."""
    person = person_of(request)
    made = report_absence(
        pupil=found_pupil(person, pk),
        first_day=payload.first_day,
        last_day=payload.last_day,
        direction=payload.direction or "",
        reason=payload.reason,
        by=person,
    )
    return Status(201, made)


@router.post("/pupils/{pk}/absences/{record_pk}/withdraw", auth=writing(WRITE), response=AbsenceAnswer)
def withdraw(request: HttpRequest, pk: Id, record_pk: Id, payload: AbsenceEnd) -> Absence:
    """Take an absence back: the pupil rides from today on."""
    person = person_of(request)
    absence: Absence = get_object_or_404(
        found_pupil(person, pk).absences.select_related("pupil"), pk=record_pk
    )
    return withdraw_absence(absence, by=person, reason=payload.reason)


@router.get("/pupils/{pk}/adults", response=Page[AdultAnswer])
def list_adults(
    request: HttpRequest, pk: Id, filters: Query[RecordFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """Who may collect a pupil besides its guardians."""
    pupil = pupil_with_family(person_of(request), pk)
    return page_of(filters.filter(pupil.authorised_adults.all()), paging, "name")


@router.post("/pupils/{pk}/adults", auth=writing(WRITE), response={201: AdultAnswer})
def add_adult(request: HttpRequest, pk: Id, payload: NewAdult) -> Status[AuthorisedAdult]:
    """Say that an adult may collect a pupil."""
    person = person_of(request)
    details = details_of(payload, AuthorisedAdult)
    made = changes.add_authorised_adult(
        pupil=found_pupil(person, pk), by=person, reason=payload.reason, **details
    )
    return Status(201, made)


@router.patch("/pupils/{pk}/adults/{record_pk}", auth=writing(WRITE), response=AdultAnswer)
def change_adult(request: HttpRequest, pk: Id, record_pk: Id, payload: AdultChange) -> AuthorisedAdult:
    """Change what is known of an adult who may collect a pupil."""
    person = person_of(request)
    adult = found_adult(person, pk, record_pk)
    details = details_of(payload, AuthorisedAdult)
    return changes.change_authorised_adult(adult, details, by=person, reason=payload.reason)


@router.post("/pupils/{pk}/adults/{record_pk}/archive", auth=writing(WRITE), response=AdultAnswer)
def remove_adult(request: HttpRequest, pk: Id, record_pk: Id, payload: WithReason) -> AuthorisedAdult:
    """Say that an adult may not collect a pupil any more."""
    person = person_of(request)
    return changes.remove_authorised_adult(
        found_adult(person, pk, record_pk), by=person, reason=payload.reason
    )


def found_adult(person: User, pk: int, record_pk: int) -> AuthorisedAdult:
    """An adult who may collect a pupil, where the person may know; 404 otherwise."""
    adults = pupil_with_family(person, pk).authorised_adults.select_related("pupil")
    found: AuthorisedAdult = get_object_or_404(adults, pk=record_pk)
    return found


@router.get("/pupils/{pk}/guardians", response=Page[GuardianAnswer])
def list_guardians(
    request: HttpRequest, pk: Id, filters: Query[RecordFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """The guardians who are linked to a pupil by a code of the school."""
    pupil = pupil_with_family(person_of(request), pk)
    links = pupil.guardianships.select_related("guardian", "pupil")
    return page_of(filters.filter(links), paging, "pk")


@router.post("/pupils/{pk}/guardians/{record_pk}/end", auth=writing(WRITE), response=GuardianAnswer)
def end_link(request: HttpRequest, pk: Id, record_pk: Id, payload: WithReason) -> Guardianship:
    """End the link of a guardian: from then on they see nothing of this child."""
    person = person_of(request)
    links = pupil_with_family(person, pk).guardianships.select_related("guardian", "pupil")
    link: Guardianship = get_object_or_404(links, pk=record_pk)
    return revoke_link(link, by=person, reason=payload.reason)

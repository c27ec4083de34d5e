"""Reads: classes and pupils in a person's reach, a guardian's children, and who looked at a pupil's record."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from fleet.audit.models import AccessRecord
from fleet.grants import GRANTS, reach_with
from fleet.organisations.models import Role
from fleet.organisations.queries import reach
from fleet.people.models import User
from fleet.pupils.models import (
    Absence,
    AuthorisedAdult,
    GuardianConsent,
    Guardianship,
    LinkCode,
    Pupil,
    SchoolClass,
    StopAssignment,
)
from fleet.pupils.periods import WEEKDAYS
from fleet.records import RecordQuerySet
from fleet.routes.models import Direction, ExceptionalDay
from fleet.routes.school_days import runs_on

FOR_TEACHERS = frozenset({"pupils.view_pupil", "pupils.report_absence"})


def classes_taught(person: User) -> RecordQuerySet:
    """The classes that a person teaches, archived ones too, where they serve as class teacher."""
    return SchoolClass.objects.filter(teachers=person, school__in=reach(person, (Role.CLASS_TEACHER,)))


def classes_for(person: User, permission: str = "pupils.view_schoolclass") -> RecordQuerySet:
    """The classes, archived ones too, for which a person has a permission; it agrees with the rule of that name."""
    found = Q(school__in=reach_with(person, permission))
    if person.is_active and GRANTS[permission].for_oneself:
        found |= Q(pk__in=classes_taught(person).values("pk"))
    return SchoolClass.objects.filter(found).select_related("school")


def pupils_for(person: User, permission: str = "pupils.view_pupil") -> RecordQuerySet:
    """The pupils, archived ones too, for whom a person has a permission; it agrees with the rule of that name."""
    found = at_school(person, permission)
    if person.is_active and GRANTS[permission].for_oneself:
        found |= Q(pk__in=Guardianship.objects.current().filter(guardian=person).values("pupil"))
    return Pupil.objects.filter(found).select_related("school", "school_class")


def pupils_at_school_for(person: User, permission: str = "pupils.view_pupil") -> RecordQuerySet:
    """As `pupils_for`, for the school's own pages: without those of whom the person is but a guardian."""
    return Pupil.objects.filter(at_school(person, permission)).select_related("school", "school_class")


def at_school(person: User, permission: str) -> Q:
    """The pupils for whom a person has a permission by a role, or because they teach them."""
    found = Q(school__in=reach_with(person, permission))
    if person.is_active and permission in FOR_TEACHERS:
        found |= Q(school_class__in=classes_taught(person).values("pk"))
    return found


def children_of(guardian: User) -> RecordQuerySet:
    """The pupils of whom a person is a guardian, by name."""
    linked = Guardianship.objects.current().filter(guardian=guardian)
    found = Pupil.objects.current().filter(pk__in=linked.values("pupil"))
    return found.select_related("school", "school_class")


def authorised_adults(pupil: Pupil) -> RecordQuerySet:
    """Who may collect a pupil."""
    return AuthorisedAdult.objects.current().filter(pupil=pupil)


def guardianships_of(pupil: Pupil) -> RecordQuerySet:
    """Who answers for a pupil, the first linked first."""
    return Guardianship.objects.current().filter(pupil=pupil).select_related("guardian").order_by("pk")


def open_link_codes(pupil: Pupil) -> QuerySet[LinkCode]:
    """The codes with which a guardian can still link a pupil."""
    unused = LinkCode.objects.filter(pupil=pupil, used_at=None, revoked_at=None)
    return unused.filter(expires_at__gt=timezone.now()).select_related("made_by")


def consents(guardian: User, pupil: Pupil | None = None) -> list[GuardianConsent]:
    """What a guardian has said last of each purpose, for one pupil or for all; given or withdrawn."""
    found = GuardianConsent.objects.filter(guardian=guardian).select_related("pupil").order_by("pk")
    if pupil is not None:
        found = found.filter(pupil=pupil)
    return list({(one.pupil_id, one.purpose): one for one in found}.values())


def accesses_of(pupil: Pupil) -> QuerySet[AccessRecord]:
    """Who looked at a pupil's record, newest first."""
    label = Pupil._meta.label_lower
    return AccessRecord.objects.filter(kind=label, object_id=pupil.pk).select_related("person")


def assignments_on(day: date) -> RecordQuerySet:
    """The stops of pupils in use that hold on a day, whatever its weekday."""
    not_over = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    found = StopAssignment.objects.current().filter(not_over, valid_from__lte=day)
    return found.filter(pupil__archived_at=None)


def assignments_served(day: date, weekday: int) -> RecordQuerySet:
    """The stops of pupils that hold on a day which is run as a weekday, Monday is 0."""
    held = assignments_on(day).alias(bit=F("weekdays").bitand(1 << weekday))
    found: RecordQuerySet = held.filter(bit__gt=0)
    return found


def absences_on(day: date) -> RecordQuerySet:
    """The absences, not taken back, that a day lies in."""
    return Absence.objects.current().filter(first_day__lte=day, last_day__gte=day)


def with_absence(pupils: QuerySet[Pupil], day: date) -> QuerySet[Pupil]:
    """Pupils, each with `is_absent`: whether any absence is reported for the day."""
    return pupils.annotate(is_absent=Exists(absences_on(day).filter(pupil=OuterRef("pk"))))


def service_weekday(school_id: int, day: date) -> int | None:
    """The weekday whose patterns run for a school on a day, Monday is 0; None on a day on which no bus runs."""
    return service_weekdays([school_id], day)[school_id]


def service_weekdays(schools: Collection[int], day: date) -> dict[int, int | None]:
    """The same for many schools, by their ids, in one query."""
    exceptional = ExceptionalDay.objects.current().filter(school__in=schools, day=day)
    usual: dict[int, int | None] = dict.fromkeys(schools, day.weekday())
    return usual | dict(exceptional.values_list("school_id", "as_weekday"))


class WeekRow(NamedTuple):
    """A direction, and the stop of a pupil on each weekday, Monday first."""

    direction: Direction
    stops: list[StopAssignment | None]


def week_of(pupil: Pupil, day: date) -> list[WeekRow]:
    """Where a pupil boards and alights by weekday, as it holds on a day."""
    return week_table(stops_on(pupil, day))


def stops_on(pupil: Pupil, day: date) -> list[StopAssignment]:
    """The stops of a pupil that hold on a day, whatever its weekday."""
    found = assignments_on(day).filter(pupil=pupil)
    return list(found.select_related("stop", "pattern__route"))


def week_table(assignments: Iterable[StopAssignment]) -> list[WeekRow]:
    """The stops by direction and weekday."""
    held = list(assignments)

    def stop_of(direction: Direction, weekday: int) -> StopAssignment | None:
        found = (one for one in held if one.pattern.direction == direction and runs_on(one.weekdays, weekday))
        return next(found, None)

    return [
        WeekRow(direction, [stop_of(direction, weekday) for weekday in WEEKDAYS]) for direction in Direction
    ]

"""What a report can be about, and which of it a person may read."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fleet.grants import reach_with
from fleet.organisations.models import OVERSEERS, Kind, Organisation
from fleet.organisations.queries import with_all_below
from fleet.people.models import Driver, User
from fleet.people.queries import drivers_for
from fleet.reports.permissions import VIEW
from fleet.routes.models import Route, Term
from fleet.routes.queries import routes_for
from fleet.vehicles.models import Bus
from fleet.vehicles.queries import buses_for

VIEW_DRIVER = "people.view_driver"


class SubjectKind(models.TextChoices):
    """What a report is about."""

    AREA = "area", _("Whole area")
    OPERATOR = "operator", _("Operator")
    SCHOOL = "school", _("School")
    ROUTE = "route", _("Route")
    BUS = "bus", _("Bus")
    DRIVER = "driver", _("Driver")


SEARCHED = {SubjectKind.BUS: ("plate",), SubjectKind.DRIVER: ("name",)}
IN_AREA = (Kind.DISTRICT, *OVERSEERS)


@dataclass(frozen=True)
class Subject:
    """One thing that a report is about.

    Attributes:
        kind: of it.
        one: its record.
    """

    kind: SubjectKind
    one: Organisation | Route | Bus | Driver

    def __str__(self) -> str:
        return str(self.one)


@dataclass(frozen=True)
class Bounds:
    """Conditions that hold for what belongs to a subject."""

    findings: Q
    alarms: Q
    trips: Q


def subjects_for(person: User, kind: SubjectKind, text: str = "") -> "models.QuerySet[Any]":
    """The records of a kind of which a person may read reports, those in use, by name.

    Args:
        person: who reads.
        kind: of them.
        text: that is in their plate or name.
    """
    reached = reach_with(person, VIEW)
    found: models.QuerySet[Any]
    if kind == SubjectKind.BUS:
        found = buses_for(person, VIEW).filter(archived_at=None).order_by("plate")
    elif kind == SubjectKind.DRIVER:
        seen = Driver.objects.filter(operator__in=reached, archived_at=None).order_by("name", "pk")
        found = seen.filter(pk__in=drivers_for(person, VIEW_DRIVER).values("pk"))
    elif kind == SubjectKind.ROUTE:
        found = routes_for(person, VIEW).filter(archived_at=None).order_by("name", "pk")
    else:
        kinds = IN_AREA if kind == SubjectKind.AREA else (Kind(kind.value),)
        found = Organisation.objects.filter(pk__in=reached, kind__in=kinds, archived_at=None).order_by("name")
    if text:
        wanted = Q()
        for field in SEARCHED.get(kind, ("name", "name_en")):
            wanted |= Q(**{f"{field}__icontains": text})
        found = found.filter(wanted)
    return found


def subject_of(organisation: Organisation) -> Subject:
    """An organisation as what a report is about."""
    kind = SubjectKind.AREA if organisation.kind in IN_AREA else SubjectKind(organisation.kind)
    return Subject(kind, organisation)


def bounds_of(subject: Subject) -> Bounds:
    """What belongs to a subject."""
    pk = subject.one.pk
    if subject.kind in (SubjectKind.BUS, SubjectKind.DRIVER):
        own = Q(**{subject.kind.value: pk})
        return Bounds(own, own, own)
    if subject.kind == SubjectKind.ROUTE:
        of_trip = Q(trip__pattern__route=pk)
        return Bounds(of_trip, of_trip, Q(pattern__route=pk))
    if subject.kind == SubjectKind.AREA:
        assert isinstance(subject.one, Organisation)  # noqa: S101  (its kind says so)
        above = subject.one.parent_id if subject.one.kind in OVERSEERS else None
        return bounds_within(with_all_below({above or pk}))
    return bounds_within({pk})


def bounds_within(organisations: set[int]) -> Bounds:
    """What belongs to those who run buses, and to those whom they serve.

    A finding on a trip belongs to the school of the trip; only one outside of trips to the school of the bus.
    """
    school = "pattern__route__school__in"
    findings = (
        Q(**{f"trip__{school}": organisations})
        | Q(trip=None, bus__school__in=organisations)
        | Q(bus__operator__in=organisations)
        | Q(bus=None, driver__operator__in=organisations)
    )
    alarms = Q(operator__in=organisations) | Q(school__in=organisations)
    return Bounds(findings, alarms, Q(**{school: organisations}) | Q(bus__operator__in=organisations))


def terms_of(subject: Subject) -> list[tuple[date, date]]:
    """First and last days of the terms of the school that a subject is, or that its route serves."""
    school = subject.one.school_id if isinstance(subject.one, Route | Bus) else subject.one.pk
    if subject.kind in (SubjectKind.AREA, SubjectKind.OPERATOR, SubjectKind.DRIVER) or school is None:
        return []
    return list(Term.objects.current().filter(school=school).values_list("valid_from", "valid_until"))

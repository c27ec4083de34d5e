"""A district with one of everything and a foreign one; who serves where is made as it is asked for."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from fleet.alarms.models import Alarm, Suppression
from fleet.audit.models import AccessRecord, Action
from fleet.family.models import SchoolPrivacy, ShareToken
from fleet.feeds.models import FeedContract
from fleet.findings.models import Finding
from fleet.notices.models import Hook, MailDelivery
from fleet.organisations.models import Kind, Organisation, Role
from fleet.people.models import User
from fleet.permits.models import UsePermit
from fleet.pupils.models import Guardianship, Pupil, SchoolClass
from fleet.routes.models import ExceptionalDay, LowVisibility, Term
from fleet.tokens.models import AccessToken
from fleet.trips.models import Trip
from tests.fleet.builders import organisation, person
from tests.people.builders import attendant, driver
from tests.routes.builders import route
from tests.vehicles.builders import place, registered


@dataclass(frozen=True)
class World:
    """Where roles are held, and what permissions are about.

    Attributes:
        places: by the names that `expected.py` uses.
        objects: all of one operator; the bus serves the school as well.
        themselves: the account that an object is about, by the object's name.
    """

    places: dict[str, Organisation]
    objects: dict[str, Any]
    themselves: dict[str, User]

    def person(self, role: Role, where: str) -> User:
        """Someone who has a role in a place."""
        return person(role, self.places[where])


def world() -> World:
    """Make one of everything."""
    ours = place()
    foreign = organisation()
    bus = registered(ours)
    themselves = {"driver": person(), "attendant": person(), "pupil": person(), "trip": person()}
    themselves["class"] = person(Role.CLASS_TEACHER, ours.school)
    driven = driver(ours, user=themselves["driver"])
    line = route(ours.school)
    pattern = line.patterns.get()
    child = Pupil.objects.create(school=ours.school, number="1", name="小明")
    Guardianship.objects.create(pupil=child, guardian=themselves["pupil"])
    school_class = SchoolClass.objects.create(school=ours.school, name="一年级1班")
    school_class.teachers.add(themselves["class"])
    account = person(Role.DRIVER, ours.operator)
    day, later = timezone.localdate(), timezone.now() + timedelta(days=90)
    trip = Trip.objects.create(
        pattern=pattern, service_date=day, starts_at=timezone.now(), ends_at=timezone.now(),
        planned_bus=bus, bus=bus, driver=driver(ours, user=themselves["trip"]),
    )  # fmt: skip
    permit = UsePermit.objects.create(applicant=ours.operator)
    permit.buses.set([bus])
    looked_at = AccessRecord.objects.create(
        at=timezone.now(), person=ours.coordinator, action=Action.VIEW, kind="people.driver",
        object_id=driven.pk, name=driven.name, organisation=ours.operator, channel="page",
    )  # fmt: skip
    return World(
        places={
            "district": ours.district,
            "operator": ours.operator,
            "school": ours.school,
            "police": organisation(Kind.POLICE, ours.district),
            "supervisor": organisation(Kind.SUPERVISOR, ours.district),
            "other operator": organisation(Kind.OPERATOR, ours.district),
            "foreign district": foreign,
            "foreign police": organisation(Kind.POLICE, foreign),
        },
        objects={
            "bus": bus,
            "driver": driven,
            "attendant": attendant(ours, user=themselves["attendant"]),
            "permit": permit,
            "access_record": looked_at,
            "route": line,
            "stop": pattern.pattern_stops.all()[0].stop,
            "term": Term.objects.create(
                school=ours.school, name="t", valid_from=day, valid_until=later.date()
            ),
            "exceptional_day": ExceptionalDay.objects.create(school=ours.school, day=day, note="t"),
            "low_visibility": LowVisibility.objects.create(
                organisation=ours.operator, weather="fog", since=later
            ),
            "pupil": child,
            "privacy": SchoolPrivacy.objects.create(school=ours.school),
            "share": ShareToken.objects.create(
                pupil=child, made_by=themselves["pupil"], name="t", digest="d", expires_at=later
            ),
            "class": school_class,
            "trip": trip,
            "alarm": alarm_of(trip, ours.school),
            "suppression": Suppression.objects.create(
                organisation=ours.operator, rule="speeding", since=timezone.now(), until=later, reason="t"
            ),
            "operator": ours.operator,
            "coordinating": person(Role.COORDINATOR, ours.operator).memberships.get(),
            "driving": account.memberships.get(),
            "teaching": person(Role.CLASS_TEACHER, ours.school).memberships.get(),
            "account": account,
            "hook": Hook.objects.create(
                organisation=ours.operator, name="t", url="https://sms.example/", secret="t"
            ),
            "delivery": MailDelivery.objects.create(
                person=account, address="a@example.org", day=day, notices=1
            ),
            "contract": FeedContract.objects.create(
                organisation=ours.school,
                partner="t",
                number="1",
                feeds=[],
                valid_until=day,
                token=AccessToken.objects.create(
                    person=ours.coordinator, name="t", scopes=[], digest="f", expires_at=later
                ),
            ),
            "token": AccessToken.objects.create(
                person=account, name="t", scopes=[], digest="d", expires_at=later
            ),
        },
        themselves=themselves
        | {"share": themselves["pupil"], "alarm": themselves["trip"]}
        | {"driving": account, "account": account, "token": account},
    )


def alarm_of(trip: Trip, school: Organisation) -> Alarm:
    """An alarm about a trip."""
    now = timezone.now()
    about = {"bus": trip.bus, "trip": trip, "rule": "speeding", "started_at": now, "last_at": now}
    found = Finding.objects.create(
        subject=f"trip:{trip.pk}", limit_source="posted", article="t", profile="t", found_live=True, **about
    )
    return Alarm.objects.create(
        about=found.subject, severity="medium", operator_id=trip.bus.operator_id if trip.bus else None, school=school,
        finding=found, raised_at=now, **about,
    )  # fmt: skip

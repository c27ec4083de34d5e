"""A school with a class, pupils, a route and who answers for them, said in a few words."""

from datetime import date
from typing import Any

from fleet.organisations.models import Role
from fleet.people.models import User
from fleet.pupils.assignments import assign_stop
from fleet.pupils.consents import Purpose
from fleet.pupils.linking import link_by_code, make_link_codes
from fleet.pupils.models import Guardianship, Pupil, SchoolClass, StopAssignment
from fleet.routes.models import RoutePattern
from tests.fleet.builders import numbers, person
from tests.routes.builders import LONG_AGO
from tests.vehicles.builders import Place

PASSWORD = "a long enough password"


def pupil(where: Place, name: str = "小明", **details: Any) -> Pupil:
    return Pupil.objects.create(school=where.school, number=f"P{next(numbers)}", name=name, **details)


def school_class(where: Place, *teachers: User, name: str = "") -> SchoolClass:
    made = SchoolClass.objects.create(school=where.school, name=name or f"一年级{next(numbers)}班")
    made.teachers.set(teachers)
    return made


def teacher(where: Place) -> User:
    return person(Role.CLASS_TEACHER, where.school)


def assigned(
    where: Place, child: Pupil, pattern: RoutePattern, order: int = 1, since: date = LONG_AGO, **details: Any
) -> StopAssignment:
    stop = pattern.pattern_stops.get(order=order).stop
    return assign_stop(
        pupil=child, pattern=pattern, stop=stop, valid_from=since, by=where.principal, **details
    )


def code_for(where: Place, child: Pupil) -> str:
    return make_link_codes([child], by=where.principal)[0].code


def linked(where: Place, child: Pupil, guardian: User | None = None) -> Guardianship:
    return link_by_code(code_for(where, child), guardian=guardian or person(), consented=tuple(Purpose))

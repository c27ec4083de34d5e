"""Drivers, and how each stands by every condition of the law."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema, Status

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.dispatch.facts import driver_numbers
from fleet.organisations.directory import people_for
from fleet.people import changes
from fleet.people.accounts import link_record
from fleet.people.drivers import LicenceClass
from fleet.people.models import Driver, User
from fleet.people.queries import drivers_for, standing_of
from fleet.people.standing import Condition, Reason, State, Verdict
from fleet.people.words import CONDITIONS, reason_text
from fleet.regulations.profile import HERE
from fleet.regulations.queries import profile_for
from web.api.auth import reading, writing
from web.api.crew import (
    READ,
    WRITE,
    AccountLink,
    MemberAnswer,
    MemberChange,
    MemberFilter,
    Reveal,
    member_details,
    told,
)
from web.api.fields import Day, GivenLine, Id, Known, StrictId, omitted, told_in_place
from web.api.paging import Page, Paging, page_of
from web.api.payload import WithReason, referred
from web.api.problems import Problem
from web.api.records import Owner
from web.person import person_of

router = Router(tags=["drivers"], auth=reading(READ))


class DriverAnswer(MemberAnswer):
    """A driver; the number of the licence is the identity number."""

    licence_class: Annotated[LicenceClass | None, Known]
    licence_first_issued_on: date | None
    licence_class_since: date | None
    licence_valid_until: date | None


class DriverChange(MemberChange):
    """Fields of a driver."""

    licence_class: LicenceClass | None = omitted()
    licence_first_issued_on: Day | None = omitted()
    licence_class_since: Day | None = omitted()
    licence_valid_until: Day | None = omitted()


class NewDriver(DriverChange):
    """A driver to be put into the registry."""

    name: GivenLine
    identity_number: GivenLine
    operator_id: StrictId


class DriverFilter(MemberFilter):
    """Which drivers."""

    licence_class: LicenceClass | None = None


class ConditionAnswer(Schema):
    """How a driver stands by one condition (校车安全管理条例 Art 23 and 26)."""

    condition: Annotated[Condition, told_in_place(Condition)]
    title: str
    state: Annotated[State, told_in_place(State)]
    reason: Reason
    reason_text: str


class StandingAnswer(Schema):
    """Whether a driver may drive a school bus on a day, and why."""

    day: date
    verdict: Verdict
    profile: str
    conditions: list[ConditionAnswer]


def found_driver(person: User, pk: int, action: Action | None) -> Driver:
    """A driver that a person may see; 404 otherwise. The access log has the look, unless it comes later."""
    driver: Driver = get_object_or_404(drivers_for(person), pk=pk)
    if action:
        record_access(by=person, action=action, objects=[driver])
    return driver


DRIVER = Owner("/drivers", "driver", found_driver, READ, WRITE)


def told_drivers(
    request: HttpRequest, drivers: list[Driver], action: Action, reveal: str | None
) -> list[dict[str, Any]]:
    """Drivers as they go out, logged."""
    allowed = drivers_for(person_of(request), "people.view_driver_identity")
    return told(request, drivers, DriverAnswer, allowed, action=action, reveal=reveal)


def told_driver(request: HttpRequest, driver: Driver, reveal: str | None = None) -> dict[str, Any]:
    """One driver as it goes out, logged."""
    return told_drivers(request, [driver], Action.VIEW, reveal)[0]


@router.get("", response=Page[DriverAnswer])
def list_drivers(
    request: HttpRequest,
    filters: Query[DriverFilter],
    paging: Query[Paging],
    order: Literal["name", "-name", "licence_valid_until", "-licence_valid_until", "pk", "-pk"] = "name",
    reveal: Reveal = None,
) -> dict[str, Any]:
    """The drivers that you may see."""
    page = page_of(filters.filter(drivers_for(person_of(request))), paging, order)
    return page | {"items": told_drivers(request, page["items"], Action.LIST, reveal)}


@router.get("/{pk}", response=DriverAnswer)
def show_driver(request: HttpRequest, pk: Id, reveal: Reveal = None) -> dict[str, Any]:
    """One driver."""
    return told_driver(request, found_driver(person_of(request), pk, None), reveal)


@router.get("/{pk}/standing", response={200: StandingAnswer, 409: Problem})
def show_standing(request: HttpRequest, pk: Id, day: Day | None = None) -> dict[str, Any]:
    """How a driver stands on a day, today where none is given, by the law of that day; 409 without one."""
    driver = found_driver(person_of(request), pk, Action.VIEW)
    day = day or timezone.localdate()
    law = profile_for(HERE, day)
    standing = standing_of(driver, day, driver_numbers(law.values))
    conditions = [
        {
            "condition": one.condition,
            "title": str(CONDITIONS[one.condition]),
            "state": one.state,
            "reason": one.reason,
            "reason_text": reason_text(one),
        }
        for one in standing.findings
    ]
    return {"day": day, "verdict": standing.verdict, "profile": law.code, "conditions": conditions}


@router.post("", auth=writing(WRITE), response={201: DriverAnswer})
def add_driver(request: HttpRequest, payload: NewDriver) -> Status[dict[str, Any]]:
    """Put a driver into the registry."""
    details = member_details(request, payload, Driver, "people.change_driver")
    made = changes.create_driver(by=person_of(request), reason=payload.reason, **details)
    return Status(201, told_driver(request, made))


@router.patch("/{pk}", auth=writing(WRITE), response=DriverAnswer)
def change_driver(request: HttpRequest, pk: Id, payload: DriverChange) -> dict[str, Any]:
    """Change the data of a driver."""
    driver = found_driver(person_of(request), pk, None)
    details = member_details(request, payload, Driver, "people.change_driver")
    changed = changes.change_driver(driver, details, by=person_of(request), reason=payload.reason)
    return told_driver(request, changed)


@router.put("/{pk}/account", auth=writing(WRITE), response=DriverAnswer)
def link_driver(request: HttpRequest, pk: Id, payload: AccountLink) -> dict[str, Any]:
    """Say which account is the driver's, who then sees the own record."""
    person = person_of(request)
    driver = found_driver(person, pk, None)
    link_record(
        driver, referred(people_for(person), payload.user_id, "user_id"), by=person, reason=payload.reason
    )
    driver.refresh_from_db()
    return told_driver(request, driver)


@router.post("/{pk}/archive", auth=writing(WRITE), response=DriverAnswer)
def archive_driver(request: HttpRequest, pk: Id, payload: WithReason) -> dict[str, Any]:
    """Take a driver out of use."""
    driver = found_driver(person_of(request), pk, None)
    return told_driver(request, changes.archive_member(driver, by=person_of(request), reason=payload.reason))


@router.post("/{pk}/restore", auth=writing(WRITE), response=DriverAnswer)
def restore_driver(request: HttpRequest, pk: Id, payload: WithReason) -> dict[str, Any]:
    """Bring an archived driver back."""
    driver = found_driver(person_of(request), pk, None)
    return told_driver(request, changes.restore_member(driver, by=person_of(request), reason=payload.reason))

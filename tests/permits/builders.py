"""Builders of permits and cards, on days around today, said in a few words."""

import itertools
from datetime import date, time, timedelta
from typing import Any

from django.utils import timezone

from fleet.organisations.models import Kind, Role
from fleet.people.models import Driver, DriverQualification, PointsRecord
from fleet.permits.cards import CardText, issue_card
from fleet.permits.changes import (
    apply_for_permit,
    decide,
    hand_in_document,
    judge_document,
    missing_documents,
    record_step,
)
from fleet.permits.models import ApplicationKind, DocumentKind, Stage
from fleet.vehicles.models import Bus, VehicleInspection
from fleet.vehicles.upkeep import InspectionResult
from tests.fleet.builders import bus, organisation, person
from tests.routes.builders import route

numbers = itertools.count(1)
TODAY = timezone.localdate()
APPLIED = TODAY - timedelta(days=60)
BETWEEN = (Stage.CONSULTED, Stage.POLICE_REPLY, Stage.TRANSPORT_REPLY, Stage.OPINION)


def days(n: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=n)


def a_bus() -> Bus:
    """A bus of an operator and a school of one district."""
    district = organisation(Kind.DISTRICT)
    return bus(organisation(Kind.OPERATOR, district), organisation(Kind.SCHOOL, district))


class District:
    """A district with an operator, a school, an administrator and a coordinator; that of a bus where one is given."""

    def __init__(self, of: Bus | None = None) -> None:
        self.bus = of or a_bus()
        assert self.bus.school is not None
        assert self.bus.operator.parent is not None
        self.operator, self.school = self.bus.operator, self.bus.school
        self.district = self.bus.operator.parent
        self.administrator = person(Role.ADMINISTRATOR, self.district)
        self.coordinator = person(Role.COORDINATOR, self.operator)
        self.route = route(self.school)

    def another_bus(self):
        return bus(self.operator, self.school)

    def application(self, *buses):
        return apply_for_permit(
            applicant=self.operator, buses=buses or [self.bus], applied_on=APPLIED, by=self.coordinator
        )

    def accept_documents(self, application) -> None:
        for kind in missing_documents(application):
            document = hand_in_document(
                application=application, kind=DocumentKind(kind), received_on=APPLIED, by=self.coordinator
            )
            judge_document(document=document, accepted=True, judged_on=TODAY, by=self.administrator)

    def take_steps(self, application, *stages: Stage) -> None:
        for stage in stages or BETWEEN:
            record_step(
                application=application, stage=stage, done_on=APPLIED, favourable=True, by=self.administrator
            )

    def approve(self, application, valid_until: date | None = None) -> None:
        self.accept_documents(application)
        self.take_steps(application)
        given: dict[str, Any] = (
            {"number": f"XK{next(numbers)}", "valid_from": APPLIED, "valid_until": valid_until or days(700)}
            if application.kind == ApplicationKind.PERMIT
            else {}
        )
        decide(application=application, approved=True, decided_on=APPLIED, by=self.administrator, **given)
        application.permit.refresh_from_db()

    def permit(self, *buses, valid_until: date | None = None):
        application = self.application(*buses)
        self.approve(application, valid_until)
        return application.permit

    def driver(self, valid_until: date | None = None) -> Driver:
        made = Driver.objects.create(
            name=f"驾驶人{next(numbers)}", identity_number=f"{next(numbers):018d}", operator=self.operator
        )
        DriverQualification.objects.create(
            driver=made,
            number=f"Q{next(numbers)}",
            issuer="公安局",
            issued_on=days(-400),
            valid_from=days(-400),
            valid_until=valid_until or days(400),
        )
        PointsRecord.objects.create(driver=made, cycle_from=days(-200), points=0, checked_on=TODAY)
        return made

    def inspect(self, valid_until: date, inspected_on: date | None = None, of=None) -> None:
        VehicleInspection.objects.create(
            bus=of or self.bus,
            inspected_on=inspected_on or days(-100),
            result=InspectionResult.PASSED,
            valid_until=valid_until,
        )

    def text(self, **changes) -> CardText:
        given = {
            "owner": "县校车公司",
            "drivers": changes.pop("drivers", None) or (self.driver(),),
            "route": self.route,
            "stops": ("村口", "学校"),
            "times": ((time(6, 40), time(7, 30)),),
        }
        return CardText(**{**given, **changes})

    def card(self, permit, text: CardText | None = None, issued_on: date | None = None, **changes):
        return issue_card(
            permit=permit,
            bus=changes.pop("bus", self.bus),
            number=f"BP{next(numbers):06d}",
            issuer="县公安局交通管理大队",
            issued_on=issued_on or TODAY,
            text=text or self.text(),
            by=self.administrator,
        )

"""The demo's permits: one for each operator, a plate card in each bus, one permit near its end, one change open.

Invented, and the same for the same day.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from fleet.people.models import User
from fleet.permits.cards import CardText, issue_card
from fleet.permits.changes import (
    apply_for_change,
    apply_for_permit,
    decide,
    hand_in_document,
    judge_document,
    missing_documents,
    record_step,
)
from fleet.permits.models import Application, ApplicationKind, DocumentKind, Stage
from fleet.routes.queries import stops_of
from web.demo_registry import Crew

ISSUER = "示范区公安局交通警察大队"
APPLIED_DAYS_AGO = 150
NEAR_END_DAYS = 25
"""The permit of the last operator ends so soon."""

CHANGE_APPLIED_DAYS_AGO = 20
"""Of a change of driver, on which the education department is late."""

STEP_DAYS_AFTER = {
    Stage.CONSULTED: 1,
    Stage.POLICE_REPLY: 3,
    Stage.TRANSPORT_REPLY: 3,
    Stage.OPINION: 6,
}
DECIDED_DAYS_AFTER = 9
RUNS = ((time(6, 30), time(7, 50)), (time(16, 10), time(17, 40)))

DRIVEN_FOR = timedelta(hours=3)


def driven_from(now: datetime) -> tuple[time, time]:
    """A run at the hour at which the demo begins: its buses drive whatever the hour."""
    until = now + DRIVEN_FOR
    return now.time().replace(second=0, microsecond=0), until.time() if until.date() == now.date() else time(
        23, 59
    )


def fill_permits(crews: Sequence[Crew], *, by: User, today: date) -> None:
    """Grant each operator its permit, and issue the cards.

    Args:
        crews: who usually runs each bus; each bus has an inspection, each driver a qualification.
        by: who may apply, decide and issue for all of them.
        today: in the local zone.
    """
    fleets: dict[int, list[Crew]] = defaultdict(list)
    for crew in crews:
        fleets[crew.bus.operator_id].append(crew)
    for number, fleet in enumerate(fleets.values(), start=1):
        is_last = number == len(fleets)
        applied_on = today - timedelta(days=APPLIED_DAYS_AGO)
        application = apply_for_permit(
            applicant=fleet[0].bus.operator,
            buses=[crew.bus for crew in fleet],
            applied_on=applied_on,
            by=by,
        )
        until = today + timedelta(days=NEAR_END_DAYS if is_last else 365 + number)
        grant(application, applied_on, number, until, by=by)
        for crew in fleet:
            put_card(application, crew, by=by, today=today)
    change = apply_for_change(
        permit=application.permit,
        kind=ApplicationKind.DRIVER,
        bus=fleet[0].bus,
        details="增加一名驾驶人",
        applied_on=today - timedelta(days=CHANGE_APPLIED_DAYS_AGO),
        by=by,
    )
    hand_in_document(application=change, kind=DocumentKind.DRIVER_QUALIFICATION, received_on=today, by=by)


def grant(application: Application, applied_on: date, number: int, until: date, *, by: User) -> None:
    """Take an application through every step."""
    decided_on = applied_on + timedelta(days=DECIDED_DAYS_AFTER)
    for kind in missing_documents(application):
        document = hand_in_document(
            application=application, kind=DocumentKind(kind), received_on=applied_on, by=by
        )
        judge_document(document=document, accepted=True, judged_on=applied_on, by=by)
    for stage, days in STEP_DAYS_AFTER.items():
        record_step(
            application=application,
            stage=stage,
            done_on=applied_on + timedelta(days=days),
            favourable=True,
            note="同意",
            by=by,
        )
    decide(
        application=application,
        approved=True,
        decided_on=decided_on,
        number=f"示校许{applied_on.year}{number:03d}",
        valid_from=decided_on,
        valid_until=until,
        by=by,
    )


def put_card(application: Application, crew: Crew, *, by: User, today: date) -> None:
    """The plate card of a bus, where it has a route."""
    route = crew.bus.route
    if route is None:
        return
    issue_card(
        permit=application.permit,
        bus=crew.bus,
        number=f"SFXP{crew.bus.pk:06d}",
        issuer=ISSUER,
        issued_on=today,
        text=CardText(
            owner=crew.bus.owner,
            drivers=(crew.driver,),
            route=route,
            stops=tuple(stop.name for stop in stops_of(route, today)),
            times=(*RUNS, driven_from(timezone.localtime())),
        ),
        by=by,
    )

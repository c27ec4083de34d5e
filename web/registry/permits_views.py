"""The page of a permit: its applications and cards, and what the person may do next."""

from typing import Any

import rules
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.people.models import Driver, User
from fleet.permits.cards import may_end_card
from fleet.permits.changes import missing_documents
from fleet.permits.models import Application, CardState, DocumentKind, DocumentState, Stage, UsePermit
from fleet.permits.permissions import DECIDE, REPLY, permission_for
from fleet.permits.queries import permit_for_page, timeline
from web.person import person_of
from web.registry.history import history_of

WHO_RECORDS = {
    DECIDE: _("by an inspector"),
    REPLY: _("by the police or an inspector"),
}
"""Who may take a step, told to those who may not."""


@require_GET
def permit_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A permit with its applications, cards and history."""
    person = person_of(request)
    permit = get_object_or_404(permit_for_page(person), pk=pk)
    cards = permit.plate_cards.all()
    note_drivers(person, Action.VIEW, {driver for card in cards for driver in card.drivers.all()})
    carded = {card.bus_id for card in cards if card.state == CardState.CURRENT}
    applications = [application_for_page(one, permit, person) for one in permit.applications.all()]
    context = {
        "permit": permit,
        "open_applications": [one for one in applications if one["is_open"]],
        "decided_applications": [one for one in applications if not one["is_open"]],
        "without_card": [bus for bus in permit.buses.all() if bus.pk not in carded],
        "has_current_card": bool(carded),
        "history": history_of(permit),
        "may_apply": rules.has_perm("permits.change_usepermit", person, permit),
        "may_decide": rules.has_perm(DECIDE, person, permit),
        "may_issue": rules.has_perm("permits.issue_platecard", person, permit),
        "may_end_card": may_end_card(person, permit),
        "may_open": may_open_documents(person, permit),
    }
    return render(request, "permits/detail.html", context)


def application_for_page(application: Application, permit: UsePermit, person: User) -> dict[str, Any]:
    """An application with its steps, who may take each, and the documents that it still needs."""
    is_open = application.approved is None
    missing = missing_documents(application) if is_open else []
    return {
        "application": application,
        "is_open": is_open,
        "steps": [
            {"step": step, "may": rules.has_perm(needed, person, permit), "who": WHO_RECORDS[needed]}
            for step in timeline(application, timezone.localdate())
            for needed in [permission_for(Stage(step.stage))]
        ],
        "missing": [DocumentKind(kind).label for kind in missing],
        "to_judge": is_open
        and any(one.state == DocumentState.RECEIVED for one in application.documents.all()),
    }


def may_open_documents(person: User, permit: UsePermit) -> bool:
    """Whether a person may read what was handed in: who applies, and who decides; not the schools that are served."""
    needed = ("permits.change_usepermit", DECIDE, REPLY)
    return any(rules.has_perm(one, person, permit) for one in needed)


def note_drivers(person: User, action: Action, drivers: set[Driver]) -> None:
    """Add to the access log that drivers were named."""
    record_access(by=person, action=action, objects=sorted(drivers, key=lambda one: one.pk))

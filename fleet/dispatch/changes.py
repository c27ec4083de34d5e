"""Writes: questions to the gate with their answers, and overrides by two people; nothing is changed afterwards."""

from dataclasses import fields, is_dataclass
from datetime import date, time
from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from fleet.dispatch.facts import TripPlan, collect_facts
from fleet.dispatch.gate import OVERRIDABLE, check_dispatch
from fleet.dispatch.models import ExceptionReason, GateCheck, GateOverride, OverrideConfirmation
from fleet.people.models import User
from fleet.regulations.profile import HERE
from fleet.regulations.queries import profile_for
from fleet.vehicles.models import Bus


class OverrideError(Exception):
    """The gate can't be overridden in this way; the message says why, to people."""


@transaction.atomic
def check_trip(*, plan: TripPlan, by: User, jurisdiction: str = HERE) -> GateCheck:
    """Ask the gate whether a trip may leave, and record what was known and what it said.

    Args:
        plan: the trip.
        by: who asks.
        jurisdiction: whose law counts.

    Raises:
        PermissionDenied: where the person may not ask about this bus.
        NoProfileError: where no regulation profile holds on the trip's day.
    """
    permit(by, "dispatch.check_trip", plan.bus)
    rules = profile_for(jurisdiction, plan.day)
    facts = collect_facts(plan, rules.values)
    decision = check_dispatch(facts, rules.values)
    check = GateCheck(
        bus=plan.bus,
        driver=plan.driver,
        attendant=plan.attendant,
        route=plan.route,
        starts_at=plan.starts_at,
        allowed=decision.allowed,
        facts=recorded(facts),
        refusals=recorded(decision.refusals),
        numbers=rules.values,
        profile=rules.code,
        checked_by=by,
    )
    check.save()
    return check


@transaction.atomic
def request_override(*, check: GateCheck, exception: ExceptionReason, reason: str, by: User) -> GateOverride:
    """Ask to let a trip off its approved route, for one of the reasons in Art 30.

    Raises:
        PermissionDenied: where the person may not for this bus.
        OverrideError: where the gate allowed the trip, refused it for anything else as well, no reason is given,
            or it was asked for already.
    """
    permit(by, "dispatch.override_gate", check.bus)
    codes = {refusal["code"] for refusal in check.refusals}
    if check.allowed or not codes <= OVERRIDABLE or any(refusal["unknown"] for refusal in check.refusals):
        raise OverrideError(
            _("Only a trip that is refused for nothing but its route can be let go, as Article 30 allows.")
        )
    if not reason.strip():
        raise OverrideError(_("Say what keeps the bus from its approved route."))
    if GateOverride.objects.filter(check_made=check).exists():
        raise OverrideError(_("An override of this check has been requested already."))
    override = GateOverride(check_made=check, exception=exception, reason=reason.strip(), requested_by=by)
    override.save()
    return override


@transaction.atomic
def confirm_override(*, override: GateOverride, by: User) -> OverrideConfirmation:
    """Be the second person for an override; from then on it counts.

    Raises:
        PermissionDenied: where the person may not for this bus, or is the one who requested it.
        OverrideError: where it was confirmed already.
    """
    permit(by, "dispatch.override_gate", override.check_made.bus)
    if by == override.requested_by:
        raise PermissionDenied(_("Another person than the one who requested it has to confirm an override."))
    if OverrideConfirmation.objects.filter(override=override).exists():
        raise OverrideError(_("This override has been confirmed already."))
    confirmation = OverrideConfirmation(override=override, confirmed_by=by)
    confirmation.save()
    return confirmation


def may_leave(check: GateCheck) -> bool:
    """Whether the trip of a check may leave: allowed, or let go by two people."""
    return check.allowed or OverrideConfirmation.objects.filter(override__check_made=check).exists()


def permit(person: User, permission: str, bus: Bus) -> None:
    """Let through who has a permission for a bus.

    Raises:
        PermissionDenied: for everybody else.
    """
    if not rules.has_perm(permission, person, bus):
        raise PermissionDenied(_("You may not do this for this bus."))


def recorded(value: Any) -> Any:
    """Facts or refusals in a form that JSON holds: days in ISO form, sets as sorted lists."""
    if is_dataclass(value):
        return {field.name: recorded(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [recorded(item) for item in value]
    return value.isoformat() if isinstance(value, date | time) else value

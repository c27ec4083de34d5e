"""Writes: checks before the trip, questions to the gate with their answers, overrides by two people.

Nothing of it is changed afterwards.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from typing import Any

import rules
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.dispatch.facts import collect_facts
from fleet.dispatch.gate import check_dispatch
from fleet.dispatch.models import (
    ExceptionReason,
    GateCheck,
    GateOverride,
    ItemState,
    OverrideConfirmation,
    PreTripCheck,
)
from fleet.dispatch.plan import TripPlan
from fleet.findings.changes import record_act
from fleet.findings.models import LimitSource, Rule
from fleet.people.crew import CrewMember
from fleet.people.models import Attendant, Driver, User
from fleet.records import not_later_than_now, refuse_archived
from fleet.regulations.profile import HERE
from fleet.regulations.queries import profile_for
from fleet.vehicles.changes import report_defect
from fleet.vehicles.models import Bus
from fleet.vehicles.upkeep import Severity

EXCEPTIONS_ARTICLE = "校车安全管理条例 第三十条第二款"


class OverrideError(Exception):
    """The gate can't be overridden in this way; the message says why, to people."""


@transaction.atomic
def record_pre_trip_check(
    *,
    bus: Bus,
    driver: Driver,
    attendant: Attendant | None = None,
    items: Mapping[str, ItemState],
    card_displayed: bool | None = None,
    sober: bool | None = None,
    fit: bool | None = None,
    odometer_km: int | None = None,
    note: str = "",
    checked_at: datetime | None = None,
    by: User,
) -> PreTripCheck:
    """Record what `by` has found at a bus before a trip; each defect keeps the bus off the road until released.

    Args:
        bus: that is checked.
        driver: who is to drive.
        attendant: who is to go along.
        items: how each of `ITEMS` was found; one that is not named was not checked.
        card_displayed: whether the plate card is in its place; None where nobody looked, as for the following.
        sober: whether the driver is, as `by` sees.
        fit: whether the driver is neither ill nor unfit, as `by` sees.
        odometer_km: as read.
        note: what was seen; the description of the defects.
        checked_at: when; now where not given.
        by: who checked.

    Raises:
        PermissionDenied: where the person may not check this bus, or the crew works for somebody else.
        RecordError: where the bus is archived.
        ValidationError: naming each field that can't be right.
    """
    permit(by, "vehicles.check_bus", bus)
    refuse_archived(bus)
    refuse_strangers(bus, driver, attendant)
    if driver.user_id == by.pk and not (sober is None and fit is None):
        told = _("Another person than the driver says this: the attendant, Article 39.")
        raise ValidationError(
            {name: told for name, said in (("sober", sober), ("fit", fit)) if said is not None}
        )
    check = PreTripCheck(
        bus=bus,
        driver=driver,
        attendant=attendant,
        checked_at=checked_at or timezone.now(),
        card_displayed=card_displayed,
        sober=sober,
        fit=fit,
        odometer_km=odometer_km,
        note=note.strip(),
        checked_by=by,
        **items,
    )
    not_later_than_now(check.checked_at)
    check.full_clean()
    check.save()
    for name in check.defects:
        report_defect(
            bus=bus,
            by=by,
            description=": ".join(filter(None, (check.label(name), check.note))),
            severity=Severity.CRITICAL,
            blocks_dispatch=True,
            found_at=check.checked_at,
        )
    return check


@transaction.atomic
def check_trip(*, plan: TripPlan, by: User, jurisdiction: str = HERE) -> GateCheck:
    """Ask the gate whether a trip may leave, and record what was known and what it said.

    Args:
        plan: the trip.
        by: who asks.
        jurisdiction: whose law counts.

    Raises:
        PermissionDenied: where the person may not ask about this bus, or the crew works for somebody else.
        NoProfileError: where no regulation profile holds on the trip's day.
    """
    permit(by, "dispatch.check_trip", plan.bus)
    refuse_strangers(plan.bus, plan.driver, plan.attendant)
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
    if not check.is_overridable:
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
    """Be the second person for an override; from then on it counts, and is a finding.

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
    check = override.check_made
    record_act(
        bus=check.bus,
        rule=Rule.GATE_OVERRIDE,
        at=confirmation.confirmed_at,
        limit_source=LimitSource.APPROVED_ROUTE,
        article=EXCEPTIONS_ARTICLE,
        profile=check.profile,
        evidence={
            "gate_check": check.pk,
            "override": override.pk,
            "exception": override.exception,
            "reason": override.reason,
            "requested_by": override.requested_by_id,
            "confirmed_by": by.pk,
        },
    )
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


def refuse_strangers(bus: Bus, *crew: CrewMember | None) -> None:
    """Refuse people who work neither for the operator of a bus nor for its school: nobody asks about them here.

    Raises:
        PermissionDenied: for such people.
    """
    if any(one and one.operator_id not in (bus.operator_id, bus.school_id) for one in crew):
        raise PermissionDenied(_("This person works neither for the operator nor the school."))


def recorded(value: Any) -> Any:
    """Facts or refusals in a form that JSON holds: days in ISO form, sets as sorted lists."""
    if is_dataclass(value):
        return {field.name: recorded(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [recorded(item) for item in value]
    return value.isoformat() if isinstance(value, date | time) else value

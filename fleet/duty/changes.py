"""Writes: drivers sign in on buses and out again, and people enter what no bus tells."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.duty.log import rebuild
from fleet.duty.models import Activity, Afterwards, SignIn, SignInSource, Statement
from fleet.duty.permissions import CHANGE_DUTY
from fleet.people.models import Driver, User
from fleet.records import RecordError, archive_record, refuse_archived, refuse_unless_allowed, save_record
from fleet.vehicles.models import Bus


@transaction.atomic
def sign_in(
    *, driver: Driver, bus: Bus, source: SignInSource, by: User, at: datetime | None = None
) -> SignIn:
    """Have a driver take the wheel of a bus; where they were signed in on another, they are signed out there.

    Doing it again changes nothing: who is signed in on the bus stays so; a sign-in of the same moment is the same.

    Args:
        driver: who drives from now on.
        bus: of the driver's employer.
        source: how they were identified.
        by: the driver, or who may do it for them.
        at: when; without it, now.

    Raises:
        PermissionDenied: where the person may not do so for this driver.
        RecordError: where the driver or the bus is archived, or another operator's, the time has not come yet, or
            something later is known of the driver or the bus.
        ValidationError: where somebody else is signed in on the bus.
    """
    refuse_unless_allowed(by, CHANGE_DUTY, driver)
    refuse_archived(driver)
    refuse_archived(bus)
    if bus.operator_id != driver.operator_id:
        raise RecordError(_("The bus is another operator's."))
    moment = at or timezone.now()
    refuse_future(moment)
    known = known_from(moment, driver, bus)
    for one in known:
        if (one.driver_id, one.bus_id) == (driver.pk, bus.pk) and (one.until is None or one.since == moment):
            return one
    if any(one.until is not None or one.since >= moment for one in known):
        raise RecordError(_("Something later is known already of this driver or on this bus."))
    for one in known:
        if one.driver_id == driver.pk:
            end(one, at=moment, afterwards="", by=by)
    signed = SignIn(driver=driver, bus=bus, since=moment, source=source)
    save_record(signed, by=by, reason="")
    rebuild(driver.pk, moment, timezone.now())
    return signed


def known_from(moment: datetime, driver: Driver, bus: Bus) -> list[SignIn]:
    """The sign-ins of a driver or on a bus, locked, that go on at a moment or are later."""
    of_either = SignIn.objects.current().select_for_update().filter(Q(driver=driver) | Q(bus=bus))
    not_over = Q(until__isnull=True) | Q(until__gt=moment) | Q(since__gte=moment)
    return list(of_either.filter(not_over).order_by("pk"))


def source_of(driver: Driver, by: User) -> SignInSource:
    """How a driver is identified whom no machine identified: by their own account, or by who coordinates."""
    return SignInSource.PAGE if driver.user_id == by.pk else SignInSource.COORDINATOR


@transaction.atomic
def sign_out(
    *, signed: SignIn, by: User, afterwards: Afterwards | None = None, at: datetime | None = None
) -> SignIn:
    """Have a driver leave the wheel of a bus; to say the same moment again changes nothing.

    Args:
        signed: the sign-in that ends.
        by: the driver, or who may do it for them.
        afterwards: what the driver does now; None where they don't say.
        at: when; without it, now.

    Raises:
        PermissionDenied: where the person may not do so for this driver.
        RecordError: where it has ended at another moment, or the time has not come yet.
        ValidationError: where the end is not after the start.
    """
    refuse_unless_allowed(by, CHANGE_DUTY, signed.driver)
    locked: SignIn = SignIn.objects.select_for_update().select_related("driver").get(pk=signed.pk)
    if at is not None and locked.until == at:
        return locked
    if locked.until or locked.archived_at:
        raise RecordError(_("The driver is signed out already."))
    moment = at or timezone.now()
    refuse_future(moment)
    end(locked, at=moment, afterwards=afterwards.value if afterwards else "", by=by)
    rebuild(locked.driver_id, locked.since, timezone.now())
    return locked


def end(signed: SignIn, *, at: datetime, afterwards: str, by: User) -> None:
    """Store when a sign-in ended."""
    signed.until, signed.afterwards = at, afterwards
    save_record(signed, by=by, reason="")


@transaction.atomic
def state_activity(
    *, driver: Driver, activity: Activity, since: datetime, until: datetime, reason: str, by: User
) -> Statement:
    """Enter what a driver did where no bus tells.

    Args:
        driver: whose time it was.
        activity: what they did.
        since: from when.
        until: to when; not later than now.
        reason: how it is known.
        by: the driver, or who may do it for them.

    Raises:
        PermissionDenied: where the person may not do so for this driver.
        RecordError: where no reason is given.
        ValidationError: where the end is not after the start, or has not come yet.
    """
    refuse_unless_allowed(by, CHANGE_DUTY, driver)
    if not reason.strip():
        raise RecordError(_("Say how this is known."))
    refuse_future(until)
    said = Statement(driver=driver, activity=activity, since=since, until=until)
    save_record(said, by=by, reason=reason.strip())
    rebuild(driver.pk, since, timezone.now())
    return said


@transaction.atomic
def withdraw_statement(*, said: Statement, reason: str, by: User) -> None:
    """Take an entry out of a driver's log; it stays in the history.

    Raises:
        PermissionDenied: where the person may not do so for this driver.
        RecordError: where it is withdrawn already, or no reason is given.
    """
    refuse_unless_allowed(by, CHANGE_DUTY, said.driver)
    archive_record(said, by=by, reason=reason)
    rebuild(said.driver_id, said.since, timezone.now())


def refuse_future(moment: datetime) -> None:
    """Refuse a time that has not come yet.

    Raises:
        RecordError: saying so.
    """
    if moment > timezone.now():
        raise RecordError(_("This time has not come yet."))

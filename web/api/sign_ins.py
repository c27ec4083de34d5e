"""Who is at the wheel: onboard units, card readers and coordinators sign drivers in on buses and out again."""

from datetime import datetime
from typing import Annotated, Literal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema, Status

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.duty import changes
from fleet.duty.models import Afterwards, SignIn, SignInSource
from fleet.duty.permissions import CHANGE_DUTY
from fleet.people.models import Driver, User
from fleet.people.queries import drivers_for
from fleet.records import RecordError, RecordQuerySet
from fleet.tokens.models import Scope
from web.api.auth import writing
from web.api.buses import found_bus
from web.api.fields import GivenLine, Id, Known, Moment, StrictId
from web.api.payload import Input, needed
from web.person import person_of

router = Router(tags=["driving and rest times"], auth=writing(Scope.SIGN_INS_WRITE))

At = Annotated[Moment | None, Field(description="When, by a clock that is right; null for now.")]


class SignInAnswer(Schema):
    """A driver's time at the wheel of a bus."""

    id: int
    driver_id: int
    bus_id: int
    since: datetime
    until: datetime | None = Field(description="Null while the driver is signed in.")
    source: SignInSource = Field(description="How the driver was identified.")
    afterwards: Annotated[Afterwards | None, Known] = Field(description="What the driver did then.")


class OfDriver(Input):
    """One driver, named in one of two ways."""

    driver_id: StrictId | None = None
    licence_number: GivenLine | None = Field(None, description="Of the driving licence, instead of the id.")
    at: At = None


class NewSignIn(OfDriver):
    """A driver takes the wheel."""

    source: Literal[SignInSource.CARD, SignInSource.PIN] | None = Field(
        None,
        description="How the onboard unit identified the driver; null where the token's person says so.",
    )


class NewSignOut(OfDriver):
    """A driver leaves the wheel."""

    afterwards: Afterwards | None = Field(None, description="What the driver does now; null where not said.")


@router.post("/buses/{pk}/sign-ins", response={201: SignInAnswer})
@transaction.atomic
def sign_in(request: HttpRequest, pk: Id, payload: NewSignIn) -> Status[SignIn]:
    """Sign a driver in on a bus. Sent again, it is the same; on another bus, the driver is signed out there."""
    person = person_of(request)
    bus, driver = found_bus(person, pk), driver_named(person, payload)
    source = SignInSource(payload.source) if payload.source else changes.source_of(driver, person)
    return Status(201, changes.sign_in(driver=driver, bus=bus, source=source, by=person, at=payload.at))


@router.post("/buses/{pk}/sign-outs", response=SignInAnswer)
@transaction.atomic
def sign_out(request: HttpRequest, pk: Id, payload: NewSignOut) -> SignIn:
    """Sign a driver out of a bus. Sent again with the same time, it is the same."""
    person = person_of(request)
    bus, driver = found_bus(person, pk), driver_named(person, payload)
    begun = SignIn.objects.current().filter(driver=driver, bus=bus, since__lte=payload.at or timezone.now())
    signed = begun.order_by("since").last()
    if signed is None:
        raise RecordError(_("The driver is not signed in on this bus."))
    return changes.sign_out(signed=signed, by=person, afterwards=payload.afterwards, at=payload.at)


def driver_named(person: User, payload: OfDriver) -> Driver:
    """The driver whom a body names, for whom the person may do so; the access log has the look.

    Raises:
        ValidationError: where it names none or both ways, or nobody for whom the person may do so.
    """
    among = drivers_for(person, CHANGE_DUTY)
    if payload.driver_id is not None and payload.licence_number is None:
        driver: Driver = needed(among, payload.driver_id, "driver_id")
    elif payload.licence_number is not None and payload.driver_id is None:
        driver = of_licence(among, payload.licence_number)
    else:
        raise ValidationError({"driver_id": _("Name the driver by the id or by the licence, not by both.")})
    record_access(by=person, action=Action.VIEW, objects=[driver])
    return driver


def of_licence(among: RecordQuerySet, number: str) -> Driver:
    """The driver with a licence; its number is the identity number.

    Raises:
        ValidationError: where there is none.
    """
    found: Driver | None = among.filter(identity_number=number.strip().upper()).first()
    if found is None:
        raise ValidationError({"licence_number": _("There is no such object, or none that you may choose.")})
    return found

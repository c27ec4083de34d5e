"""Writes: applications for permits and for changes, from the first day to the decision."""

from collections.abc import Collection
from datetime import date

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from fleet.organisations.models import Organisation
from fleet.people.models import User
from fleet.permits import procedure
from fleet.permits.deadlines import deadline
from fleet.permits.models import (
    Application,
    ApplicationDocument,
    ApplicationKind,
    ApplicationStep,
    CardState,
    DocumentKind,
    DocumentState,
    PermitState,
    PlateCard,
    Stage,
    UsePermit,
)
from fleet.permits.permissions import DECIDE, permission_for
from fleet.records import RecordError, refuse_unless_allowed, save_record
from fleet.vehicles.models import Bus

HOLDING = (PermitState.APPLIED, PermitState.GRANTED)
"""A bus in a permit of such a state can be in no other."""


@transaction.atomic
def apply_for_permit(
    *, applicant: Organisation, buses: Collection[Bus], applied_on: date, by: User
) -> Application:
    """Open the procedure for a new permit.

    Args:
        applicant: a school or an operator.
        buses: its buses; none may be in another permit that is open or granted.
        applied_on: the day on which the education department received it.
        by: who records it.

    Raises:
        PermissionDenied: where `by` may not apply for the applicant.
        ValidationError: naming the field that can't be right.
    """
    permit = UsePermit(applicant=applicant)
    refuse_unless_allowed(by, "permits.change_usepermit", permit)
    refuse_buses(buses, applicant)
    save_record(permit, by=by, reason=_("Applied for"))
    permit.buses.set(buses)
    application = Application(permit=permit, kind=ApplicationKind.PERMIT)
    save_record(application, by=by, reason=_("Applied for"))
    add_step(application, procedure.Stage.APPLIED, applied_on, favourable=True, note="", by=by)
    return application


@transaction.atomic
def apply_for_change(
    *,
    permit: UsePermit,
    kind: ApplicationKind,
    bus: Bus,
    details: str,
    applied_on: date,
    by: User,
    new_bus: Bus | None = None,
) -> Application:
    """Open the procedure for the change of something that a bus's plate card names (机动车登记规定 Art 64).

    Raises:
        PermissionDenied: where `by` may not apply for the applicant.
        RecordError: where the permit is not granted, or a change for the bus is open already.
        ValidationError: naming the field that can't be right.
    """
    permit = locked(permit)
    refuse_unless_allowed(by, "permits.change_usepermit", permit)
    if permit.state != PermitState.GRANTED:
        raise RecordError(_("Only a permit that is granted can be changed."))
    if kind == ApplicationKind.PERMIT:
        raise ValidationError({"kind": _("Say what is to change.")})
    if not permit.buses.filter(pk=bus.pk).exists():
        raise ValidationError({"bus": _("This bus is not in the permit.")})
    if new_bus:
        refuse_buses([new_bus], permit.applicant, field="new_bus")
    if permit.applications.filter(bus=bus, approved__isnull=True).exists():
        raise RecordError(_("A change for this bus is open. Finish it first."))
    application = Application(permit=permit, kind=kind, bus=bus, new_bus=new_bus, details=details)
    save_record(application, by=by, reason=_("Change applied for"))
    add_step(application, procedure.Stage.APPLIED, applied_on, favourable=True, note="", by=by)
    return application


@transaction.atomic
def hand_in_document(
    *,
    application: Application,
    kind: DocumentKind,
    received_on: date,
    by: User,
    document: "File[bytes] | None" = None,
) -> ApplicationDocument:
    """Add a document to an application that is open.

    Raises:
        PermissionDenied: where `by` may not change the permit.
        RecordError: where the application is decided.
        ValidationError: naming the field that can't be right.
    """
    application = open_application(application)
    refuse_unless_allowed(by, "permits.change_usepermit", application.permit)
    made = ApplicationDocument(application=application, kind=kind, received_on=received_on)
    if document is not None:
        made.document.save(document.name or kind.value, document, save=False)
    save_record(made, by=by, reason=_("Handed in"))
    return made


@transaction.atomic
def judge_document(
    *, document: ApplicationDocument, accepted: bool, judged_on: date, by: User, note: str = ""
) -> None:
    """Accept or reject a document that was handed in.

    Raises:
        PermissionDenied: where `by` may not decide on the permit.
        RecordError: where it is judged already, or the application decided.
        ValidationError: naming the field that can't be right.
    """
    application = open_application(document.application)
    refuse_unless_allowed(by, DECIDE, application.permit)
    document = ApplicationDocument.objects.select_for_update().get(pk=document.pk)
    if document.state != DocumentState.RECEIVED:
        raise RecordError(_("This document is judged already. Hand in another where it has to be replaced."))
    document.state = DocumentState.ACCEPTED if accepted else DocumentState.REJECTED
    document.judged_on, document.note = judged_on, note
    save_record(document, by=by, reason=note or _("Accepted"))


@transaction.atomic
def accept_documents(*, application: Application, judged_on: date, by: User) -> int:
    """Accept all documents of an application that were handed in and are not judged; how many.

    Raises:
        PermissionDenied: where `by` may not decide on the permit.
        RecordError: where the application is decided.
    """
    application = open_application(application)
    refuse_unless_allowed(by, DECIDE, application.permit)
    received = list(application.documents.current().filter(state=DocumentState.RECEIVED))
    for document in received:
        judge_document(document=document, accepted=True, judged_on=judged_on, by=by)
    return len(received)


@transaction.atomic
def record_step(
    *, application: Application, stage: Stage, done_on: date, favourable: bool, by: User, note: str = ""
) -> ApplicationStep:
    """Record a step between the application and the decision; none can be skipped or taken twice.

    Raises:
        PermissionDenied: where `by` may not record this step of the permit.
        RecordError: where the step is not the next.
        ValidationError: naming the field that can't be right.
    """
    application = open_application(application)
    refuse_unless_allowed(by, permission_for(stage), application.permit)
    if stage == Stage.DECISION:
        raise RecordError(_("The decision is recorded with what it grants."))
    return add_step(application, procedure.Stage(stage), done_on, favourable=favourable, note=note, by=by)


@transaction.atomic
def decide(
    *,
    application: Application,
    approved: bool,
    decided_on: date,
    by: User,
    note: str = "",
    number: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> None:
    """Record the government's decision.

    Args:
        application: with all steps before done; where approved, all its documents accepted.
        approved: or refused, for the reason in `note`.
        decided_on: the day of the decision.
        by: who records it.
        note: the reason.
        number: of the permit that is granted; so the period.
        valid_from: first day of the permit.
        valid_until: last day of the permit.

    Raises:
        PermissionDenied: where `by` may not decide on the permit.
        RecordError: where a step or a document is missing.
        ValidationError: naming the field that can't be right.
    """
    application = open_application(application)
    permit = application.permit
    refuse_unless_allowed(by, DECIDE, permit)
    missing = missing_documents(application) if approved else []
    if missing:
        names = ", ".join(str(DocumentKind(kind).label) for kind in missing)
        raise RecordError(_("These documents are not accepted yet: %(documents)s.") % {"documents": names})
    add_step(application, procedure.Stage.DECISION, decided_on, favourable=approved, note=note, by=by)
    application.approved = approved
    save_record(application, by=by, reason=note or _("Approved"))
    if application.kind == ApplicationKind.PERMIT:
        permit.state = PermitState.GRANTED if approved else PermitState.REFUSED
        if approved:
            permit.number, permit.valid_from, permit.valid_until = number, valid_from, valid_until
        save_record(permit, by=by, reason=note or _("Granted"))
    elif approved and application.new_bus and application.bus:
        permit.buses.add(application.new_bus)
        permit.buses.remove(application.bus)


@transaction.atomic
def revoke_permit(*, permit: UsePermit, revoked_on: date, reason: str, by: User) -> None:
    """Take a permit away for a serious breach, and its cards with it (校车安全管理条例 Art 54).

    Raises:
        PermissionDenied: where `by` may not decide on the permit.
        RecordError: where it is not granted, or no reason is given.
    """
    permit = locked(permit)
    refuse_unless_allowed(by, DECIDE, permit)
    if permit.state != PermitState.GRANTED:
        raise RecordError(_("Only a permit that is granted can be revoked."))
    if not reason.strip():
        raise RecordError(_("Say why it is revoked."))
    permit.state, permit.revoked_on, permit.revocation_reason = PermitState.REVOKED, revoked_on, reason
    save_record(permit, by=by, reason=reason)
    for card in PlateCard.objects.select_for_update().filter(permit=permit, state=CardState.CURRENT):
        card.state, card.ended_on, card.ended_reason = CardState.REVOKED, revoked_on, _("Permit revoked")
        save_record(card, by=by, reason=reason)


def missing_documents(application: Application) -> list[procedure.Document]:
    """What the application needs and has no accepted document for."""
    accepted = set(
        application.documents.current().filter(state=DocumentState.ACCEPTED).values_list("kind", flat=True)
    )
    needed = procedure.DOCUMENTS[procedure.Kind(application.kind)]
    return [kind for kind in procedure.Document if kind in needed and kind.value not in accepted]


def documents_wanted(application: Application) -> list[procedure.Document]:
    """What the application needs and nothing has been handed in for that may still do."""
    waiting = set(
        application.documents.current().filter(state=DocumentState.RECEIVED).values_list("kind", flat=True)
    )
    return [kind for kind in missing_documents(application) if kind.value not in waiting]


def add_step(
    application: Application, stage: procedure.Stage, done_on: date, *, favourable: bool, note: str, by: User
) -> ApplicationStep:
    """Add the next step, with its deadline as it was."""
    done = application.days_done()
    if stage not in procedure.open_stages(done):
        raise RecordError(
            _("“%(step)s” can't be recorded now. Record the steps in their order, each once.")
            % {"step": Stage(stage).label}
        )
    earliest = max((done[one] for one in procedure.AFTER[stage]), default=None)
    if earliest and done_on < earliest:
        raise ValidationError({"done_on": _("The step before was on %(day)s.") % {"day": earliest}})
    step = ApplicationStep(
        application=application,
        stage=stage.value,
        done_on=done_on,
        due_on=deadline(stage, done).day,
        favourable=favourable,
        note=note,
        recorded_by=by,
    )
    save_record(step, by=by, reason=note)
    return step


def refuse_buses(buses: Collection[Bus], applicant: Organisation, field: str = "buses") -> None:
    """Refuse buses that are not the applicant's, or are in another permit.

    Raises:
        ValidationError: naming `field`.
    """
    if not buses:
        raise ValidationError({field: _("Choose at least one bus.")})
    refuse_foreign(buses, applicant, field)
    list(Bus.objects.select_for_update().filter(pk__in=[bus.pk for bus in buses]).order_by("pk"))
    taken = Bus.objects.filter(pk__in=[bus.pk for bus in buses], use_permits__state__in=HOLDING)
    refuse_taken({bus.plate for bus in taken}, field)


def refuse_foreign(buses: Collection[Bus], applicant: Organisation, field: str = "buses") -> None:
    """Refuse buses that are not the applicant's.

    Raises:
        ValidationError: naming `field`.
    """
    foreign = sorted(bus.plate for bus in buses if applicant.pk not in (bus.operator_id, bus.school_id))
    if foreign:
        message = _("These buses belong to others: %(plates)s.")
        raise ValidationError({field: message % {"plates": ", ".join(foreign)}})


def refuse_taken(plates: Collection[str], field: str = "buses") -> None:
    """Refuse where there are plates of buses that are in a permit already.

    Raises:
        ValidationError: naming `field`.
    """
    if plates:
        message = _("These buses have a permit, or one is applied for: %(plates)s.")
        raise ValidationError({field: message % {"plates": ", ".join(sorted(plates))}})


def locked(permit: UsePermit) -> UsePermit:
    """The permit as it is now, with nobody else changing it until the transaction ends."""
    now: UsePermit = UsePermit.objects.select_for_update().get(pk=permit.pk)
    return now


def open_application(application: Application) -> Application:
    """The application as it is now, locked with its permit.

    Raises:
        RecordError: where it is decided.
    """
    locked(application.permit)
    now: Application = Application.objects.select_related("permit__applicant").get(pk=application.pk)
    if now.approved is not None:
        raise RecordError(_("This application is decided."))
    return now

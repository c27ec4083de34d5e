"""Writes: people subscribe to reports, and end that."""

from django.db import transaction
from django.utils.translation import gettext as _

from fleet.organisations.models import Organisation
from fleet.people.models import User
from fleet.records import RecordError, archive_record, refuse_unless_allowed, save_record
from fleet.reports.models import ReportSubscription
from fleet.reports.permissions import VIEW


@transaction.atomic
def subscribe(*, organisation: Organisation, kind: str, language: str, by: User) -> ReportSubscription:
    """Have the reports of an organisation sent to who asks for them.

    Args:
        organisation: whose.
        kind: of `Rhythm`.
        language: of the report and its e-mail.
        by: who wants them.

    Raises:
        PermissionDenied: where they may not read them.
        ValidationError: where they get them already.
        RecordError: where they have no e-mail address.
    """
    refuse_unless_allowed(by, VIEW, organisation)
    if not by.email:
        raise RecordError(_("Your account has no e-mail address. An administrator can enter it."))
    made = ReportSubscription(person=by, organisation=organisation, kind=kind, language=language)
    save_record(made, by=by, reason=_("subscribed"))
    return made


@transaction.atomic
def unsubscribe(*, subscription: ReportSubscription, by: User) -> None:
    """End a subscription; what was sent stays on record.

    Raises:
        RecordError: where it has ended, or is another person's.
    """
    if subscription.person_id != by.pk:
        raise RecordError(_("You may not do this."))
    archive_record(subscription, by=by, reason=_("unsubscribed"))

"""A guardian takes away what is kept of the child, to read or for a computer (个人信息保护法 Art 45)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.people.models import User
from fleet.pupils.models import GuardianConsent, Pupil
from fleet.pupils.periods import weekdays_of
from fleet.pupils.printing import print_child_data
from fleet.pupils.queries import accesses_of, authorised_adults, children_of, guardianships_of

Rows = list[list[str]]


def retention_note() -> str:
    """How long a child's data are kept, for people."""
    return _(
        "A child's data are kept while it rides the bus. When it leaves, the school archives them: no list, crew or"
        " guardian sees them then. The record of trips, and of who looked at the data, is kept as the law asks."
    )


class Part(NamedTuple):
    """A table of what is kept.

    Attributes:
        slug: its name for computers.
        title: its name for people.
        headers: of the columns.
        rows: the cells as texts.
        empty: what is said where there is none.
    """

    slug: str
    title: str
    headers: Sequence[str]
    rows: Rows
    empty: str


@transaction.atomic
def child_data_json(pupil: Pupil, *, by: User) -> bytes:
    """All that is kept of a child, as JSON: for each part a list of objects; the access log has it.

    Raises:
        PermissionDenied: where `by` is no guardian of the pupil.
    """
    found = {
        part.slug: [dict(zip(part.headers, row, strict=True)) for row in part.rows]
        for part in taken(pupil, by)
    }
    return msgspec.json.format(msgspec.json.encode(found), indent=2)


@transaction.atomic
def child_data_pdf(pupil: Pupil, *, by: User) -> bytes:
    """All that is kept of a child, as a PDF; the access log has it.

    Raises:
        PermissionDenied: where `by` is no guardian of the pupil.
    """
    parts: list[dict[str, Any]] = [part._asdict() for part in taken(pupil, by)]
    title = _("What is kept of %(pupil)s") % {"pupil": pupil}
    return print_child_data({"title": title, "note": retention_note(), "parts": parts})


def taken(pupil: Pupil, by: User) -> list[Part]:
    """The parts, for a guardian; looks of others are told with who looked, other guardians only as what they are."""
    if not children_of(by).filter(pk=pupil.pk).exists():
        raise PermissionDenied(_("You may not do this."))
    parts = [
        about(pupil),
        stops(pupil),
        absences(pupil),
        adults(pupil),
        guardians(pupil),
        consented(pupil, by),
        looks(pupil),
    ]
    record_access(by=by, action=Action.EXPORT, objects=[pupil])
    return parts


def about(pupil: Pupil) -> Part:
    """Who the child is."""
    row = [pupil.name, pupil.number, str(pupil.school), text(pupil.school_class)]
    return part("pupil", _("Pupil"), [_("Name"), _("Pupil number"), _("School"), _("Class")], [row])


def stops(pupil: Pupil) -> Part:
    """Where it boards and alights, and did."""
    rows = [
        [
            str(one.stop),
            str(one.pattern),
            ", ".join(str(weekday + 1) for weekday in weekdays_of(one.weekdays)),
            text(one.valid_from),
            text(one.valid_until),
        ]
        for one in pupil.stop_assignments.current().select_related("stop", "pattern__route")
    ]
    headers = [_("Stop"), _("Route"), _("Weekdays (1 is Monday)"), _("Valid from"), _("Valid until")]
    return part("stops", _("Stops"), headers, rows)


def absences(pupil: Pupil) -> Part:
    """When it stayed away; what was taken back, too."""
    rows = [
        [
            text(one.first_day),
            text(one.last_day),
            one.get_direction_display() if one.direction else _("Both"),
            one.reason,
            str(one.reported_by),
            text(one.reported_at),
            text(one.archived_at),
        ]
        for one in pupil.absences.select_related("reported_by")
    ]
    headers = [
        _("First day"),
        _("Last day"),
        _("Direction"),
        _("Reason"),
        _("Reported by"),
        _("Reported"),
        _("Taken back"),
    ]
    return part("absences", _("Absences"), headers, rows)


def adults(pupil: Pupil) -> Part:
    """Who may collect it."""
    rows = [[one.name, one.relation, one.telephone] for one in authorised_adults(pupil)]
    return part("adults", _("Who may collect the pupil"), [_("Name"), _("Relation"), _("Telephone")], rows)


def guardians(pupil: Pupil) -> Part:
    """Who is linked: what they are to the child, since when. Their names are their own data."""
    rows = [
        [str(one.get_relation_display()), text(one.history.earliest().history_date)]
        for one in guardianships_of(pupil)
    ]
    return part("guardians", _("Guardians"), [_("Relation"), _("Linked")], rows)


def consented(pupil: Pupil, by: User) -> Part:
    """What the guardian has consented to and withdrawn, in which words."""
    said = GuardianConsent.objects.filter(pupil=pupil, guardian=by).order_by("pk")
    rows = [
        [
            str(one.get_purpose_display()),
            _("Given") if one.is_given else _("Taken back"),
            text(one.at),
            one.version,
            one.words,
        ]
        for one in said
    ]
    headers = [_("Purpose"), _("State"), _("Time"), _("Version"), _("Words")]
    return part("consents", _("Your consents"), headers, rows)


def looks(pupil: Pupil) -> Part:
    """Who looked at it."""
    rows = [
        [text(one.at), str(one.person), str(one.get_action_display()), one.purpose]
        for one in accesses_of(pupil)
    ]
    headers = [_("Time"), _("Person"), _("How"), _("Purpose")]
    return part("looks", _("Who looked at this record"), headers, rows)


def part(slug: str, title: str, headers: Sequence[str], rows: Rows) -> Part:
    """A part of what is kept."""
    return Part(slug, title, headers, rows, _("Nothing is kept."))


def text(value: object) -> str:
    """A value as a text; times in the local zone."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value)

"""What notices say, on the page and in a push. A push names no child and no place: it lies on a locked screen."""

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fleet.family.models import FamilyNotice, NoticeKind


def sentence_of(notice: FamilyNotice) -> str:
    """What a notice says, in the language that is active."""
    details: dict[str, Any] = notice.details
    match NoticeKind(notice.kind):
        case NoticeKind.DEPARTED:
            return _("Your child's bus has departed.")
        case NoticeKind.STOPS_AWAY:
            stops = int(details["stops"])
            words = ngettext(
                "The next stop of the bus is your child's.",
                "Your child's bus is %(stops)d stops away.",
                stops,
            )
            return words % {"stops": stops}
        case NoticeKind.ARRIVING:
            return _("Your child's bus is arriving at the stop.")
        case NoticeKind.AT_SCHOOL:
            return _("Your child's bus has arrived at school.")
        case NoticeKind.LATE:
            return lateness(details.get("minutes"), details.get("reason", ""))
        case NoticeKind.CANCELLED:
            return _("Your child's bus on %(day)s does not run: the trip is cancelled.") % {
                "day": day_of(details)
            }
        case NoticeKind.BOARDED | NoticeKind.ALIGHTED | NoticeKind.TAKEN_BACK | NoticeKind.NOT_IN_CLASS:
            return of_pupil(NoticeKind(notice.kind), details)
        case NoticeKind.SUBSTITUTE:
            told = {"plate": details["plate"], "day": day_of(details)}
            if not details["plate"]:
                return _("Another bus comes for your child on %(day)s.") % told
            return _("Another bus comes for your child on %(day)s: %(plate)s.") % told


def of_pupil(kind: NoticeKind, details: dict[str, Any]) -> str:
    """What the crew recorded of the child itself."""
    if kind == NoticeKind.NOT_IN_CLASS:
        return _("Your child rode the bus and is not in class. The school is looking now: please call it.")
    if kind == NoticeKind.BOARDED:
        return _("Your child has boarded the bus.")
    if kind == NoticeKind.ALIGHTED:
        if details.get("at_school"):
            return _("Your child has got off the bus at school.")
        return _("Your child has got off the bus.")
    if details.get("was") == NoticeKind.BOARDED:
        return _("We were wrong: your child has not boarded this bus. The school can tell you more.")
    return _("We were wrong: your child has not got off yet. The school can tell you more.")


def day_of(details: dict[str, Any]) -> str:
    """The day that a notice is about, as people read it."""
    return date_format(date.fromisoformat(details["day"]), "SHORT_DATE_FORMAT")


def lateness(minutes: int | None, reason: str) -> str:
    """That the bus is late: by how much and why, where that is known."""
    told = (
        ngettext(
            "Your child's bus is about %(minutes)d minute late.",
            "Your child's bus is about %(minutes)d minutes late.",
            minutes,
        )
        % {"minutes": minutes}
        if minutes
        else _("Your child's bus is late.")
    )
    return f"{told} {reason}".strip()

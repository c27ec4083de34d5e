"""What families read of a trip: a sentence for each stage, and minutes as a range."""

import math
from datetime import datetime

from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fleet.family.legs import Leg, Prediction
from fleet.family.stages import Stage
from fleet.routes.models import Direction


def clock(at: datetime) -> str:
    """A time of day as people read it here."""
    return time_format(timezone.localtime(at), "H:i")


def headline(leg: Leg) -> str:
    """What is known of a trip, in a sentence."""
    planned = {"time": clock(leg.visit.planned_at)}
    match leg.stage:
        case Stage.ABSENT:
            return _("Does not ride: an absence is reported")
        case Stage.CANCELLED:
            return _("Cancelled: this bus does not run today")
        case Stage.PLANNED:
            return _("Planned at the stop at %(time)s") % planned
        case Stage.NO_WORD:
            return _("Planned at the stop at %(time)s; no word yet that the bus has left") % planned
        case Stage.COMING:
            return _("The bus is on its way")
        case Stage.AT_STOP:
            return _("The bus is at the stop")
        case Stage.PASSED:
            return passed(leg)
        case Stage.SKIPPED:
            return _("The bus went past the stop without stopping")
        case Stage.UNCLEAR:
            return _("The bus is past the stop; whether it stopped there is not known")
        case Stage.AT_SCHOOL:
            arrived = leg.school_visit.arrived_at
            return _("The bus arrived at school at %(time)s") % {"time": clock(arrived or leg.trip.ends_at)}
        case Stage.OVER:
            return _("Nothing was heard of this trip")


def passed(leg: Leg) -> str:
    """When the bus left the child's stop."""
    at = leg.visit.departed_at or leg.visit.arrived_at
    if at is None:
        return _("The bus has passed the stop")
    if leg.direction == Direction.TO_HOME:
        return _("The bus was at the stop at %(time)s") % {"time": clock(at)}
    return _("The bus has passed the stop at %(time)s") % {"time": clock(at)}


def minutes_range(prediction: Prediction, now: datetime) -> tuple[int, int]:
    """Whole minutes until the bus may come at the earliest and the latest; never a point, never below nothing."""
    low = max(0, math.floor((prediction.low - now).total_seconds() / 60))
    high = max(low + 1, math.ceil((prediction.high - now).total_seconds() / 60))
    return low, high


def stops_in_words(stops_away: int) -> str:
    """How far the bus is, in stops."""
    if stops_away <= 1:
        return _("your stop is next")
    return ngettext("%(stops)d stop away", "%(stops)d stops away", stops_away) % {"stops": stops_away}


def late_in_words(leg: Leg) -> str:
    """That the bus is late, by how much and why, as far as that is known; nothing where it is not."""
    if not leg.is_shown and leg.stage not in (Stage.PLANNED, Stage.NO_WORD):
        return ""
    parts = []
    if leg.late_by:
        minutes = round(leg.late_by.total_seconds() / 60)
        parts.append(
            ngettext("About %(minutes)d minute late", "About %(minutes)d minutes late", minutes)
            % {"minutes": minutes}
        )
    elif leg.trip.late_reason:
        parts.append(_("The bus is late"))
    if leg.trip.late_reason:
        parts.append(leg.trip.late_reason)
    return ": ".join(parts)

"""What keeps a ledger from balancing, and how to mend it, to people."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.ledger.models import OccupancyReport
from telematics.rules.counts_aboard import CountSource
from telematics.rules.ledger import Gap, GapKind, PupilState

STATES: dict[PupilState, Promise] = {
    PupilState.EXPECTED: gettext_lazy("expected"),
    PupilState.ABSENT: gettext_lazy("reported absent"),
    PupilState.NO_SHOW: gettext_lazy("was not at the stop"),
    PupilState.ABOARD: gettext_lazy("aboard"),
    PupilState.ALIGHTED: gettext_lazy("got off"),
    PupilState.TRANSFERRED: gettext_lazy("went on by another bus"),
}
GAPS: dict[GapKind, tuple[Promise, Promise]] = {
    GapKind.UNACCOUNTED: (
        gettext_lazy("Nothing is recorded of a pupil who was expected."),
        gettext_lazy("Record the boarding, or that the pupil was not at the stop."),
    ),
    GapKind.STILL_ABOARD: (
        gettext_lazy("A pupil is still aboard by name."),
        gettext_lazy("Look for the pupil on the bus. Record that it got off only once you have seen it off."),
    ),
    GapKind.ALIGHTED_UNBOARDED: (
        gettext_lazy("A pupil got off more often than it boarded."),
        gettext_lazy("Record the boarding that is missing, or undo what was tapped by mistake."),
    ),
    GapKind.TRANSFER_UNCONFIRMED: (
        gettext_lazy("A pupil went on by another bus, and that bus has not recorded it."),
        gettext_lazy("Have the other bus record the boarding."),
    ),
    GapKind.MISSING_IN_CLASS: (
        gettext_lazy("A pupil rode and is not in class."),
        gettext_lazy("Look for the pupil on the bus and at school at once."),
    ),
    GapKind.NO_COUNT_ABOARD: (
        gettext_lazy("Nobody has counted the pupils aboard since the last one boarded."),
        gettext_lazy("Enter how many were aboard on leaving the last stop at which pupils boarded."),
    ),
    GapKind.NO_COUNT_OFF: (
        gettext_lazy("Nobody has counted the pupils who got off."),
        gettext_lazy("Enter how many got off in all."),
    ),
    GapKind.COUNT_DISAGREES: (
        gettext_lazy("A count and the names contradict each other."),
        gettext_lazy("Go through the names; then count again."),
    ),
    GapKind.NO_DRIVER_WALK: (
        gettext_lazy("The driver has not walked through the bus."),
        gettext_lazy("The driver walks to the rear seats and confirms it with the own account."),
    ),
    GapKind.NO_ATTENDANT_WALK: (
        gettext_lazy("The attendant has not walked through the bus."),
        gettext_lazy("The attendant walks to the rear seats and confirms it with the own account."),
    ),
    GapKind.WALK_TOO_EARLY: (
        gettext_lazy(
            "Somebody walked through the bus before it had arrived or before the last pupil got off."
        ),
        gettext_lazy("Walk through the bus again."),
    ),
    GapKind.WALK_FOUND_SOMEBODY: (
        gettext_lazy("Somebody was found aboard on the walk through the bus."),
        gettext_lazy("See the child off, then walk through the bus again."),
    ),
    GapKind.SAME_WALKER: (
        gettext_lazy("One person has confirmed both walks through the bus."),
        gettext_lazy("It takes two people: the driver and the attendant."),
    ),
    GapKind.CORRECTION_AHEAD: (
        gettext_lazy("A correction is here, and what it corrects is not."),
        gettext_lazy("Connect the tablet or phone that recorded it: it has more to send."),
    ),
}
"""What is wrong, and what cures it."""
TRUST = {
    CountSource.COUNTER: gettext_lazy("trusted less than names and head counts: it is rarely exact"),
    CountSource.LOAD_STATE: gettext_lazy("trusted least: it is hardly a number"),
}
"""How far the word of a machine goes."""


def wrong_in_words(gap: Gap) -> str:
    """What is wrong, with the numbers."""
    wrong = str(GAPS[gap.kind][0])
    if gap.kind is GapKind.COUNT_DISAGREES:
        numbers = _("Counted %(counted)s, by name %(named)s.") % {"counted": gap.counted, "named": gap.named}
        return f"{wrong} {numbers}"
    return wrong


def cure_in_words(gap: Gap) -> str:
    """How to mend it."""
    return str(GAPS[gap.kind][1])


def gaps_in_words(gaps: Iterable[Gap]) -> str:
    """Everything that is wrong, each once and without a name."""
    told = dict.fromkeys(wrong_in_words(gap) for gap in gaps)
    return " ".join([_("The child ledger does not balance yet."), *told])


def people_in_words(report: OccupancyReport) -> str:
    """How many people a machine says are aboard."""
    if report.highest is None:
        return _("%(lowest)d people or more") % {"lowest": report.lowest}
    if report.lowest == report.highest:
        return _("%(people)d people") % {"people": report.lowest}
    return _("%(lowest)d to %(highest)d people") % {"lowest": report.lowest, "highest": report.highest}

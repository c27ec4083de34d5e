"""What trips' steps, obstacles and events are called, to people."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fleet.trips.states import Obstacle, Step, TransitionError

OBSTACLES = {
    Obstacle.NOT_NOW: _("The state of the trip does not allow this."),
    Obstacle.NO_BUS: _("No bus is named."),
    Obstacle.NOT_ASKED: _("The gate has not been asked about this trip."),
    Obstacle.OTHER_BUS: _("The gate was asked about another bus."),
    Obstacle.OTHER_DRIVER: _("The gate was asked about another driver."),
    Obstacle.OTHER_ATTENDANT: _("The gate was asked about another attendant."),
    Obstacle.OTHER_ROUTE: _("The gate was asked about another route."),
    Obstacle.OTHER_TIME: _("The gate was asked about another departure."),
    Obstacle.REFUSED: _("The gate refuses the trip."),
    Obstacle.NOT_BALANCED: _("The child ledger does not balance yet."),
    Obstacle.NO_REASON: _("Say why."),
}

EVENTS = {
    Step.DISPATCH: _("Let go"),
    Step.RECALL: _("Called back to the gate"),
    Step.START: _("Departed"),
    Step.ARRIVE: _("Reached its last stop"),
    Step.CLOSE: _("Closed"),
    Step.CANCEL: _("Cancelled"),
    Step.PLAN_AGAIN: _("Planned again"),
    "added": _("Added to the plan"),
    "replanned": _("Plan changed"),
    "substituted": _("Bus or crew changed"),
    "lateness_explained": _("Lateness explained"),
    "ran_unlet": _("Ran without having been let go"),
    "substitute_seen": _("Another bus was seen on the way"),
}


def refusal_in_words(error: TransitionError) -> str:
    """Why a step is refused."""
    return " ".join(str(OBSTACLES[obstacle]) for obstacle in error.obstacles)


def event_in_words(kind: str) -> str:
    """What an event is called; one of a later version by its own name."""
    return str(EVENTS.get(kind, kind))


def changed_plan() -> str:
    """Why the system cancels a trip that its plan has lost; stored in the language of the installation."""
    return gettext("The calendar or the timetable no longer has this trip.")

"""What alarms' obstacles and events are called, and what is to be done about each kind, to people."""

from django.utils.translation import gettext_lazy as _

from fleet.alarms.escalation import ESCALATED
from fleet.alarms.raising import CAME_AGAIN, GOT_WORSE, RAISED
from fleet.alarms.states import Obstacle, State, Step
from fleet.findings.models import Rule

OBSTACLES = {
    Obstacle.NOT_NOW: _("The state of the alarm does not allow this."),
    Obstacle.NO_REASON: _("Choose what was the matter."),
    Obstacle.NO_NOTE: _("Say in a few words what was done."),
    Obstacle.NOBODY: _("Choose who is to look after it."),
    Obstacle.CAUSED_IT: _("Whoever caused an alarm cannot clear it: somebody else has to."),
}

EVENTS = {
    RAISED: _("Raised"),
    CAME_AGAIN: _("Came again"),
    GOT_WORSE: _("Got worse"),
    ESCALATED: _("Escalated"),
    Step.ACKNOWLEDGE: _("Acknowledged"),
    Step.ASSIGN: _("Assigned"),
    Step.RESOLVE: _("Resolved"),
    Step.REOPEN: _("Opened again"),
    Step.NOTE: _("Note"),
    State.RESOLVED: _("Resolved by the system"),
}

LEVELS = (
    _("Coordinators are told"),
    _("Administrators and the district are told"),
    _("The head of the school is told"),
)

CALL_THE_BUS = _("Call the attendant, not the driver: he is driving.")
HAVE_THE_DRIVER_REST = _("Have the driver rest for twenty minutes at the next safe place, or relieve him.")

WHAT_TO_DO: dict[str, list[object]] = {
    Rule.SOS: [
        _(
            "Call the bus at once. No answer in a minute: call 110 and 122 with plate, place and number of pupils."
        ),
        _("Send the nearest bus or person of yours there."),
        _("Tell the school; it tells the guardians."),
    ],
    Rule.LEFT_ABOARD: [
        _("Call the attendant: somebody has to walk through the bus to the rear seats now, and say so."),
        _("Nobody answers: send somebody to the bus, wherever it stands, and call the depot."),
        _("Close the alarm only when every child is accounted for by name."),
    ],
    Rule.BOARDED_BUT_ABSENT: [
        _("Have the bus searched at once, to the rear seats."),
        _("Ask the class teacher and the gate whether the child came in; call the guardian."),
        _("Not found within ten minutes: call 110."),
    ],
    Rule.UNEXPECTED_RIDER: [
        _("Ask the attendant who the child is, and whether it was to ride on another bus."),
        _("Tell the school: its guardians may wait elsewhere."),
    ],
    Rule.SPEEDING: [
        CALL_THE_BUS,
        _("It goes on, or comes again on this trip: have the trip continued by another driver."),
        _("Speak to the driver after the trip, and note it: a school bus driver loses points for it."),
    ],
    Rule.OVERLOADING: [
        _("The bus may not drive on with more than it is certified for, for whatever reason (Art 34)."),
        _("Send a second bus to the stop where it stands, or have some wait with the attendant."),
        _("Have the attendant count again: the counts may contradict each other."),
    ],
    Rule.CONTRADICTING_COUNTS: [
        _("Have the attendant count heads again, and compare with the list by name."),
        _("A child too few: treat it as missing until it is found."),
    ],
    Rule.ROUTE_DEVIATION: [
        _(
            "Ask the attendant why: works, an accident or an order of the police are rightful (Art 30); note it."
        ),
        _("No answer, and it goes on: treat it as an emergency."),
    ],
    Rule.UNAPPROVED_STOP: [
        _("Ask the attendant why the bus stands there, and whether children got off."),
        _("Pupils may board and alight at approved stops only (Art 32)."),
    ],
    Rule.MISSED_STOP: [
        _(
            "Find out who waits there, and tell the guardians; the bus goes back, or another one fetches them."
        ),
    ],
    Rule.PUPILS_OUTSIDE_TRIP: [
        CALL_THE_BUS,
        _(
            "Ask who is aboard and where they are being driven. Somebody may be asleep: have the bus searched."
        ),
        _("Nobody is: have the ledger of the trip corrected, with the reason."),
    ],
    Rule.SPEED_LIMITER: [
        _(
            "Speak to the driver after the trip. It comes again and again: have the limiter of the bus looked at."
        ),
    ],
    Rule.SIGNAL_GAP: [
        _("Call the attendant and ask where the bus is."),
        _("Several buses at once in one place: the network is down there; suppress it with that reason."),
    ],
    Rule.CONTINUOUS_DRIVING: [HAVE_THE_DRIVER_REST],
    Rule.DRIVING_TIME_WARNING: [HAVE_THE_DRIVER_REST],
    Rule.UNIDENTIFIED_DRIVER: [
        _(
            "Ask the attendant who drives. A driver who is not on the plate card may not (Art 25): stop the bus."
        ),
    ],
    Rule.DOOR_OPEN: [
        CALL_THE_BUS,
        _(
            "The bus has to stop and the door be shut. A door that does not shut is a defect that blocks the bus."
        ),
    ],
}
"""First things first; for kinds that are not named, `WHAT_TO_DO_ELSE`."""

WHAT_TO_DO_ELSE: list[object] = [
    CALL_THE_BUS,
    _("Find out what was the matter, and note it when you resolve the alarm."),
]


def what_to_do(rule: str) -> list[object]:
    """Steps for the person who handles an alarm of a rule."""
    return WHAT_TO_DO.get(rule, WHAT_TO_DO_ELSE)

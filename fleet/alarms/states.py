"""How far an alarm has been handled, and which steps it may take: a pure state machine, refusals with reasons.

new → acknowledged → assigned → resolved. One may be resolved at once, and be opened again. What gets worse after it
was acknowledged is new again, so that somebody looks at it again.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How far an alarm has been handled."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    ASSIGNED = "assigned"
    RESOLVED = "resolved"


OPEN = (State.NEW, State.ACKNOWLEDGED, State.ASSIGNED)


class Step(StrEnum):
    """What a person may do with an alarm."""

    ACKNOWLEDGE = "acknowledge"
    """I have seen it and look after it."""
    ASSIGN = "assign"
    """Somebody is to look after it."""
    RESOLVE = "resolve"
    """It is over, and this was done."""
    REOPEN = "reopen"
    """It was not over."""
    NOTE = "note"
    """Something to be known about it."""


AFTER: dict[tuple[State, Step], State] = {
    (State.NEW, Step.ACKNOWLEDGE): State.ACKNOWLEDGED,
    **{(state, Step.ASSIGN): State.ASSIGNED for state in OPEN},
    **{(state, Step.RESOLVE): State.RESOLVED for state in OPEN},
    (State.RESOLVED, Step.REOPEN): State.ACKNOWLEDGED,
    **{(state, Step.NOTE): state for state in State},
}
"""Every step that there is; there is no other way from state to state."""


class Obstacle(StrEnum):
    """Why a step is refused."""

    NOT_NOW = "not_now"
    NO_REASON = "no_reason"
    NO_NOTE = "no_note"
    NOBODY = "nobody"
    CAUSED_IT = "caused_it"


@dataclass(frozen=True)
class Handling:
    """What a step depends on besides the state.

    Attributes:
        is_grave: the alarm is of high severity or an emergency: what was done about it must be said.
        has_caused: whoever takes the step caused the alarm, or is aboard the bus that it is about.
        reason: code of what was the matter.
        note: what was done, or what is to be known.
        has_assignee: somebody is named to look after it.
    """

    is_grave: bool = False
    has_caused: bool = False
    reason: str = ""
    note: str = ""
    has_assignee: bool = False


def obstacles_to(state: State, step: Step, handling: Handling) -> tuple[Obstacle, ...]:
    """Everything that is in the way of a step; nothing where it may be taken.

    Source:
        Nobody clears an alarm that they caused: what the inquiries into children left aboard asked for.
    """
    if (state, step) not in AFTER:
        return (Obstacle.NOT_NOW,)
    found = {
        Obstacle.CAUSED_IT: step is Step.RESOLVE and handling.has_caused,
        Obstacle.NO_REASON: step is Step.RESOLVE and not handling.reason,
        Obstacle.NO_NOTE: not handling.note.strip() and needs_note(step, handling),
        Obstacle.NOBODY: step is Step.ASSIGN and not handling.has_assignee,
    }
    return tuple(obstacle for obstacle, stands in found.items() if stands)


def needs_note(step: Step, handling: Handling) -> bool:
    """Whether words are needed besides the step."""
    return step in (Step.NOTE, Step.REOPEN) or (step is Step.RESOLVE and handling.is_grave)

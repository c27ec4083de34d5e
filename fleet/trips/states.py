"""How far a trip has come, and which steps it may take: a pure state machine, each refusal with its reason.

planned → dispatched (through the gate) → running → closing → closed; cancelled before it runs. A trip whose bus or
crew changes goes back to planned, so that the gate is asked again.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How far a trip has come."""

    PLANNED = "planned"
    DISPATCHED = "dispatched"
    RUNNING = "running"
    CLOSING = "closing"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Step(StrEnum):
    """What may be done with a trip."""

    DISPATCH = "dispatch"
    """Let it go, on the gate's word."""
    RECALL = "recall"
    """Take the word back: the gate has to be asked again."""
    START = "start"
    """It left its first stop."""
    ARRIVE = "arrive"
    """It reached its last stop; the bus has to be emptied and walked through."""
    CLOSE = "close"
    CANCEL = "cancel"
    PLAN_AGAIN = "plan_again"
    """The plan has a trip again that it had lost."""


AFTER: dict[tuple[State, Step], State] = {
    (State.PLANNED, Step.DISPATCH): State.DISPATCHED,
    (State.DISPATCHED, Step.RECALL): State.PLANNED,
    (State.DISPATCHED, Step.START): State.RUNNING,
    (State.RUNNING, Step.ARRIVE): State.CLOSING,
    (State.CLOSING, Step.CLOSE): State.CLOSED,
    (State.PLANNED, Step.CANCEL): State.CANCELLED,
    (State.DISPATCHED, Step.CANCEL): State.CANCELLED,
    (State.CANCELLED, Step.PLAN_AGAIN): State.PLANNED,
}
"""Every step that there is; there is no other way from state to state."""


class Obstacle(StrEnum):
    """Why a step is refused."""

    NOT_NOW = "not_now"
    """The state does not allow it."""
    NO_BUS = "no_bus"
    NOT_ASKED = "not_asked"
    OTHER_BUS = "other_bus"
    OTHER_DRIVER = "other_driver"
    OTHER_ATTENDANT = "other_attendant"
    OTHER_ROUTE = "other_route"
    OTHER_TIME = "other_time"
    REFUSED = "refused"
    NOT_BALANCED = "not_balanced"
    """The child ledger is open."""
    NO_REASON = "no_reason"


@dataclass(frozen=True)
class GateWord:
    """What the gate's newest check says, compared with the trip.

    Attributes:
        may_leave: it allowed the trip, or two people have let it go as Art 30 allows.
        same_bus: as the trip's; so the following.
    """

    may_leave: bool
    same_bus: bool = True
    same_driver: bool = True
    same_attendant: bool = True
    same_route: bool = True
    same_time: bool = True


@dataclass(frozen=True)
class Situation:
    """What a step depends on besides the state.

    Attributes:
        has_bus: a bus is named.
        gate: None where the gate was not asked.
        balances: the child ledger does: boarded is alighted by name, counts agree, two people have walked through.
        reason: why the step is taken.
    """

    has_bus: bool = True
    gate: GateWord | None = None
    balances: bool = False
    reason: str = ""


class TransitionError(Exception):
    """A trip may not take a step."""

    def __init__(self, state: State, step: Step, obstacles: tuple[Obstacle, ...]) -> None:
        super().__init__(f"{state} {step}: {', '.join(obstacles)}")
        self.state, self.step, self.obstacles = state, step, obstacles


def obstacles_to(state: State, step: Step, situation: Situation) -> tuple[Obstacle, ...]:
    """Everything that is in the way of a step; nothing where it may be taken."""
    if (state, step) not in AFTER:
        return (Obstacle.NOT_NOW,)
    if step is Step.DISPATCH:
        return obstacles_at_gate(situation)
    if step is Step.CLOSE and not situation.balances:
        return (Obstacle.NOT_BALANCED,)
    if step in (Step.CANCEL, Step.RECALL) and not situation.reason.strip():
        return (Obstacle.NO_REASON,)
    return ()


def obstacles_at_gate(situation: Situation) -> tuple[Obstacle, ...]:
    """What keeps a trip from being let go."""
    if not situation.has_bus:
        return (Obstacle.NO_BUS,)
    gate = situation.gate
    if gate is None:
        return (Obstacle.NOT_ASKED,)
    held = {
        Obstacle.OTHER_BUS: gate.same_bus,
        Obstacle.OTHER_DRIVER: gate.same_driver,
        Obstacle.OTHER_ATTENDANT: gate.same_attendant,
        Obstacle.OTHER_ROUTE: gate.same_route,
        Obstacle.OTHER_TIME: gate.same_time,
        Obstacle.REFUSED: gate.may_leave,
    }
    return tuple(obstacle for obstacle, fine in held.items() if not fine)


def after(state: State, step: Step, situation: Situation | None = None) -> State:
    """The state that a step leads to.

    Raises:
        TransitionError: where the step may not be taken, with every reason.
    """
    if obstacles := obstacles_to(state, step, situation or Situation()):
        raise TransitionError(state, step, obstacles)
    return AFTER[state, step]

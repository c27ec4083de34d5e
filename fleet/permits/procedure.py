"""The procedure of a use permit: which step follows which, and by when; pure.

Source: 校车安全管理条例 Art 15 (steps and deadlines), 14 (documents); 机动车登记规定 Art 64 (changes).
"""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

AddWorkingDays = Callable[[date, int], date]
"""Gives the n-th working day after a day."""


class Stage(StrEnum):
    """A step of the procedure, in the order of the law."""

    APPLIED = "applied"
    CONSULTED = "consulted"
    POLICE_REPLY = "police_reply"
    TRANSPORT_REPLY = "transport_reply"
    OPINION = "opinion"
    DECISION = "decision"


class Kind(StrEnum):
    """What is applied for: a permit, or the change of something that the plate card names."""

    PERMIT = "permit"
    ROUTE = "route"
    TIMES = "times"
    STOPS = "stops"
    VEHICLE = "vehicle"
    OWNER = "owner"
    DRIVER = "driver"


class Document(StrEnum):
    """What an application rests on."""

    CONFORMITY = "conformity"
    INSPECTION = "inspection"
    REGISTRATION = "registration"
    DRIVER_QUALIFICATION = "driver_qualification"
    OPERATING_PLAN = "operating_plan"
    SAFETY_SYSTEM = "safety_system"
    LIABILITY_INSURANCE = "liability_insurance"


AFTER: Mapping[Stage, frozenset[Stage]] = MappingProxyType(
    {
        Stage.APPLIED: frozenset(),
        Stage.CONSULTED: frozenset({Stage.APPLIED}),
        Stage.POLICE_REPLY: frozenset({Stage.CONSULTED}),
        Stage.TRANSPORT_REPLY: frozenset({Stage.CONSULTED}),
        Stage.OPINION: frozenset({Stage.POLICE_REPLY, Stage.TRANSPORT_REPLY}),
        Stage.DECISION: frozenset({Stage.OPINION}),
    }
)
"""What must be done before each step."""

WORKING_DAYS: Mapping[Stage, int] = MappingProxyType(
    {Stage.CONSULTED: 3, Stage.POLICE_REPLY: 3, Stage.TRANSPORT_REPLY: 3, Stage.OPINION: 5}
)
"""Working days for a step, from the last that it waits for; the law sets none for the government's decision."""

DOCUMENTS: Mapping[Kind, frozenset[Document]] = MappingProxyType(
    {
        Kind.PERMIT: frozenset(Document),
        Kind.ROUTE: frozenset({Document.OPERATING_PLAN}),
        Kind.TIMES: frozenset({Document.OPERATING_PLAN}),
        Kind.STOPS: frozenset({Document.OPERATING_PLAN}),
        Kind.VEHICLE: frozenset(
            {Document.CONFORMITY, Document.INSPECTION, Document.REGISTRATION, Document.LIABILITY_INSURANCE}
        ),
        Kind.OWNER: frozenset({Document.REGISTRATION, Document.LIABILITY_INSURANCE}),
        Kind.DRIVER: frozenset({Document.DRIVER_QUALIFICATION}),
    }
)
"""What each kind of application needs."""


def open_stages(done: Mapping[Stage, date]) -> list[Stage]:
    """The steps that can be recorded next, in the order of the law.

    Args:
        done: the day of each step that is done.
    """
    return [stage for stage in Stage if stage not in done and AFTER[stage] <= done.keys()]


def due_on(stage: Stage, done: Mapping[Stage, date], add_working_days: AddWorkingDays) -> date | None:
    """The last day for a step; None where the law sets none, or what it waits for is not done.

    Args:
        stage: the step.
        done: the day of each step that is done.
        add_working_days: counts them.
    """
    days = WORKING_DAYS.get(stage)
    if days is None or not AFTER[stage] <= done.keys():
        return None
    return add_working_days(max(done[one] for one in AFTER[stage]), days)

"""A child possibly left aboard: a trip that nobody closes after its end; who is told grows with the minutes.

State machine, by minutes since the bus came to its end::

    waiting ──attendant──▶ told: attendant ──coordinator──▶ coordinator ──principal──▶ principal
       └────────────────────────┴──the ledger balances and the trip closes──▶ over

A trip that has closed and whose ledger no longer balances, because a device sent its records late, begins anew when
that becomes known. Source: ``regulations.md`` §4; the minutes are numbers of the regulation profile.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from telematics.rules.episode import Episode, Records, Severity

RULE = "left_aboard"


class Stage(StrEnum):
    """Who is told, besides those before."""

    ATTENDANT = "attendant"
    COORDINATOR = "coordinator"
    PRINCIPAL = "principal"


class LeftAboardLimits(msgspec.Struct, frozen=True):
    """Minutes after the end of a trip at which each is told, boundaries included; numbers of the profile.

    Attributes:
        attendant_min: whoever was aboard looks first.
        coordinator_min: somebody else has to look.
        principal_min: the school as a whole.
        article: the law that says so.
    """

    attendant_min: float
    coordinator_min: float
    principal_min: float
    article: str = ""


class OpenTrip(msgspec.Struct, frozen=True, kw_only=True):
    """A trip at or past its end.

    Attributes:
        ended_at: when the bus came to its end.
        closed_at: None while it is open.
        aboard: pupils aboard by name, or unaccounted for.
        unbalanced_since: when it became known that a closed trip does not balance.
        caused_by: ids of those who had to close it.
        records: what it rests on.
    """

    ended_at: datetime
    closed_at: datetime | None = None
    aboard: int = 0
    unbalanced_since: datetime | None = None
    caused_by: list[int] = []
    records: list[str] = []


def stage(minutes: float, limits: LeftAboardLimits) -> Stage | None:
    """Who is told after so many minutes; None before anybody is."""
    if minutes >= limits.principal_min:
        return Stage.PRINCIPAL
    if minutes >= limits.coordinator_min:
        return Stage.COORDINATOR
    return Stage.ATTENDANT if minutes >= limits.attendant_min else None


def left_aboard(trip: OpenTrip, now: datetime, limits: LeftAboardLimits) -> list[Episode]:
    """The episodes of a trip that stayed open too long, and of one that was closed and should not have been.

    Args:
        trip: at or past its end.
        now: the present.
        limits: minutes of the regulation profile.
    """
    spans = [(trip.ended_at, trip.closed_at, False)]
    if trip.closed_at and trip.unbalanced_since:
        spans.append((trip.unbalanced_since - timedelta(minutes=limits.attendant_min), None, True))
    return [
        found
        for since, until, after_closing in spans
        if (found := episode(trip, since, until, now, limits, after_closing=after_closing))
    ]


def episode(
    trip: OpenTrip,
    since: datetime,
    until: datetime | None,
    now: datetime,
    limits: LeftAboardLimits,
    *,
    after_closing: bool,
) -> Episode | None:
    """The episode of a stretch; None where it is short enough."""
    last = until or now
    minutes = (last - since).total_seconds() / 60
    reached = stage(minutes, limits)
    if reached is None:
        return None
    return Episode(
        rule=RULE,
        started_at=since,
        last_at=last,
        ended_at=until,
        peak=float(int(minutes)),
        limit=limits.attendant_min,
        unit="min",
        limit_source="ledger",
        article=limits.article,
        evidence=Records(trip.records),
        severity=Severity.EMERGENCY,
        details={
            "stage": reached.value,
            "open_since": since.isoformat(),
            "aboard": trip.aboard,
            "after_closing": after_closing,
            "caused_by": trip.caused_by,
        },
    )

"""Receiver unplugged: the gateway has lost the serial port of a receiver.

State machine, for each word of the gateway::

    there ──the port is lost: the episode opens──▶ unplugged
      ▲                                               │
      └──the receiver is read again: it ends──────────┘

What is told again changes nothing.
"""

from datetime import datetime

from telematics.rules.episode import Episode, Severity
from telematics.rules.signal_gap import ARTICLE

RULE = "receiver_unplugged"


def step(
    unplugged_at: datetime | None, *, is_there: bool, at: datetime
) -> tuple[datetime | None, Episode | None]:
    """Take the gateway's next word.

    Args:
        unplugged_at: since when the receiver has been away; None where it is there.
        is_there: what the gateway says.
        at: when it noticed.

    Returns:
        Since when it is away now, and the episode that has opened or ended.
    """
    if is_there == (unplugged_at is None):
        return unplugged_at, None
    since = at if unplugged_at is None else unplugged_at
    found = Episode(
        rule=RULE,
        started_at=since,
        last_at=at,
        ended_at=at if is_there else None,
        limit_source="device",
        article=ARTICLE,
        severity=Severity.MEDIUM,
    )
    return (None if is_there else since), found

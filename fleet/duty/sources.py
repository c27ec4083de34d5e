"""From what is recorded to what a driver did: pure.

Who drives a bus is who is signed in on it, and where nobody is, whom its trip names, unless they are signed in
elsewhere. What the bus drives then, they drive. While it stands they rest, as the recorder of GB/T 19056 has it, but
on a trip they work: pupils get on and off. Where the bus is silent nothing is known. After a sign-out the driver does
what they said they would, until they are next with a bus.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from telematics.duty.timeline import Activity, Interval, Stretch, make_timeline


class AtWheel(NamedTuple):
    """A driver's time with a bus, seconds since 1970 UTC.

    Attributes:
        on_trip: a trip runs; else the driver is only signed in.
    """

    bus: int
    start_s: int
    end_s: int
    on_trip: bool


class Piece(NamedTuple):
    """A stretch of a log: the bus is the one driven, where one was."""

    start_s: int
    end_s: int
    activity: Activity
    bus: int | None


def activities(
    at_wheel: Iterable[AtWheel],
    motion: Mapping[int, Sequence[Stretch]],
    others: Iterable[Stretch],
    span: Interval,
) -> list[Piece]:
    """A driver's log, without what is unknown.

    Args:
        at_wheel: the driver's times with buses; they may overlap.
        motion: by bus, when it drove and stood.
        others: what people said, and what follows sign-outs.
        span: the log is of this time.
    """
    facts = list(others)
    driven: list[tuple[Stretch, int]] = []
    for time in at_wheel:
        for one in motion.get(time.bus, ()):
            start_s, end_s = max(one.start_s, time.start_s), min(one.end_s, time.end_s)
            if start_s >= end_s:
                continue
            activity = one.activity
            if activity is Activity.REST and time.on_trip:
                activity = Activity.WORK
            fact = Stretch(start_s, end_s, activity)
            facts.append(fact)
            if activity is Activity.DRIVING:
                driven.append((fact, time.bus))
    driven.sort(key=lambda each: (each[0].start_s, each[1]))
    log = make_timeline(facts, *span) if span.length_s > 0 else ()
    return [piece for one in log if one.activity is not Activity.UNKNOWN for piece in by_bus(one, driven)]


def by_bus(one: Stretch, driven: Sequence[tuple[Stretch, int]]) -> list[Piece]:
    """A stretch of driving cut where the driver changes buses; any other stretch as it is."""
    if one.activity is not Activity.DRIVING:
        return [Piece(one.start_s, one.end_s, one.activity, None)]
    pieces: list[Piece] = []
    now_s = one.start_s
    while now_s < one.end_s:
        holding = [(fact, bus) for fact, bus in driven if fact.start_s <= now_s < fact.end_s]
        if not holding:
            later = [fact.start_s for fact, _bus in driven if now_s < fact.start_s < one.end_s]
            end_s, bus = min(later, default=one.end_s), None
        else:
            fact, bus = holding[0]
            end_s = min(fact.end_s, one.end_s)
        if pieces and pieces[-1].bus == bus:
            pieces[-1] = pieces[-1]._replace(end_s=end_s)
        else:
            pieces.append(Piece(now_s, end_s, one.activity, bus))
        now_s = end_s
    return pieces


def without(span: Interval, taken: Iterable[Interval]) -> list[Interval]:
    """What is left of a span when others have taken their parts."""
    left = [span]
    for other in taken:
        left = [
            part
            for one in left
            for part in (
                Interval(one.start_s, min(one.end_s, other.start_s)),
                Interval(max(one.start_s, other.end_s), one.end_s),
            )
            if part.length_s > 0
        ]
    return left

"""Scenes of the rules on who is aboard: each minute, what the records that have come by then show."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from telematics.rules import ledger_episodes, left_aboard, overloading
from telematics.rules.counts_aboard import Count, CountSource
from telematics.rules.episode import Episode
from telematics.rules.ledger import ledger_of
from telematics.rules.ledger_records import Deed, Expected, PupilEvent, RollEntry, TripRecords
from telematics.rules.left_aboard import LeftAboardLimits, OpenTrip
from telematics.rules.overloading import Capacity, OverloadingLimits
from tests.rules_pictures.scene import Frame, Scene
from tests.telematics.builders import START

MINUTE_S = 60
LEFT = LeftAboardLimits(5, 10, 15, "校车安全管理条例 第三十九条")
OVER = OverloadingLimits(
    upper_tier_percent=20, points=6, upper_points=12, fine=(200, 500), upper_fine=(500, 2000), crime_percent=80,
    crime_people=10, article="校车安全管理条例 第三十四条",
)  # fmt: skip
ATTENDANT, TEACHER = 7, 8


def minute(number: float) -> datetime:
    return START + timedelta(minutes=number)


def each(
    last: float,
    values: Callable[[float], dict[str, float | None]],
    found: Callable[[float], Sequence[Episode]],
    state: Callable[[Sequence[Episode]], str],
    every: float = 1.0,
) -> list[Frame]:
    """What is found at each moment of some minutes."""
    frames = []
    for step in range(int(last / every) + 1):
        now = step * every
        told = found(now)
        frames.append(Frame(now * MINUTE_S, values(now), state(told), told))
    return frames


def is_found(calm: str) -> Callable[[Sequence[Episode]], str]:
    return lambda told: "found" if any(one.ended_at is None for one in told) else calm


def left_frames() -> list[Frame]:
    """The bus has come to its end at the third minute, and the trip closes at the twentieth."""

    def found(now: float) -> list[Episode]:
        if now < 3:
            return []
        trip = OpenTrip(ended_at=minute(3), closed_at=minute(20) if now >= 20 else None, aboard=1)
        return left_aboard.left_aboard(trip, minute(now), LEFT)

    def state(told: Sequence[Episode]) -> str:
        going_on = [one.details["stage"] for one in told if one.ended_at is None]
        return f"{going_on[0]} told" if going_on else "waiting"

    def values(now: float) -> dict[str, float | None]:
        return {
            "minutes since the end": min(max(now - 3, 0), 17),
            "attendant": 5,
            "coordinator": 10,
            "principal": 15,
        }

    return each(24, values, found, state)


def tap(key: str, pupil: int, deed: Deed, at: float, stop: int) -> PupilEvent:
    return PupilEvent(key=key, pupil=pupil, deed=deed, at=minute(at), stop=stop, by=ATTENDANT)


def by(records: TripRecords, now: float) -> TripRecords:
    """The records that were made by a minute."""
    return msgspec.structs.replace(
        records,
        events=tuple(one for one in records.events if one.at <= minute(now)),
        roll_call=tuple(one for one in records.roll_call if one.at <= minute(now)),
        arrived_at=records.arrived_at if records.arrived_at and records.arrived_at <= minute(now) else None,
    )


def absent_frames() -> list[Frame]:
    """A pupil rides to school, is not seen in class, and found a quarter of an hour later."""

    def word(at: float, *, is_present: bool) -> RollEntry:
        return RollEntry(key=f"{at}", pupil=1, is_present=is_present, by=TEACHER, at=minute(at))

    records = TripRecords(
        roster=(Expected(1, 1, is_absent=False),),
        events=(tap("on", 1, Deed.BOARDING, 4, 1), tap("off", 1, Deed.ALIGHTING, 20, 4)),
        roll_call=(word(22, is_present=False), word(38, is_present=True)),
        arrived_at=minute(19),
    )

    def found(now: float) -> list[Episode]:
        told = by(records, now)
        return [
            one
            for _, one in ledger_episodes.missing_in_class(
                ledger_of(told), told, on_the_way=timedelta(minutes=5), now=minute(now)
            )
        ]

    def values(now: float) -> dict[str, float | None]:
        return {
            "aboard by name": float(ledger_of(by(records, now)).aboard),
            "missing in class": float(22 <= now < 38),
        }

    return each(44, values, found, is_found("in order"))


def rider_frames() -> list[Frame]:
    """Two are on the roster; a third boards as well."""
    records = TripRecords(
        roster=(Expected(1, 1, is_absent=False), Expected(2, 2, is_absent=False)),
        events=(
            *(tap(f"on{pupil}", pupil, Deed.BOARDING, at, at // 4) for pupil, at in ((1, 4), (2, 8), (3, 9))),
            *(tap(f"off{pupil}", pupil, Deed.ALIGHTING, 20, 5) for pupil in (1, 2, 3)),
        ),
    )

    def found(now: float) -> list[Episode]:
        return [one for _, one in ledger_episodes.unexpected_riders(ledger_of(by(records, now)))]

    def values(now: float) -> dict[str, float | None]:
        return {"aboard by name": float(ledger_of(by(records, now)).aboard), "on the roster": 2.0}

    return each(24, values, found, is_found("expected"))


def counts(source: CountSource, *pairs: tuple[float, int]) -> list[Count]:
    return [
        Count(key=f"{source}{at}", source=source, at=minute(at), lowest=number, highest=number)
        for at, number in pairs
    ]


def counted_frames(
    made: Iterable[Count],
    judge: Callable[[list[Count], datetime, timedelta], list[Episode]],
    *,
    shown: dict[str, CountSource],
    limits: dict[str, float],
    last: float,
) -> list[Frame]:
    """What a rule on counts finds by each half minute; at once, it suspects."""
    everything = list(made)

    def so_far(now: float) -> list[Count]:
        return [one for one in everything if one.at <= minute(now)]

    def values(now: float) -> dict[str, float | None]:
        newest = {one.source: float(one.lowest) for one in so_far(now)}
        return {name: newest.get(source) for name, source in shown.items()} | limits

    def found(now: float) -> list[Episode]:
        return judge(so_far(now), minute(now), overloading.SETTLE)

    def state(now: float) -> str:
        if any(one.ended_at is None for one in found(now)):
            return "found"
        at_once = judge(so_far(now), minute(now), timedelta(0))
        return "suspected" if any(one.ended_at is None for one in at_once) else "within"

    frames = each(last, values, found, is_found("within"), every=0.5)
    return [frame._replace(state=state(frame.seconds / MINUTE_S)) for frame in frames]


def overloading_frames() -> list[Frame]:
    """Nineteen seats for pupils; for half a minute two get on before one gets off, and later three stay."""
    named = counts(CountSource.NAMED, (0, 12), (3, 18), (6, 20), (6.5, 19), (10, 22), (16, 17))
    capacity = Capacity(19, 2)
    return counted_frames(
        named,
        lambda told, now, settle: overloading.overloading(
            told, 2, capacity, msgspec.structs.replace(OVER, settle=settle), now
        ),
        shown={"pupils by name": CountSource.NAMED},
        limits={"certified": 19},
        last=20,
    )


def contradiction_frames() -> list[Frame]:
    """The counter sees everybody, the crew of two as well."""
    made = [
        *counts(CountSource.NAMED, (0, 8), (4, 12), (13, 15)),
        *counts(CountSource.COUNTER, (0.5, 10), (4, 14), (7, 17), (10, 17), (13.5, 17)),
    ]
    return counted_frames(
        made,
        lambda told, now, settle: overloading.contradictions(told, 2, now, settle=settle),
        shown={"pupils by name": CountSource.NAMED, "people, by the counter": CountSource.COUNTER},
        limits={},
        last=18,
    )


SCENES = [
    Scene(left_aboard.RULE, left_aboard, "Left aboard: five, ten and fifteen minutes after the end of the trip",
          "min", left_frames(), limits=LEFT, dashed=["attendant", "coordinator", "principal"],
          notes=[(20 * MINUTE_S, "the trip closes")]),
    Scene(ledger_episodes.MISSING_IN_CLASS, ledger_episodes, "Boarded, but absent: five minutes after getting off",
          "pupils", absent_frames(), stepped=["aboard by name", "missing in class"],
          notes=[(22 * MINUTE_S, "not in class"), (38 * MINUTE_S, "there")]),
    Scene(ledger_episodes.UNEXPECTED_RIDER, ledger_episodes, "Unexpected rider: three board, two are on the roster",
          "pupils", rider_frames(), stepped=["aboard by name"], dashed=["on the roster"]),
    Scene(overloading.RULE, overloading, "Overloading: over the certified number for a minute", "pupils",
          overloading_frames(), limits=OVER, stepped=["pupils by name"], dashed=["certified"]),
    Scene(overloading.CONTRADICTION, overloading, "Contradicting counts: a counter that names can't explain",
          "people", contradiction_frames(), stepped=["pupils by name", "people, by the counter"]),
]  # fmt: skip

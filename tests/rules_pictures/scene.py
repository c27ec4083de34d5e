"""A scene: what happens to a bus, step by step through a real rule, and the picture that this makes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from telematics.rules.episode import Episode
from tests.rules_pictures.timeline import CALM, LIMIT, LINES, OPEN, SUSPECTED, Curve, Timeline

COLOUR_OF = {
    **dict.fromkeys(("suspected", "pending", "blind", "away"), SUSPECTED),
    "driving": "#b9cdf5",
    "work": "#cfe3d8",
}
FOUND = ("open", "found", "calling", "harsh", "deviating", "unplugged", "attendant told", "coordinator told",
         "principal told")  # fmt: skip


class Frame(NamedTuple):
    """A moment of a scene.

    Attributes:
        seconds: since its beginning.
        values: of its curves.
        state: of the rule, after it.
        found: the episodes that the rule gave.
    """

    seconds: float
    values: Mapping[str, float | None]
    state: str
    found: Sequence[Episode]


@dataclass(frozen=True)
class Scene:
    """What a rule makes of something that happens.

    Attributes:
        rule: its name.
        module: where it is; its first lines draw the state machine.
        title: what the picture shows.
        unit: of the curves.
        frames: in order of time.
        limits: what the rule compares with, whose defaults are told; None where the profile has them.
        stepped: curves whose values hold until the next one.
        dashed: curves that are limits.
        notes: (seconds, text): what else happens.
        silence_s: after so long without a report the lines are interrupted.
    """

    rule: str
    module: object
    title: str
    unit: str
    frames: Sequence[Frame]
    limits: object = None
    stepped: Sequence[str] = ()
    dashed: Sequence[str] = ()
    notes: Sequence[tuple[float, str]] = field(default=())
    silence_s: float = float("inf")

    @property
    def episodes(self) -> list[Episode]:
        """What the rule found: each episode as it was told last."""
        return list({one.started_at: one for frame in self.frames for one in frame.found}.values())

    def timeline(self) -> Timeline:
        """The picture."""
        return Timeline(
            title=self.title,
            unit=self.unit,
            curves=list(self._curves()),
            states=list(self._states()),
            ends_s=self.frames[-1].seconds,
            marks=[*self.notes, *self._marks()],
        )

    def _curves(self) -> Iterable[Curve]:
        colours = iter(LINES)
        for name in self.frames[0].values:
            is_limit = name in self.dashed
            yield Curve(
                name,
                list(self._points(name)),
                colour=LIMIT if is_limit else next(colours),
                is_stepped=name in self.stepped or is_limit,
                is_dashed=is_limit,
            )

    def _points(self, name: str) -> Iterable[tuple[float, float | None]]:
        before = 0.0
        for frame in self.frames:
            if frame.seconds - before > self.silence_s and name not in self.dashed:
                yield before, None
            yield frame.seconds, frame.values[name]
            before = frame.seconds

    def _states(self) -> Iterable[tuple[float, str, str]]:
        last = None
        for frame in self.frames:
            if frame.state != last:
                yield frame.seconds, frame.state, colour_of(frame.state)
            last = frame.state

    def _marks(self) -> Iterable[tuple[float, str]]:
        """An episode opens when it is told of first, and ends when it is told to be over."""
        told: dict[datetime, bool] = {}
        for frame in self.frames:
            for one in frame.found:
                is_over = one.ended_at is not None
                if one.started_at not in told:
                    yield frame.seconds, "found, and over" if is_over else "found"
                elif is_over and not told[one.started_at]:
                    yield frame.seconds, "over"
                told[one.started_at] = is_over


def colour_of(state: str) -> str:
    """Calm, suspected or found."""
    return OPEN if state in FOUND else COLOUR_OF.get(state, CALM)

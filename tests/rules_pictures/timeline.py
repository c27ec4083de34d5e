"""Draws a timeline as SVG: curves over time, a band of states, and marks; plain text, so that changes can be read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

WIDTH, HEIGHT = 760, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 40, 84
COLOURS = {"idle": "#d8dee6", "suspected": "#f2c14e", "open": "#d1495b"}
OTHERS = ("#5b8def", "#3aa17e", "#8d6cab", "#c7773b")


@dataclass(frozen=True)
class Curve:
    """A line over time.

    Attributes:
        name: in the legend.
        points: (seconds, value) pairs.
        colour: of the line.
        is_stepped: whether a value holds until the next one.
        is_dashed: whether it is drawn dashed.
    """

    name: str
    points: Sequence[tuple[float, float]]
    colour: str = "#1f4e8c"
    is_stepped: bool = False
    is_dashed: bool = False


@dataclass(frozen=True)
class Timeline:
    """What is drawn.

    Attributes:
        title: told to screen readers, too.
        unit: of the curves.
        curves: over time.
        states: (seconds, state) pairs; each holds until the next one.
        ends_s: where the time ends.
        marks: (seconds, text) pairs, over the curves.
    """

    title: str
    unit: str
    curves: Sequence[Curve]
    states: Sequence[tuple[float, str]]
    ends_s: float
    marks: Sequence[tuple[float, str]] = field(default=())

    def svg(self) -> str:
        """The picture."""
        top = max(value for curve in self.curves for _, value in curve.points) * 1.1
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
            f' font-size="12" role="img" aria-label="{escape(self.title)}">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
            text(LEFT, 18, self.title, weight="bold", size=14),
            *self._axes(top),
            *self._marks(),
            *(self._curve(curve, top) for curve in self.curves),
            *self._band(),
            *self._legend(),
            "</svg>\n",
        ]
        return "\n".join(parts)

    def _x(self, seconds: float) -> float:
        return round(LEFT + seconds / self.ends_s * (WIDTH - LEFT - RIGHT), 1)

    def _y(self, value: float, top: float) -> float:
        return round(HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM), 1)

    def _axes(self, top: float) -> list[str]:
        ground = HEIGHT - BOTTOM
        parts = []
        for value in range(0, int(top) + 1, 20):
            y = self._y(value, top)
            parts.append(line(LEFT, y, WIDTH - RIGHT, y, "#e6e9ee"))
            parts.append(text(LEFT - 6, y + 4, str(value), anchor="end"))
        parts += [
            text(self._x(seconds), ground + 14, f"{seconds} s", anchor="middle")
            for seconds in range(0, int(self.ends_s) + 1, 10)
        ]
        return [*parts, text(4, TOP - 6, self.unit, colour="#555")]

    def _curve(self, curve: Curve, top: float) -> str:
        places: list[tuple[float, float]] = []
        for seconds, value in curve.points:
            if curve.is_stepped and places:
                places.append((self._x(seconds), places[-1][1]))
            places.append((self._x(seconds), self._y(value, top)))
        drawn = " ".join(f"{x},{y}" for x, y in places)
        dash = ' stroke-dasharray="6 4"' if curve.is_dashed else ""
        return f'<polyline points="{drawn}" fill="none" stroke="{curve.colour}" stroke-width="2"{dash}/>'

    def _marks(self) -> list[str]:
        parts = []
        for seconds, told in self.marks:
            x = self._x(seconds)
            parts.append(line(x, TOP, x, HEIGHT - BOTTOM, "#999", dash="2 3"))
            parts.append(text(x + 4, TOP + 10, told, colour="#333"))
        return parts

    def _band(self) -> list[str]:
        y, parts = HEIGHT - BOTTOM + 22, []
        ends = [seconds for seconds, _ in self.states[1:]] + [self.ends_s]
        for (since, state), until in zip(self.states, ends, strict=True):
            x, width = self._x(since), round(self._x(until) - self._x(since), 1)
            colour = COLOURS.get(state) or OTHERS[sum(map(ord, state)) % len(OTHERS)]
            parts.append(f'<rect x="{x}" y="{y}" width="{width}" height="20" fill="{colour}" stroke="#fff"/>')
            if width > 7 * len(state):
                parts.append(text(x + width / 2, y + 14, state, anchor="middle"))
        return parts

    def _legend(self) -> list[str]:
        x, parts = float(LEFT), []
        for curve in self.curves:
            dash = "6 4" if curve.is_dashed else ""
            parts.append(line(x, HEIGHT - 16, x + 24, HEIGHT - 16, curve.colour, dash=dash, width=2))
            parts.append(text(x + 30, HEIGHT - 12, curve.name))
            x += 60 + 7 * len(curve.name)
        return parts


def text(
    x: float,
    y: float,
    said: str,
    *,
    anchor: str = "start",
    colour: str = "#222",
    weight: str = "normal",
    size: int = 12,
) -> str:
    """A piece of text."""
    return (
        f'<text x="{round(x, 1)}" y="{round(y, 1)}" text-anchor="{anchor}" fill="{colour}" font-weight="{weight}"'
        f' font-size="{size}">{escape(said)}</text>'
    )


def line(x1: float, y1: float, x2: float, y2: float, colour: str, *, dash: str = "", width: float = 1) -> str:
    """A straight line."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}" stroke-width="{width}"{dashes}/>'

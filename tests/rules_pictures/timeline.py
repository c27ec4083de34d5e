"""Draws a timeline as SVG: curves over time, a band of states, and marks; plain text, so that changes can be read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

WIDTH, HEIGHT = 760, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 26, 40, 84
CALM, SUSPECTED, OPEN = "#d8dee6", "#f2c14e", "#e2707f"
LINES = ("#1f4e8c", "#3aa17e", "#8d6cab", "#c7773b")
LIMIT = "#d1495b"
STEPS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800)
VALUE_STEPS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
MOST_TICKS = 11


@dataclass(frozen=True)
class Curve:
    """A line over time.

    Attributes:
        name: in the legend.
        points: (seconds, value) pairs; None where there is none, which interrupts the line.
        colour: of the line.
        is_stepped: whether a value holds until the next one.
        is_dashed: whether it is drawn dashed.
    """

    name: str
    points: Sequence[tuple[float, float | None]]
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
        states: (seconds, state, colour) triples; each holds until the next one.
        ends_s: where the time ends; it begins at 0.
        marks: (seconds, text) pairs, over the curves.
    """

    title: str
    unit: str
    curves: Sequence[Curve]
    states: Sequence[tuple[float, str, str]]
    ends_s: float
    marks: Sequence[tuple[float, str]] = field(default=())

    def svg(self) -> str:
        """The picture."""
        values = [value for curve in self.curves for _, value in curve.points if value is not None]
        top = (max(values, default=1) or 1) * 1.3
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
            f' font-size="12" role="img" aria-label="{escape(self.title)}">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
            text(LEFT, 18, self.title, weight="bold", size=14),
            *self._axes(top),
            *self._marks(),
            *(part for curve in self.curves for part in self._curve(curve, top)),
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
        ground, parts = HEIGHT - BOTTOM, []
        step = next(one for one in VALUE_STEPS if top / one <= 6)
        for number in range(int(top / step) + 1):
            y = self._y(number * step, top)
            parts.append(line(LEFT, y, WIDTH - RIGHT, y, "#e6e9ee"))
            parts.append(text(LEFT - 6, y + 4, f"{number * step:g}", anchor="end"))
        step = next(one for one in STEPS if self.ends_s / one <= MOST_TICKS)
        parts += [
            text(self._x(seconds), ground + 14, clock(seconds, step), anchor="middle")
            for seconds in range(0, int(self.ends_s) + 1, int(step))
        ]
        return [*parts, text(4, TOP - 6, self.unit, colour="#555")]

    def _curve(self, curve: Curve, top: float) -> list[str]:
        runs: list[list[tuple[float, float]]] = [[]]
        for seconds, value in curve.points:
            if value is None:
                runs.append([])
                continue
            if curve.is_stepped and runs[-1]:
                runs[-1].append((self._x(seconds), runs[-1][-1][1]))
            runs[-1].append((self._x(seconds), self._y(value, top)))
        dash = ' stroke-dasharray="6 4"' if curve.is_dashed else ""
        return [
            f'<polyline points="{" ".join(f"{x},{y}" for x, y in run)}" fill="none" stroke="{curve.colour}"'
            f' stroke-width="2"{dash}/>'
            if len(run) > 1
            else f'<circle cx="{run[0][0]}" cy="{run[0][1]}" r="3" fill="{curve.colour}"/>'
            for run in runs
            if run
        ]

    def _marks(self) -> list[str]:
        """Each on a row of its own while its neighbour to the left would run into it."""
        parts, rows = [], list[float]()
        for seconds, told in sorted(self.marks):
            x, width = self._x(seconds), 6.4 * len(told) + 8
            begins = x + 4 if x + width < WIDTH else x - width + 4
            row = next((number for number, until in enumerate(rows) if until <= begins), len(rows))
            rows[row : row + 1] = [begins + width]
            parts.append(line(x, TOP, x, HEIGHT - BOTTOM, "#999", dash="2 3"))
            parts.append(text(begins, TOP + 10 + 14 * row, told, colour="#333"))
        return parts

    def _band(self) -> list[str]:
        y, parts = HEIGHT - BOTTOM + 22, []
        ends = [*(seconds for seconds, *_ in self.states[1:]), self.ends_s]
        for (since, state, colour), until in zip(self.states, ends, strict=True):
            x, width = self._x(since), round(self._x(until) - self._x(since), 1)
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


def clock(seconds: float, step: float) -> str:
    """A time of the axis, in the unit that its steps are of."""
    for unit, length, least in (("d", 86_400, 86_400), ("h", 3600, 1800), ("min", 60, 30)):
        if step >= least:
            return f"{seconds / length:g} {unit}"
    return f"{seconds:g} s"


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

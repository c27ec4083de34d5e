"""The sections of rules in the documents, written from the rules themselves: picture, states, numbers, source."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from django.utils import translation

from fleet.findings.models import FindingSeverity, LimitSource, Rule
from fleet.findings.words import in_words
from telematics.units import mps_to_kmh
from tests.rules_pictures.scene import Scene

ROOT = Path(__file__).resolve().parents[2]
BEGINS, ENDS = (
    "<!-- written by script/rule-pictures: begin -->",
    "<!-- written by script/rule-pictures: end -->",
)


def written(document: Path, scenes: list[Scene]) -> str:
    """A document with the sections of some rules brought up to date between its two marks."""
    head, _, rest = document.read_text(encoding="utf-8").partition(BEGINS)
    _, _, after = rest.partition(ENDS)
    with translation.override("en"):
        sections = "\n".join(
            section(scene, is_told=before is not None and before.module is scene.module)
            for before, scene in zip([None, *scenes], scenes, strict=False)
        )
    return f"{head}{BEGINS}\n\n{sections}\n{ENDS}{after}"


def section(scene: Scene, *, is_told: bool) -> str:
    """One rule: what it is, its picture, its states, its numbers, and what sets them.

    Args:
        scene: of the rule.
        is_told: whether the section before is of a rule of the same module, whose states and numbers are these.
    """
    told, doc = scene.episodes[0], scene.module.__doc__ or ""
    first, _, rest = doc.partition("\n")
    value = in_words(told.limit, told.unit)
    severities = sorted({FindingSeverity(one.severity).label.lower() for one in scene.episodes})
    states = [f"```text\n{block}\n```\n" for block in diagrams(rest)]
    shared = (
        "States and numbers are those of the rule before."
        if scene.limits
        else "States are those of the rule before."
    )
    parts = [
        f"### {Rule(scene.rule).label} · `{scene.rule}`\n",
        *([] if is_told else [f"{first.strip()}\n"]),
        f"![{scene.title}](rules/{scene.rule}.svg)\n",
        *([f"{shared}\n"] if is_told else [*states, *numbers(scene.limits)]),
        f"Limit{value and ' ' + value}: {str(LimitSource(told.limit_source).label).lower()}. "
        f"Law: {told.article or 'none'}. Severity: {', '.join(severities)}. In `{path_of(scene.module)}`.\n",
    ]
    return "\n".join(parts)


def diagrams(doc: str) -> list[str]:
    """The drawings of a docstring: what is indented after a line that ends with two colons."""
    found = re.findall(r"::\n\n((?:(?: {4}.*)?\n)+)", doc + "\n")
    return [re.sub(r"^ {4}", "", block, flags=re.M).rstrip() for block in found]


def numbers(limits: Any) -> list[str]:
    """The limits of a rule with their reasons, as a table."""
    if limits is None:
        return []
    told = re.findall(r"^ {8}(\w+(?:, \w+)*): ((?:.|\n {12})+)", limits.__doc__ or "", flags=re.M)
    reasons = {name: reason for names, reason in told for name in names.split(", ")}
    rows = []
    for one in msgspec.structs.fields(limits):
        reason = re.sub(r"\s+", " ", reasons.get(one.name, "")).strip()
        value = number(one.name, getattr(limits, one.name))
        rows += [f"| `{one.name}` | {value} | {reason} |"] if value else []
    return ["| number | | why |", "|---|---|---|", *rows, ""] if rows else []


def number(name: str, value: object) -> str:
    """A limit with its unit, by its type and name; empty for what is no number."""
    if isinstance(value, timedelta):
        minutes = value.total_seconds() / 60
        return f"{minutes:g} min" if minutes >= 1 else f"{value.total_seconds():g} s"
    if isinstance(value, tuple):
        return "–".join(map(str, value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    for end, unit in (("_mps2", "m/s²"), ("_m", "m"), ("_s", "s"), ("_min", "min"), ("_percent", "%")):
        if name.endswith(end):
            return f"{value:g} {unit}"
    return f"{mps_to_kmh(value):g} km/h" if name.endswith("_mps") else f"{value:g}"


def path_of(module: Any) -> str:
    """Where a module is, from the project's folder."""
    return str(Path(module.__file__).resolve().relative_to(ROOT))

"""What was found in the time that is replayed, as the list, the chart and the map show it."""

from dataclasses import dataclass
from typing import Any

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.findings.models import Finding, LimitSource
from fleet.findings.queries import findings_between
from fleet.findings.words import in_words
from fleet.people.models import User
from fleet.people.queries import drivers_for
from fleet.positions.queries import milliseconds
from telematics.units import mps_to_kmh
from web.replay.span import Span

MOST = 500


@dataclass(frozen=True)
class Shown:
    """Findings as they are shown.

    Attributes:
        lines: of the list.
        marks: of the chart and the map.
        is_cut: whether there are more than are shown.
    """

    lines: list[dict[str, Any]]
    marks: list[dict[str, Any]]
    is_cut: bool


def findings_shown(person: User, bus: int, span: Span) -> Shown:
    """What was found of a bus; each driver whom the person may see is named, and the look at them is logged."""
    rows = findings_between(person, bus, span.since, span.until)
    found = list(rows[: MOST + 1])
    shown = found[:MOST]
    named = drivers_for(person).in_bulk({one.driver_id for one in shown if one.driver_id})
    record_access(by=person, action=Action.LIST, objects=named.values())
    lines = [line_of(one, named.get(one.driver_id), span) for one in shown]
    return Shown(lines, [mark_of(one, span) for one in shown], len(found) > MOST)


def line_of(finding: Finding, driver: object, span: Span) -> dict[str, Any]:
    """A finding as the list shows it."""
    return {
        "finding": finding,
        "at": milliseconds(max(finding.started_at, span.since)),
        "peak": in_words(finding.peak, finding.unit),
        "limit": in_words(finding.limit, finding.unit),
        "limit_source": LimitSource(finding.limit_source).label,
        "driver": driver,
    }


def mark_of(finding: Finding, span: Span) -> dict[str, Any]:
    """A finding as the chart and the map mark it: times in milliseconds since 1970, the limit in km/h."""
    is_speed = finding.limit is not None and finding.unit == "m/s"
    return {
        "id": finding.pk,
        "label": finding.get_rule_display(),
        "severity": finding.severity,
        "from": milliseconds(max(finding.started_at, span.since)),
        "until": milliseconds(min(finding.last_at, span.until)),
        "limit_kmh": round(mps_to_kmh(finding.limit or 0), 1) if is_speed else None,
        "place": [finding.place.x, finding.place.y] if finding.place else None,
    }

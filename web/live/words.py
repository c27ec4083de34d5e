"""Alarms as live screens take them, in one person's language."""

from typing import Any

from django.urls import reverse
from django.utils import translation

from fleet.alarms.models import Alarm
from fleet.alarms.states import OPEN
from fleet.findings.models import LimitSource
from fleet.findings.words import in_words
from fleet.positions.queries import milliseconds, rounded


def alarm_message(alarm: Alarm, language: str) -> dict[str, Any]:
    """An alarm as a live screen shows it.

    Args:
        alarm: with all that it refers to.
        language: of the words.
    """
    finding = alarm.finding
    with translation.override(language):
        return {
            "id": alarm.pk,
            "bus": alarm.bus_id,
            "plate": alarm.bus.plate if alarm.bus else str(alarm.driver or ""),
            "kind": alarm.rule,
            "kind_label": alarm.get_rule_display(),
            "severity": alarm.severity,
            "state": alarm.state,
            "state_label": alarm.get_state_display(),
            "is_open": alarm.state in OPEN,
            "assignee": str(alarm.assignee) if alarm.assignee else "",
            "version": alarm.version,
            "started": milliseconds(alarm.started_at),
            "last": milliseconds(alarm.last_at),
            "ended": milliseconds(alarm.ended_at),
            "peak": in_words(finding.peak, finding.unit),
            "limit": in_words(finding.limit, finding.unit),
            "limit_source": str(LimitSource(finding.limit_source).label),
            "article": finding.article,
            "lon": rounded(finding.place.x, 7) if finding.place else None,
            "lat": rounded(finding.place.y, 7) if finding.place else None,
            "duration_s": round((alarm.last_at - alarm.started_at).total_seconds()),
            "live": finding.found_live,
            "url": reverse("alarm_detail", args=[alarm.pk]),
        }

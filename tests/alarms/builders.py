"""Findings and alarms to begin with."""

from datetime import UTC, datetime, timedelta
from typing import Any

from fleet.alarms.models import Alarm
from fleet.findings.changes import About, reconcile
from fleet.organisations.models import Role
from fleet.people.models import User
from fleet.vehicles.models import Bus
from telematics.rules.episode import Episode, Records, Severity
from tests.fleet.builders import person

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
RULE = "overloading"


def episode(minutes: float = 0, lasts: float = 1, severity: Severity = Severity.HIGH, **given) -> Episode:
    started_at = NOON + timedelta(minutes=minutes)
    ended_at = started_at + timedelta(minutes=lasts)
    story: dict[str, Any] = {
        "rule": RULE, "started_at": started_at, "last_at": ended_at, "ended_at": ended_at, "peak": 42.0,
        "limit": 40.0, "unit": "persons", "limit_source": "certified_capacity", "article": "第三十四条",
        "severity": severity, "evidence": Records(["head_count:1"]),
    }  # fmt: skip
    return Episode(**story | given)


def tell(
    bus: Bus, *episodes: Episode, live: bool = True, now: datetime | None = None, **about
) -> list[Alarm]:
    """Have these be the findings of a bus, and give its alarms."""
    told = About(f"bus:{bus.pk}", bus=bus.pk, **about)
    newest = max((one.last_at for one in episodes), default=NOON)
    reconcile(
        [(told, one) for one in episodes],
        subjects=[told.subject],
        rules={RULE, *(one.rule for one in episodes)},
        since=NOON - timedelta(days=1),
        profile="cn-2022",
        now=now or newest,
        live_for=timedelta(hours=3) if live else timedelta(minutes=-1),
    )
    return list(Alarm.objects.order_by("pk"))


def coordinator(bus: Bus) -> User:
    return person(Role.COORDINATOR, bus.operator)

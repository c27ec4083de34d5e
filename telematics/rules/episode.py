"""What a rule gives: an episode with its start, end, peak, limit, source, consequence and evidence."""

from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

import msgspec

from telematics.fix import Fix

Detail: TypeAlias = str | int | float | bool | list[int] | list[str] | None
"""What a rule measured or assumed, in a form that JSON holds."""


class ReportKey(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Names one report of a device in the log."""

    time: datetime
    digest: int

    @classmethod
    def of(cls, fix: Fix) -> "ReportKey":
        """The key of `fix`."""
        return cls(fix.time, fix.digest)


class Evidence(msgspec.Struct, frozen=True):
    """The reports that an episode rests on; `reports` counts all from the first to the last."""

    first: ReportKey
    peak: ReportKey
    last: ReportKey
    reports: int


class Records(msgspec.Struct, frozen=True):
    """The records that an episode rests on where people made it known, each by kind and key: "boarding:12"."""

    records: list[str] = []


class Severity(StrEnum):
    """How soon a person must look at an episode."""

    RECORD = "record"
    """Kept for reports; nobody needs to act."""
    MEDIUM = "medium"
    HIGH = "high"
    EMERGENCY = "emergency"
    """A life may be in danger: it goes before everything, and quiet hours do not hold it."""


class Episode(msgspec.Struct, frozen=True, kw_only=True):
    """Something found, from its first report to its last.

    Attributes:
        rule: name of the rule.
        started_at: event time of the first report of it; with the rule, this names the episode of a device.
        last_at: event time of the newest report of it.
        ended_at: equal to `last_at` once it is over; None while it goes on.
        peak: the worst value, in `unit`; None where nothing is measured.
        limit: what was allowed, in `unit`; None where nothing is measured.
        unit: unit of `peak` and `limit`.
        limit_source: what sets the limit, as the rule names it.
        article: the article of law that sets it.
        lat: latitude of the peak, degrees.
        lon: longitude of the peak, degrees.
        evidence: the reports or records that it rests on.
        severity: how soon a person must look at it.
        points: penalty points that the law gives for it; None where it gives none.
        penalty: the penalty in the words of the law; empty where it names none.
        details: whatever else the rule measured or assumed, by name, in a form that JSON holds.
    """

    rule: str
    started_at: datetime
    last_at: datetime
    ended_at: datetime | None
    peak: float | None = None
    limit: float | None = None
    unit: str = ""
    limit_source: str
    article: str
    lat: float | None = None
    lon: float | None = None
    evidence: Evidence | Records = Records()
    severity: Severity = Severity.MEDIUM
    points: int | None = None
    penalty: str = ""
    details: dict[str, Detail] = {}

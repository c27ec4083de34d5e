"""What a rule gives: an episode with its start, end, peak, limit, source and evidence."""

from datetime import datetime

import msgspec

from telematics.fix import Fix


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


class Episode(msgspec.Struct, frozen=True):
    """Something found, from its first report to its last.

    Attributes:
        rule: name of the rule.
        started_at: event time of the first report of it; with the rule, this names the episode of a device.
        last_at: event time of the newest report of it.
        ended_at: equal to `last_at` once it is over; None while it goes on.
        peak: the worst value, in `unit`.
        limit: what was allowed, in `unit`.
        unit: unit of `peak` and `limit`.
        limit_source: what sets the limit, as the rule names it.
        article: the article of law that sets it.
        lat: latitude of the peak, degrees.
        lon: longitude of the peak, degrees.
        evidence: the reports that it rests on.
    """

    rule: str
    started_at: datetime
    last_at: datetime
    ended_at: datetime | None
    peak: float
    limit: float
    unit: str
    limit_source: str
    article: str
    lat: float | None
    lon: float | None
    evidence: Evidence

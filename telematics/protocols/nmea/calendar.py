"""Puts epochs on their day: most sentences carry a time but no date, and some links never a date at all."""

from collections import deque
from datetime import UTC, datetime, timedelta

from telematics.fix import NO_VERDICT, Fix, Verdict
from telematics.protocols.nmea.epoch import Epoch
from telematics.protocols.nmea.stats import NmeaStats

GPS_SECOND_ERA = datetime(1999, 8, 22, tzinfo=UTC)
"""The first roll-over of the GPS week, 1,024 weeks from 1980-01-06: an earlier date has rolled over."""
NMEA_4_10 = datetime(2012, 6, 1, tzinfo=UTC)
"""The standard whose RMC has a navigational status: firmware that sends one was written later than this."""
MAX_WAITING = 900
"""Undated epochs that wait for a date: a quarter of an hour at one a second."""

_DAY = timedelta(days=1)
_HALF_DAY = timedelta(hours=12)


def nearest_day(tod_us: int, moment: datetime) -> datetime:
    """The midnight of the day that puts a time of day nearest to a moment."""
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    ahead = midnight + timedelta(microseconds=tod_us) - moment
    if ahead > _HALF_DAY:
        return midnight - _DAY
    if ahead < -_HALF_DAY:
        return midnight + _DAY
    return midnight


class Calendar:
    """Dates the epochs of one link: by their own date, else as near as can be to the report before.

    Args:
        stats: where to count.
        not_before: a date older than this is marked as a week roll-over.
        near: a moment near the first report, for links without any date; None waits for one.
    """

    def __init__(self, stats: NmeaStats, not_before: datetime, near: datetime | None) -> None:
        self._stats = stats
        self._not_before = not_before
        self._last = near
        self._waiting: deque[Epoch] = deque()

    def place(self, epoch: Epoch) -> list[Fix]:
        """The epoch as a fix, after those that waited for a date; nothing while there is none to go by."""
        if epoch.speaks_4_10 and self._not_before < NMEA_4_10:
            self._not_before = NMEA_4_10
        midnight = epoch.midnight
        if midnight is None:
            if self._last is None:
                self._wait(epoch)
                return []
            midnight = nearest_day(epoch.tod_us, self._last)
        self._last = midnight + timedelta(microseconds=epoch.tod_us)
        fixes = self._filled_back(self._last) if self._waiting else []
        if epoch.reported:
            fixes.append(self._fix(epoch, midnight))
        return fixes

    def forget(self) -> None:
        """Another device speaks from here on: what waited for a date has waited in vain."""
        self._stats.undated += len(self._waiting)
        self._waiting.clear()
        self._last = None

    def _wait(self, epoch: Epoch) -> None:
        if not epoch.reported:
            return
        if len(self._waiting) >= MAX_WAITING:
            self._waiting.popleft()
            self._stats.undated += 1
        self._waiting.append(epoch)

    def _filled_back(self, moment: datetime) -> list[Fix]:
        """The waiting epochs, each on the day nearest to the one after it."""
        fixes = []
        while self._waiting:
            epoch = self._waiting.pop()
            fixes.append(self._fix(epoch, nearest_day(epoch.tod_us, moment)))
            moment = fixes[-1].time
        fixes.reverse()
        return fixes

    def _fix(self, epoch: Epoch, midnight: datetime) -> Fix:
        fix = epoch.fix(midnight, NO_VERDICT if midnight >= self._not_before else Verdict.ROLLOVER)
        self._stats.fixes += 1
        if not fix.valid:
            self._stats.void_fixes += 1
        return fix

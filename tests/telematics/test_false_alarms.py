"""False alarms on recorded drives: every alarm is borne out, report by report, by a limit that was exceeded.

No road of these drives is known, so that the limit with pupils aboard holds on all of them: 60 km/h.
Run with ``-s`` to see the counts.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from telematics.fix import Fix
from telematics.pipeline import DeviceState, Rulebook, advance
from telematics.protocols.nmea import NmeaDecoder
from telematics.roads import RoadIndex
from telematics.rules.episode import Episode
from telematics.rules.speeding import counts
from tests.telematics.builders import SIXTY, rulebook
from tests.telematics.roads.builders import road

DRIVES = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "nmea" / "drives"
RULEBOOK = rulebook()
NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not DRIVES.is_dir(), reason="the recordings are not beside the project")


def fixes(path: Path) -> list[Fix]:
    """The fixes of a log, without regard to missing checksums, in event order."""
    decoder = NmeaDecoder(require_checksum=False, near=NOON)
    messages = [*decoder.feed(path.read_bytes()), *decoder.end()]
    return sorted((one for one in messages if isinstance(one, Fix)), key=lambda one: (one.time, one.digest))


def found_in(reports: list[Fix], book: Rulebook = RULEBOOK) -> tuple[list[Episode], list[Fix]]:
    """The episodes, and the reports that count."""
    state, episodes, sound = DeviceState(), {}, []
    for report in reports:
        before = state.track
        state, verdicts, changed = advance(state, report, book)
        episodes.update({one.started_at: one for one in changed})
        if state.track is not before and not verdicts and counts(report, book.speeding):
            sound.append(report)
    return list(episodes.values()), sound


def logs() -> list[Path]:
    return sorted(DRIVES.iterdir()) if DRIVES.is_dir() else []


@pytest.mark.parametrize("path", logs(), ids=lambda path: path.name)
def test_no_alarm_without_the_limit_being_exceeded_for_long_enough(path):
    reports = fixes(path)
    episodes, sound = found_in(reports)
    false = 0
    for one in episodes:
        inside = [report.speed_mps for report in sound if one.started_at <= report.time <= one.last_at]
        speeds = [speed for speed in inside if speed is not None]
        lasted = one.last_at - one.started_at >= timedelta(seconds=10)
        borne_out = min(speeds) > SIXTY.mps - RULEBOOK.speeding.hysteresis_mps and speeds[0] > SIXTY.mps
        false += not (lasted and borne_out and speeds[-1] > SIXTY.mps)
    fastest = max((report.speed_mps or 0.0 for report in sound), default=0.0) * 3.6
    told = f"fastest {fastest:.0f} km/h, {len(episodes)} alarms, {false} of them false"
    print(f"\n{path.name}: {len(reports)} fixes, {told}")
    assert false == 0
    assert bool(episodes) <= (fastest > 60)


@pytest.mark.parametrize("path", logs(), ids=lambda path: path.name)
def test_roads_elsewhere_change_nothing(path):
    elsewhere = rulebook(roads=RoadIndex([road(1, (0, 0), (900, 0), forward_kmh=5.0)]))
    reports = fixes(path)
    assert found_in(reports, elsewhere)[0] == found_in(reports)[0]

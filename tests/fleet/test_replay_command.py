"""`manage.py replay`: a log goes through the gateway as if its receiver were there, as often as one likes."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from fleet.findings.models import Finding
from fleet.positions.models import Fix as StoredFix
from fleet.positions.models import LastPosition
from telematics.fix import Verdict
from tests.fleet.builders import bus, bus_with_device
from tests.fleet.sentences import stream

DRIVE = Path(__file__).resolve().parents[3] / "shared/data/nmea/drives/20100411_Geko_Regensburg.txt"
BEGAN = datetime(2026, 9, 1, 7, 0, tzinfo=UTC)
PLATE = "苏E12345"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quickly_settled(monkeypatch):
    monkeypatch.setattr("fleet.ingest.management.commands.replay.SETTLED_AFTER_S", 0.1)


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "drive.nmea"
    path.write_bytes(stream(BEGAN, 50, 72, 75, 80, 72, 40))
    return path


def replay(path, *options, plate=PLATE):
    call_command("replay", str(path), "--bus", plate, "--speed", "max", *options)


def test_a_log_becomes_the_fixes_and_findings_of_its_bus(recording, capsys):
    made = bus(plate=PLATE)
    replay(recording)
    assert "6 new fixes" in capsys.readouterr().out
    assert [one.time for one in StoredFix.objects.order_by("time")] == [
        BEGAN + timedelta(seconds=5 * number) for number in range(6)
    ]
    assert Finding.objects.get().bus == made


def test_a_log_replayed_again_adds_nothing(recording, capsys):
    bus(plate=PLATE)
    replay(recording)
    replay(recording)
    assert "0 new fixes" in capsys.readouterr().out
    assert (StoredFix.objects.count(), Finding.objects.count()) == (6, 1)


def test_a_log_shifted_to_now_happens_now(recording):
    bus(plate=PLATE)
    replay(recording, "--shift-to-now")
    times = [one.time for one in StoredFix.objects.order_by("time")]
    assert len(times) == 6
    assert times[-1] - times[0] == timedelta(seconds=25)
    assert abs(timezone.now() - times[-1]) < timedelta(minutes=2)
    assert not any(one.verdicts & Verdict.STALE for one in StoredFix.objects.all())


def test_a_log_at_its_own_pace_may_be_quickened(recording):
    bus(plate=PLATE)
    call_command("replay", str(recording), "--bus", PLATE, "--speed", "1000")
    assert StoredFix.objects.count() == 6


def test_an_unknown_plate_is_named_with_some_that_there_are(recording):
    bus(plate=PLATE)
    with pytest.raises(CommandError, match=f"NOBODY.*{PLATE}"):
        replay(recording, plate="NOBODY")


def test_a_missing_file_is_named(tmp_path):
    bus(plate=PLATE)
    with pytest.raises(CommandError, match=r"absent\.nmea"):
        replay(tmp_path / "absent.nmea")


@pytest.mark.parametrize("speed", ["0", "-1", "fast", "nan", "inf", ""])
def test_a_bad_speed_is_told(recording, speed):
    with pytest.raises(CommandError, match="neither “max” nor a number above 0"):
        call_command("replay", str(recording), "--bus", PLATE, f"--speed={speed}")


def test_an_empty_file_is_no_error(tmp_path, capsys):
    bus(plate=PLATE)
    (tmp_path / "empty").touch()
    replay(tmp_path / "empty")
    assert "0 new fixes" in capsys.readouterr().out


def test_a_bus_that_is_on_the_road_is_not_overwritten(recording):
    made, unit = bus_with_device()
    LastPosition.objects.filter(device=unit).update(heard_at=timezone.now())
    with pytest.raises(CommandError, match=made.plate):
        replay(recording, plate=made.plate)
    assert not StoredFix.objects.exists()


@pytest.mark.skipif(not DRIVE.exists(), reason="the recordings of ../shared/data are not here")
def test_a_real_drive_is_stored_whole():
    made = bus(plate=PLATE)
    replay(DRIVE)
    fixes = StoredFix.objects.filter(device__last_position__bus=made)
    void = fixes.filter(position__isnull=True).count()
    epochs = {line.split(b",")[1] for line in DRIVE.read_bytes().split(b"$") if line.startswith(b"GPRMC,")}
    assert fixes.count() == pytest.approx(len(epochs), abs=2)
    assert 0 < void < fixes.count() / 10
    assert {time.date() for time in fixes.values_list("time", flat=True)} == {date(2010, 4, 11)}

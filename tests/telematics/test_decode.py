"""``python -m telematics decode``: a log on the command line."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from telematics.__main__ import main
from tests.telematics.nmea.sentences import gga, rmc, sentence

KEYS = ["time", "lat", "lon", "speed_mps", "course_deg", "altitude_m", "satellites", "valid", "verdicts"]


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "drive.log"
    path.write_bytes(
        rmc("120000.00")
        + gga("120000.00")
        + rmc("120001.00", status="V")
        + rmc("120100.00", knots="", course="")
        + rmc("120101.00").replace(b"4807", b"4808")
    )
    return path


def decoded(capfd: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[dict[str, Any]], str]:
    status = main(["decode", *map(str, arguments)])
    printed = capfd.readouterr()
    return status, [json.loads(line) for line in printed.out.splitlines()], printed.err


def test_each_fix_is_a_line_of_json(capfd, log):
    status, records, _ = decoded(capfd, "nmea", log)
    assert status == 0
    assert [key for key in records[0] if key in KEYS] == KEYS
    assert records[0] == {
        "time": "2026-09-01T12:00:00.000Z",
        "lat": 48.1173,
        "lon": 11.516666667,
        "speed_mps": 5.1444,
        "course_deg": 84.4,
        "altitude_m": 545.4,
        "satellites": 8,
        "valid": True,
        "verdicts": [],
        "accuracy_m": 4.59,
    }


def test_void_fix_is_printed_with_absent_values_null(capfd, log):
    void = decoded(capfd, "nmea", log)[1][1]
    assert (void["valid"], void["verdicts"]) == (False, ["void"])
    assert [void[key] for key in ("lat", "lon", "speed_mps", "course_deg", "altitude_m")] == [None] * 5


def test_summary_counts_what_was_in_the_log(capfd, log):
    _, _, summary = decoded(capfd, "nmea", log)
    assert "GPRMC 3, GPGGA 1" in summary
    assert "right 4, wrong 1, absent 0" in summary
    assert "3, of them void 1" in summary
    assert "1 longer than 10 s, together 59 s" in summary


def test_summary_as_json(capfd, log):
    summary = json.loads(decoded(capfd, "nmea", log, "--json-summary")[2])
    assert (summary["fixes"], summary["void_fixes"], summary["gaps"], summary["gaps_s"]) == (3, 1, 1, 59.0)
    assert summary["sentences"] == {"GPRMC": 3, "GPGGA": 1}


def test_microseconds_are_printed_where_there_are_any(capfd, tmp_path):
    log = tmp_path / "fine.log"
    log.write_bytes(rmc("120000.123456"))
    assert decoded(capfd, "nmea", log)[1][0]["time"] == "2026-09-01T12:00:00.123456Z"


def test_named_device_is_told(capfd, tmp_path):
    log = tmp_path / "named.log"
    log.write_bytes(sentence("PGID,bus-7") + rmc())
    assert decoded(capfd, "nmea", log)[1][0]["device"] == "bus-7"


def test_log_without_checksums_says_how_to_read_it(capfd, tmp_path):
    log = tmp_path / "bare.log"
    log.write_bytes(rmc()[:-5] + b"\r\n")
    assert "--allow-missing-checksum" in decoded(capfd, "nmea", log)[2]
    assert len(decoded(capfd, "nmea", log, "--allow-missing-checksum")[1]) == 1


def test_log_without_dates_says_how_to_read_it(capfd, tmp_path):
    log = tmp_path / "undated.log"
    log.write_bytes(gga("120000.00"))
    assert "--date" in decoded(capfd, "nmea", log)[2]
    assert decoded(capfd, "nmea", log, "--date", "2026-09-01")[1][0]["time"] == "2026-09-01T12:00:00.000Z"


def test_day_that_is_none_is_refused(capfd, log):
    with pytest.raises(SystemExit) as refused:
        main(["decode", "nmea", str(log), "--date", "yesterday"])
    assert refused.value.code == 2
    assert "yesterday is not a day" in capfd.readouterr().err


def test_missing_file_and_folder_are_named_in_one_line(capfd, tmp_path):
    for path in (tmp_path / "absent.log", tmp_path):
        status, _, complaint = decoded(capfd, "nmea", path)
        assert status == 2
        assert str(path) in complaint
        assert complaint.count("\n") == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_file_that_may_not_be_read_is_named(capfd, log):
    log.chmod(0)
    assert decoded(capfd, "nmea", log)[0] == 2


def command(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "telematics", *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
    )


def test_standard_input_is_read(log):
    done = command("decode", "nmea", "-", stdin=log.read_bytes())
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 3
    assert b"\r" not in done.stderr


def test_reader_that_has_seen_enough_is_no_error(tmp_path):
    log = tmp_path / "long.log"
    log.write_bytes(
        b"".join(rmc(f"12{second // 60 % 60:02d}{second % 60:02d}.00") for second in range(20_000))
    )
    script = f"{sys.executable} -m telematics decode nmea {log} | head -n 1"
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True, timeout=60)
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == b""


def test_command_line_names_its_commands():
    done = command("--help")
    assert done.returncode == 0
    assert b"decode" in done.stdout
    assert b"simulate" in done.stdout


def test_simulator_is_wired():
    assert b"--buses" in command("simulate", "--help").stdout

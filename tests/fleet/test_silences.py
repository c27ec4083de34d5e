"""Gaps that go on are told by the clock, and are the gaps that reports end or undo."""

import pytest

from fleet.findings.changes import raise_sos, record_receiver
from fleet.findings.models import Finding
from fleet.ingest.silences import tell_silences
from tests.fleet.builders import bus_with_device, database_log, person, store
from tests.telematics.builders import at, fix

pytestmark = pytest.mark.django_db


def told(seconds):
    going_on, taken_back = tell_silences(at(seconds), profile="test")
    return [one.started_at for one in going_on], [one.started_at for one in taken_back]


def test_a_bus_that_falls_silent_under_way_is_told_of_while_it_is_silent():
    bus_with_device(identifier="silent")
    store([fix(0, 40), fix(5, 40)], "silent")
    assert told(300) == ([], [])
    assert told(306) == ([at(5)], [])
    gap = Finding.objects.get()
    assert (gap.rule, gap.ended_at, gap.last_at, gap.found_live) == ("signal_gap", None, at(306), True)


def test_the_report_that_ends_it_ends_the_same_finding():
    bus_with_device(identifier="silent")
    log = store([fix(0, 40), fix(5, 40)], "silent")
    told(306)
    told(366)
    store([fix(400, 40)], "silent", log)
    gap = Finding.objects.get()
    assert (gap.started_at, gap.ended_at, gap.peak, gap.withdrawn_at) == (at(5), at(400), 395, None)
    assert told(460) == ([], [])


def test_reports_that_were_kept_while_out_of_reach_take_it_back():
    bus_with_device(identifier="silent")
    log = store([fix(0, 40), fix(5, 40)], "silent")
    told(306)
    store([fix(seconds, 40) for seconds in range(30, 400, 30)], "silent", log)
    assert told(420) == ([], [at(5)])
    assert Finding.objects.get().withdrawn_at is not None


def test_a_parked_bus_and_a_device_in_no_bus_are_not_told_of():
    bus_with_device(identifier="parked")
    store([fix(0, 40), fix(5, 0)], "parked")
    store([fix(0, 40)], "nobody's")
    assert told(4_000) == ([], [])


def noted(unit, seconds, *, is_plugged_in):
    return record_receiver(unit.pk, is_plugged_in=is_plugged_in, at=at(seconds), profile="test")


def test_a_receiver_that_is_unplugged_is_a_finding_until_it_is_back():
    bus, unit = bus_with_device(identifier="serial:/dev/ttyGPS")
    assert noted(unit, 0, is_plugged_in=True) is None
    lost = noted(unit, 60, is_plugged_in=False)
    assert (lost.rule, lost.bus_id, lost.started_at, lost.ended_at) == (
        "receiver_unplugged", bus.pk, at(60), None,
    )  # fmt: skip
    assert noted(unit, 70, is_plugged_in=False) is None
    back = noted(unit, 90, is_plugged_in=True)
    assert (back.pk, back.ended_at) == (lost.pk, at(90))


def test_late_reports_leave_what_no_report_shows():
    _, unit = bus_with_device(identifier="kept")
    log = store([fix(0, 40), fix(60, 40)], "kept")
    noted(unit, 30, is_plugged_in=False)
    store([fix(20, 40)], "kept", log)
    assert Finding.objects.get(device=unit).withdrawn_at is None


def test_somebody_who_calls_for_help_twice_with_the_same_words_is_one_finding():
    bus, _ = bus_with_device(identifier="helps")
    store([fix(0, 40)], "helps")
    driver = person()
    first = raise_sos(bus=bus, at=at(10), by=driver)
    second = raise_sos(bus=bus, at=at(10), by=driver)
    assert first == second
    assert (first.severity, first.bus, first.evidence) == (
        "emergency",
        bus,
        {"records": [f"person:{driver.pk}"]},
    )
    assert first.place is not None
    elsewhere = raise_sos(bus=bus, at=at(11), by=driver, place=(31.5, 121.5))
    assert elsewhere.place is not None
    assert elsewhere.place.coords == (121.5, 31.5)


def test_misdated_reports_of_a_day_are_one_finding_about_the_clock():
    bus, unit = bus_with_device(identifier="ahead")
    log = database_log()
    store([fix(0), fix(10)], "ahead", log, delay_s=-600)
    store([fix(10), fix(20)], "ahead", log, delay_s=-600)
    drift = Finding.objects.get()
    assert (drift.rule, drift.subject, drift.bus) == ("clock_drift", f"device:{unit.pk}", bus)
    assert (drift.evidence["reports"], drift.started_at, drift.last_at) == (3, at(-600), at(-580))

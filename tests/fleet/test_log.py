"""The log on the database keeps the contracts that the log in memory keeps, on any day."""

import pytest
from django.db import transaction
from hypothesis import given, settings

from fleet.findings.models import Finding
from fleet.positions.models import Fix as StoredFix
from fleet.positions.models import LastPosition
from fleet.vehicles.changes import give_device_to_bus
from telematics.fix import Verdict
from telematics.pipeline import OvertakenError, ingest
from tests.fleet.builders import RULEBOOK, bus, bus_with_device, database_log, device, numbers, store
from tests.fleet.days import arrivals, batches, in_database, in_memory
from tests.telematics.builders import arrival, at, drive, fix
from tests.telematics.memory_log import MemoryLog

pytestmark = pytest.mark.django_db
FEW = settings(max_examples=30, deadline=None)


def remembered(parts, name):
    log = MemoryLog()
    for batch in parts:
        ingest(arrivals(batch, name), log, RULEBOOK)
    return in_memory(log, name)


@given(batches())
@FEW
def test_the_database_says_what_memory_says(parts):
    name, log = f"day-{next(numbers)}", database_log()
    for batch in parts:
        ingest(arrivals(batch, name), log, RULEBOOK)
    assert in_database(name) == remembered(parts, name)


@given(batches())
@FEW
def test_a_dropped_rule_state_is_rebuilt_from_the_reports(parts):
    name = f"day-{next(numbers)}"
    for batch in parts:
        ingest(arrivals(batch, name), database_log(), RULEBOOK)
        LastPosition.objects.filter(device__identifier=name).update(rule_state="")
    assert in_database(name) | {"state": None} == remembered(parts, name) | {"state": None}


def test_a_log_that_was_overtaken_stores_nothing():
    first, second = database_log(), database_log()
    store([fix(0)], "turns", first)
    store([fix(5)], "turns", second)
    with pytest.raises(OvertakenError):
        ingest([arrival(fix(10), "turns"), arrival(fix(0), "bystander")], first, RULEBOOK)
    assert [one.time for one in StoredFix.objects.order_by("time")] == [at(0), at(5)]


def test_a_log_that_would_store_the_very_report_of_another_is_overtaken():
    first, second = database_log(), database_log()
    store([fix(0)], "turns", first)
    store([fix(5)], "turns", second)
    with pytest.raises(OvertakenError):
        store([fix(5)], "turns", first)


def test_a_report_sent_again_is_one_row():
    store([fix(0), fix(5), fix(0), fix(5)], "again")
    store([fix(0), fix(5)], "again")
    assert StoredFix.objects.count() == 2


def test_the_same_report_twice_in_a_batch_is_one_row():
    taken = database_log()
    ingest([arrival(fix(5), "again")], taken, RULEBOOK)
    ingest([arrival(fix(0), "again"), arrival(fix(0), "again")], taken, RULEBOOK)
    assert StoredFix.objects.count() == 2


def test_a_void_report_comes_back_as_it_was():
    absent = dict.fromkeys(("lat", "lon", "course_deg", "satellites", "accuracy_m"))
    void = fix(0, None, raw=b"\x00$GPRMC\xff", verdicts=Verdict.VOID, **absent)
    store([void], "void")
    assert list(in_database("void")["fixes"].values()) == [void]


def test_a_device_that_has_only_sent_voids_has_no_position_and_was_heard():
    store([fix(0, lat=None, lon=None)], "void")
    last = LastPosition.objects.get(device__identifier="void")
    assert (last.position, last.time, last.heard_at) == (None, None, at(0))


def test_a_late_report_withdraws_a_finding():
    log = store([fix(0, 50), fix(5, 70), fix(15, 70), fix(20, 40)], "late")
    found = Finding.objects.get()
    ingest([arrival(fix(10, 50), "late")], log, RULEBOOK)
    assert [one.pk for one in log.stored.withdrawn] == [found.pk]
    assert Finding.objects.get(pk=found.pk).withdrawn_at is not None


def test_a_withdrawn_finding_stands_again_when_a_later_report_restores_it():
    log = store([fix(0, 50), fix(5, 70), fix(30, 70), fix(35, 40)], "late")
    ingest([arrival(fix(20, 50), "late")], log, RULEBOOK)
    assert Finding.objects.get().withdrawn_at is not None
    ingest([arrival(fix(16, 70), "late")], log, RULEBOOK)
    restored = Finding.objects.get()
    assert (restored.started_at, restored.ended_at, restored.withdrawn_at) == (at(5), at(16), None)


def test_findings_belong_to_the_bus_in_which_the_device_was_when_it_sped():
    first, unit = bus_with_device(identifier="moves")
    second = bus()
    give_device_to_bus(device=unit, bus=second, at=at(60))
    store(drive(50, 70, 70, 70, 40), "moves")
    store(drive(50, 70, 70, 70, 40, start_s=100), "moves")
    assert [(one.bus, one.started_at) for one in Finding.objects.order_by("started_at")] == [
        (first, at(5)),
        (second, at(105)),
    ]


def test_only_buses_are_published_and_devices_without_one_are_not():
    made, _ = bus_with_device(identifier="aboard")
    log = database_log()
    ingest([arrival(fix(0), "aboard"), arrival(fix(0), "waiting")], log, RULEBOOK)
    assert list(log.stored.positions) == [made.pk]


def test_a_failed_batch_leaves_no_state_behind():
    log = store([fix(0)], "fails")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ingest([arrival(fix(5), "fails")], log, RULEBOOK)
        raise ZeroDivisionError
    LastPosition.objects.get(device__identifier="fails")
    with pytest.raises(OvertakenError):
        ingest([arrival(fix(10), "fails")], log, RULEBOOK)
    ingest([arrival(fix(10), "fails")], log, RULEBOOK)
    assert [one.time for one in StoredFix.objects.order_by("time")] == [at(0), at(10)]


def test_a_device_made_by_hand_can_report():
    unit = device("by-hand")
    LastPosition.objects.filter(device=unit).delete()
    store([fix(0)], "by-hand")
    assert LastPosition.objects.get(device=unit).heard_at == at(0)


@pytest.mark.parametrize("saved", ["", "{", '{"newest": 7}'])
def test_a_state_that_can_not_be_read_is_rebuilt(saved):
    store(drive(50, 70, 72, 75), "older")
    LastPosition.objects.update(rule_state=saved)
    store([fix(20, 40, metres=300)], "older", database_log())
    assert (Finding.objects.get().started_at, Finding.objects.get().ended_at) == (at(5), at(15))


def test_history_longer_than_a_page_is_read_whole(monkeypatch):
    monkeypatch.setattr("fleet.ingest.log.PAGE", 3)
    store(drive(*[70] * 11), "long")
    LastPosition.objects.update(rule_state="")
    store([fix(55, 70, metres=1000)], "long", database_log())
    assert Finding.objects.get().evidence["reports"] == 12

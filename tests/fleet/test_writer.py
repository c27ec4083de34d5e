"""The writer of a gateway process takes what was overtaken again, and sets aside what no column can hold."""

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import pytest
from django.db import connections
from hypothesis import given, settings

from fleet.findings.models import Finding
from fleet.ingest.writer import UNSTORABLE
from fleet.positions.models import Fix as StoredFix
from telematics.pipeline import ingest
from tests.fleet.builders import RULEBOOK, bus_with_device, numbers, writer
from tests.fleet.days import arrivals, batches, in_database, in_memory
from tests.telematics.builders import arrival, at, drive, fix
from tests.telematics.memory_log import MemoryLog

pytestmark = pytest.mark.django_db(transaction=True)
POISON = {"satellites": 10**30}


def remembered(reports, device):
    log = MemoryLog()
    ingest(arrivals(reports, device), log, RULEBOOK)
    return in_memory(log, device)


def stored_times():
    return [one.time for one in StoredFix.objects.order_by("time")]


@given(batches())
@settings(max_examples=20, deadline=None)
def test_processes_that_take_turns_with_a_device_agree(parts):
    device, processes = f"day-{next(numbers)}", (writer(), writer())
    for number, batch in enumerate(parts):
        processes[number % 2].store(arrivals(batch, device))
    assert in_database(device) == remembered(chain.from_iterable(parts), device)


def test_the_writer_of_an_overtaken_log_takes_the_batch_again():
    processes = writer(), writer()
    for number, report in enumerate(drive(50, 70, 72, 75, 40)):
        processes[number % 2].store([arrival(report, "turns")])
    found = Finding.objects.get()
    assert (found.started_at, found.ended_at) == (at(5), at(15))


def test_two_processes_at_once_store_each_report_once():
    """A device that came back by another gateway while the first one still had its reports."""
    reports = drive(*[50, 70, 72, 75, 40] * 4)

    def process():
        try:
            mine = writer()
            for report in reports:
                mine.store([arrival(report, "twice")])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(process), threads.submit(process)]:
            done.result()
    assert in_database("twice") == remembered(reports, "twice")


@pytest.mark.parametrize("place", [0, 3, 7])
def test_a_report_that_no_column_holds_holds_up_no_other(place):
    reports = drive(*[30] * 8)
    reports[place] = fix(place * 5, metres=reports[place].lon, **POISON)
    writer().store([arrival(report, "poisoned") for report in reports])
    assert stored_times() == [at(second * 5) for second in range(8) if second != place]


def test_a_report_that_can_not_be_stored_is_kept_as_received(own_data_dir):
    writer().store([arrival(fix(0, raw=b"$GPGGA,\xff", **POISON), "poisoned"), arrival(fix(5), "well")])
    (line,) = (own_data_dir / UNSTORABLE).read_text().splitlines()
    kept = json.loads(line)
    assert (kept["device"], bytes.fromhex(kept["raw"])) == ("poisoned", b"$GPGGA,\xff")


@pytest.mark.parametrize(
    "unwritable",
    [{"source": "\ud800"}, {"satellites": 2**63}, pytest.param({"source": "a\0b"}, id="NUL")],
)
def test_no_value_of_a_report_blocks_the_ones_after_it(unwritable):
    mine = writer()
    mine.store([arrival(fix(0, **unwritable), "odd")])
    mine.store([arrival(fix(5), "odd")])
    assert at(5) in stored_times()


def test_what_the_halves_of_a_split_batch_changed_is_published_together():
    first, _ = bus_with_device(identifier="first")
    second, _ = bus_with_device(identifier="second")
    batch = [
        *(arrival(report, "first") for report in drive(50, 70, 72, 75, 40)),
        arrival(fix(0, **POISON), "poisoned"),
        *(arrival(report, "second") for report in drive(50, 70, 72, 75, 40)),
    ]
    stored = writer().store(batch)
    assert stored.positions.keys() == {first.pk, second.pk}
    assert {finding.bus_id for finding in stored.findings} == {first.pk, second.pk}


def test_a_failure_that_is_not_the_reports_is_raised(monkeypatch, own_data_dir):
    from django.db import OperationalError

    def away(*args):
        raise OperationalError

    monkeypatch.setattr("fleet.ingest.writer.ingest", away)
    with pytest.raises(OperationalError):
        writer().store([arrival(fix(0), "waits"), arrival(fix(5), "waits")])
    assert not (own_data_dir / UNSTORABLE).exists()

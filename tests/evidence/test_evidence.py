"""Findings in the chain: sealed when they end, again when they are corrected, and every tampering is pointed at."""

import pytest
from django.db import connection

from fleet.append_only import AppendOnlyError, reverse_statements, statements
from fleet.evidence.models import Chain, EvidenceLink
from fleet.findings.models import Finding
from tests.alarms.builders import episode, tell
from tests.evidence.builders import verified
from tests.fleet.builders import bus as make_bus
from tests.fleet.builders import bus_with_device, store
from tests.telematics.builders import drive

pytestmark = pytest.mark.django_db


@pytest.fixture
def bus():
    made = make_bus()
    tell(made, episode(0))
    tell(made, episode(0), episode(40))
    return made


def test_what_ended_is_sealed_once_and_the_chain_holds(bus):
    tell(bus, episode(0), episode(40))
    assert Chain.objects.get().length == 2
    assert verified()[0] == 0


def test_what_goes_on_is_sealed_when_it_ends():
    made = make_bus()
    tell(made, episode(0, ended_at=None))
    assert not EvidenceLink.objects.exists()
    tell(made, episode(0))
    assert EvidenceLink.objects.count() == 1


def test_a_correction_is_a_further_link_and_nothing_is_forgotten(bus):
    tell(bus, episode(0, peak=45.0), episode(40))
    tell(bus, episode(40))
    assert Chain.objects.get().length == 4
    assert verified()[0] == 0


@pytest.mark.parametrize(("column", "value"), [
    ("peak", 1.0), ("limit", 99.0), ("article", "x"), ("severity", "record"), ("points", 0),
    ("details", {"forged": True}), ("evidence", {}), ("rule", "sos"), ("profile", "x"),
])  # fmt: skip
def test_any_column_that_was_changed_past_the_program_is_seen(bus, column, value):
    tampered = Finding.objects.order_by("pk")[0]
    Finding.objects.filter(pk=tampered.pk).update(**{column: value})
    code, told = verified()
    assert code == 1
    assert f"findings.finding {tampered.pk} does not say what link 1 sealed" in told


def test_a_finding_that_was_slipped_in_is_seen(bus):
    slipped = Finding.objects.order_by("-pk")[0]
    slipped.pk, slipped.subject = None, "bus:999"
    slipped.save()
    code, told = verified()
    assert (code, f"findings.finding {slipped.pk} is in no chain" in told) == (1, True)


def tampered_link(statement):
    """Tamper with links as somebody who can take the triggers away."""
    table = EvidenceLink._meta.db_table
    with connection.cursor() as cursor:
        for each in reverse_statements(table, connection.vendor):
            cursor.execute(each)
        cursor.execute(statement.format(table=table))
        for each in statements(table, connection.vendor):
            cursor.execute(each)


@pytest.mark.parametrize(("statement", "told"), [
    ("UPDATE {table} SET digest = 'x' WHERE number = 1", "link 1 was changed"),
    ("DELETE FROM {table} WHERE number = 1", "link 1 is missing"),
    ("DELETE FROM {table} WHERE number = 2", "links from number 2 on are missing"),
])  # fmt: skip
def test_links_that_were_tampered_with_are_seen(bus, statement, told):
    tampered_link(statement)
    code, text = verified()
    assert (code, told in text) == (1, True)


def test_links_are_written_once(bus):
    with pytest.raises(AppendOnlyError):
        EvidenceLink.objects.update(digest="x")


def test_findings_of_reports_are_sealed_for_who_runs_the_bus():
    made, _ = bus_with_device(identifier="fast")
    store(drive(50, 70, 72, 90, 40), "fast")
    assert Chain.objects.get().organisation == made.operator
    assert verified()[0] == 0

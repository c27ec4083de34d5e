"""Findings in the chain: sealed when they end, again when they are corrected, and every tampering is pointed at."""

import pytest
from django.db import transaction

from fleet.append_only import AppendOnlyError
from fleet.evidence.models import Chain, EvidenceLink
from fleet.findings.models import Finding
from tests.alarms.builders import episode, tell
from tests.evidence.builders import verified, without_triggers
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


def test_a_finding_that_was_slipped_in_is_seen(bus):
    slipped = Finding.objects.order_by("-pk")[0]
    slipped.pk, slipped.subject = None, "bus:999"
    slipped.save()
    code, told = verified()
    assert (code, f"findings.finding {slipped.pk} is in no chain" in told) == (1, True)


def test_a_link_that_was_cut_off_is_seen(bus):
    with transaction.atomic():
        without_triggers(EvidenceLink)
        EvidenceLink._base_manager.filter(number=2)._raw_delete(EvidenceLink.objects.db)
        code, told = verified()
        transaction.set_rollback(True)
    assert (code, "links from number 2 on are missing" in told) == (1, True)


def test_links_are_written_once(bus):
    with pytest.raises(AppendOnlyError):
        EvidenceLink.objects.update(digest="x")


def test_findings_of_reports_are_sealed_for_who_runs_the_bus():
    made, _ = bus_with_device(identifier="fast")
    store(drive(50, 70, 72, 90, 40), "fast")
    assert Chain.objects.get().organisation == made.operator
    assert verified()[0] == 0

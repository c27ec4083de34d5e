"""Retention: old reports go, those that a finding rests on stay, and so do all that are young enough."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fleet.findings.models import Finding
from fleet.positions.models import Fix as StoredFix
from fleet.positions.tasks import purge_expired_fixes
from fleet.vehicles.models import Device
from tests.fleet.builders import device, store
from tests.telematics.builders import at, drive, fix

pytestmark = pytest.mark.django_db


@pytest.fixture
def retention(settings, monkeypatch):
    """Sets the clock so that reports from before a moment have expired."""

    def expire_before(moment):
        monkeypatch.setattr(
            "fleet.positions.tasks.timezone.now",
            lambda: moment + timedelta(days=settings.ENVIRONMENT.retention_days),
        )

    return expire_before


def kept(name):
    return [one.time for one in StoredFix.objects.filter(device__identifier=name).order_by("time")]


def test_reports_older_than_the_retention_are_deleted_and_no_others(retention):
    store([fix(seconds) for seconds in (0, 10, 20)], "old")
    retention(at(10))
    assert purge_expired_fixes() == 1
    assert kept("old") == [at(10), at(20)]


def test_reports_that_a_finding_rests_on_are_kept(retention):
    store(drive(30, 50, 70, 72, 75, 40, 30), "fast")
    store(drive(30, 50, 55, 50, 45, 40, 30), "slow")
    retention(at(86_400))
    assert purge_expired_fixes() == 7 + 4
    finding = Finding.objects.get()
    assert kept("fast") == [at(10), at(15), at(20)]
    assert (finding.started_at, finding.last_at) == (at(10), at(20))
    assert kept("slow") == []


def test_a_purge_leaves_devices_and_findings(retention):
    device("silent")
    store(drive(50, 70, 72, 75, 40), "fast")
    retention(at(86_400))
    purge_expired_fixes()
    assert (Device.objects.count(), Finding.objects.count()) == (2, 1)


def test_a_purge_is_one_statement_however_many_reports_there_are(retention, django_assert_num_queries):
    store([fix(seconds) for seconds in range(20)], "old")
    retention(at(86_400))
    with django_assert_num_queries(1):
        assert purge_expired_fixes() == 20


def test_reports_of_today_outlive_a_purge():
    store([fix(0, time=timezone.now().replace(microsecond=0))], "fresh")
    assert purge_expired_fixes() == 0
    assert len(kept("fresh")) == 1

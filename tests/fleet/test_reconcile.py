"""Findings that are told as a whole story: told again they stay, told otherwise they follow."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from fleet.findings.changes import About, reconcile
from fleet.findings.models import Finding
from telematics.rules.episode import Episode, Records, Severity
from tests.fleet import builders

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def overloading(started_at=NOON, **given):
    story = {
        "rule": "overloading", "started_at": started_at, "last_at": started_at + timedelta(minutes=5),
        "ended_at": None, "peak": 42.0, "limit": 40.0, "unit": "persons", "limit_source": "certified_capacity",
        "article": "第三十四条", "evidence": Records(["boarding:1"]), "severity": Severity.HIGH, "points": 6,
    }  # fmt: skip
    return Episode(**story | given)


def told(*episodes, subject="bus:1", since=NOON - HOUR, until=None, bus=None):
    return reconcile(
        [(About(subject, bus=bus), one) for one in episodes],
        subjects=[subject],
        rules=["overloading"],
        since=since,
        until=until,
        profile="cn-2022",
        now=NOON + HOUR,
        live_for=2 * HOUR,
    )


def test_an_episode_is_stored_with_what_follows_from_it():
    bus = builders.bus()
    [stored], undone = told(overloading(), subject=f"bus:{bus.pk}", bus=bus.pk)
    stored.refresh_from_db()
    assert (stored.bus, stored.points, stored.severity, stored.peak) == (bus, 6, "high", 42.0)
    assert stored.evidence == {"records": ["boarding:1"]}
    assert undone == []


def test_telling_the_same_again_is_no_news():
    told(overloading())
    assert told(overloading()) == ([], [])
    assert Finding.objects.count() == 1


def test_what_changes_is_told_and_keeps_its_row():
    [first], _ = told(overloading())
    [second], undone = told(overloading(peak=45.0, points=12))
    assert (second.pk, undone) == (first.pk, [])
    assert Finding.objects.get().points == 12


def test_what_the_story_no_longer_has_is_withdrawn_and_comes_back_when_it_does():
    told(overloading())
    assert [one.rule for one in told()[1]] == ["overloading"]
    assert Finding.objects.get().withdrawn_at is not None
    assert len(told(overloading())[0]) == 1
    assert Finding.objects.get().withdrawn_at is None


def test_other_subjects_rules_and_times_are_left_alone():
    told(overloading(), subject="bus:1")
    told(overloading(), subject="bus:2")
    told(overloading(NOON + 3 * HOUR), since=NOON + 2 * HOUR)
    told(since=NOON + HOUR, until=NOON + 2 * HOUR)
    assert Finding.objects.filter(withdrawn_at=None).count() == 3


class AnyOrder(TestCase):
    """The last story stands, whatever was told before."""

    @settings(max_examples=30, deadline=None)
    @given(st.lists(st.sets(st.integers(0, 5)), min_size=1, max_size=6))
    def test_what_stands_is_the_last_story(self, stories):
        for story in stories:
            told(*(overloading(NOON + hours * HOUR) for hours in story))
        standing = Finding.objects.filter(withdrawn_at=None).values_list("started_at", flat=True)
        assert set(standing) == {NOON + hours * HOUR for hours in stories[-1]}

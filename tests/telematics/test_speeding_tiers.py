"""Tiers of points: the boundaries, whatever unit the speed came in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telematics.rules.episode import Severity
from telematics.rules.speeding_tiers import (
    CriminalThreshold,
    Excess,
    Fine,
    SpeedingTiers,
    Tier,
    consequence,
)
from telematics.units import kmh_to_mps, knots_to_mps

TIERS = SpeedingTiers(
    expressway=[Tier(0, 6, "高速公路超速未达20%"), Tier(20, 12, "高速公路超速20%以上")],
    other=[Tier(10, 1), Tier(20, 6, "超速20%以上未达50%", "记分管理办法"), Tier(50, 9)],
    fine=Fine(50, 200, 2000, "Art 99"),
    crime_expressway=CriminalThreshold(50, 90),
    crime_elsewhere=CriminalThreshold(100, 60),
    crime_hazard=CriminalThreshold(50, 30),
)


def follows(kmh, limit_kmh=60.0, *, expressway=False, source="", punished_kmh=None):
    return consequence(Excess(kmh_to_mps(kmh), limit_kmh, expressway, source, punished_kmh), TIERS)


@pytest.mark.parametrize(
    ("kmh", "points"),
    [
        (60.1, None), (65.9, None), (65.999, None), (66, 1), (66.1, 1), (71.9, 1), (71.999, 1), (72, 6), (72.1, 6),
        (89.9, 6), (89.999, 6), (90, 9), (90.1, 9), (200, 9),
    ],
)  # fmt: skip
def test_on_other_roads(kmh, points):
    assert follows(kmh).points == points


@pytest.mark.parametrize(
    ("kmh", "points"), [(80.1, 6), (95.9, 6), (95.999, 6), (96, 12), (96.1, 12), (150, 12)]
)
def test_on_expressways(kmh, points):
    assert follows(kmh, 80.0, expressway=True).points == points


@given(st.integers(1, 24), st.sampled_from([10, 20, 50]))
def test_exactly_at_a_boundary_is_in_the_upper_tier_for_every_limit(tens, percent):
    limit_kmh = tens * 5.0
    kmh = limit_kmh * (100 + percent) / 100
    assert follows(kmh, limit_kmh).points == {10: 1, 20: 6, 50: 9}[percent]
    assert follows(kmh - 0.001, limit_kmh).points == {10: None, 20: 1, 50: 6}[percent]


def test_a_speed_in_knots_is_at_the_boundary_too():
    knots = 72 / 1.852
    assert consequence(Excess(knots_to_mps(knots), 60.0, is_expressway=False), TIERS).points == 6


def test_words_of_the_law_and_the_fine_over_half_as_fast_again():
    told = follows(75)
    assert (told.penalty, told.article, told.over_percent) == (
        "超速20%以上未达50%，记6分",
        "记分管理办法",
        25,
    )
    assert follows(90).penalty == "记9分"
    assert follows(90.1).penalty == "记9分，罚款200—2000元"


@pytest.mark.parametrize(
    ("kmh", "severity"),
    [(63, Severity.RECORD), (66, Severity.MEDIUM), (72, Severity.HIGH), (90, Severity.HIGH)],
)
def test_a_warning_without_points_is_for_the_record(kmh, severity):
    assert follows(kmh).severity == severity


@pytest.mark.parametrize(
    ("kmh", "limit_kmh", "expressway", "source", "is_criminal"),
    [
        (120, 80, True, "expressway", True), (119.9, 80, True, "expressway", False), (90, 60, True, "posted", True),
        (88, 50, True, "posted", False), (120, 60, False, "ordinary", True), (119, 60, False, "ordinary", False),
        (59, 20, False, "weather", False), (30, 20, False, "hazard", True), (29, 10, False, "hazard", False),
    ],
)  # fmt: skip
def test_criminal_thresholds_need_share_and_speed(kmh, limit_kmh, expressway, source, is_criminal):
    assert follows(kmh, limit_kmh, expressway=expressway, source=source).is_criminal == is_criminal


def test_by_night_points_are_counted_from_the_limit_of_the_day():
    assert follows(59, 48.0, source="night", punished_kmh=60.0).points is None
    assert follows(80, 64.0, expressway=True, source="night", punished_kmh=80.0).points is None
    told = follows(72, 48.0, source="night", punished_kmh=60.0)
    assert (told.points, told.over_percent) == (6, 50)


def test_a_profile_without_points_gives_none():
    assert consequence(Excess(kmh_to_mps(120), 60.0, is_expressway=False), SpeedingTiers()).points is None

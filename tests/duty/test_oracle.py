"""The rules on driving and rest agree with a slow judge that was written apart, on a real card and on random ones.

`DUTY_CARDS=10000` in the environment makes it as many random cards.
"""

import os
from collections import Counter
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from telematics.duty.card import read_card
from telematics.duty.profiles import NEWEST, shipped_numbers
from telematics.duty.rules import china, european_union, findings, united_states
from tests.duty import oracle
from tests.duty.cards import random_card

CARDS = int(os.environ.get("DUTY_CARDS", "15"))
REAL = Path(__file__).parents[3] / "shared" / "data" / "driver_card" / "activity_changes.csv"
LAWS = {"cn": china, "eu": european_union, "us": united_states}
PROFILES = sorted(LAWS)


def judged(rows, profile, zone):
    rules = LAWS[profile](shipped_numbers(NEWEST[profile]), zone)
    return [
        (
            one.rule.value,
            one.start_s,
            one.end_s,
            one.value_s,
            one.limit_s,
            one.unknown_s,
            one.certain,
        )
        for one in findings(read_card(rows), rules)
    ]


def assert_agreed(rows, profile, zone=UTC):
    found = judged(rows, profile, zone)
    assert len(found) == len(set(found))
    assert set(found) == oracle.judge(oracle.Card.read(rows, zone), profile)
    return found


@pytest.mark.skipif(not REAL.exists(), reason="the recordings of ../shared/data are not here")
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_a_real_card_is_judged_as_by_the_slow_judge(profile, zone):
    assert_agreed(REAL.read_text("utf-8").splitlines(), profile, ZoneInfo(zone) if zone != "UTC" else UTC)


@pytest.mark.parametrize("profile", PROFILES)
def test_random_cards_are_judged_as_by_the_slow_judge(profile):
    told = Counter[str]()
    for seed in range(CARDS):
        told.update(finding[0] for finding in assert_agreed(random_card(seed), profile))
    assert len(told) >= {"cn": 4, "eu": 5, "us": 3}[profile]


@pytest.mark.parametrize("profile", PROFILES)
def test_clocks_that_go_forward_and_back_make_no_difference_of_opinion(profile):
    zone = ZoneInfo("Europe/Berlin")
    for seed in range(100_000, 100_000 + CARDS // 20):
        assert_agreed(random_card(seed), profile, zone)

"""The rules on driving and rest: boundaries, breaks that are too short, and what is not known."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from telematics.duty.left import time_left
from telematics.duty.profiles import NEWEST, shipped_numbers
from telematics.duty.rules import china, european_union, findings, united_states
from tests.duty.timelines import MONDAY, timeline

HOUR = 3600
CN = china(shipped_numbers(NEWEST["cn"]), UTC)
EU = european_union(shipped_numbers(NEWEST["eu"]), UTC)
US = united_states(shipped_numbers(NEWEST["us"]), UTC)


def found(text, rules=CN, start_s=MONDAY + 6 * HOUR):
    return findings(timeline(text, start_s), rules)


def names(text, rules=CN, start_s=MONDAY + 6 * HOUR):
    return [one.rule.value for one in found(text, rules, start_s)]


@pytest.mark.parametrize(
    "text",
    [
        "D4h",
        "D4h R20m D4h",
        "D2h W3h D2h",
        "D3h59m R19m59s D1m",
    ],
)
def test_four_hours_and_a_rest_of_twenty_minutes_are_lawful(text):
    assert names(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "D4h1s",
        "D4h R19m59s D1s",
        "D2h R10m D1h R19m D1h1m",
        "D2h W40m D2h1m",
        "D2h A40m D2h1m",
    ],
)
def test_what_is_no_rest_of_twenty_minutes_does_not_reset_the_clock(text):
    assert names(text) == ["continuous_driving"]


def test_an_episode_goes_from_the_first_driving_to_the_last():
    (one,) = found("W10m D3h R19m D2h W1h R20m D1h")
    start_s = MONDAY + 6 * HOUR + 600
    assert (one.start_s, one.end_s) == (start_s, start_s + 5 * HOUR + 19 * 60)
    assert (one.value_s, one.limit_s) == (5 * HOUR, 4 * HOUR)
    assert one.over_at_s == start_s + 4 * HOUR + 19 * 60
    assert one.certain and one.unknown_s == 0


def test_a_gap_is_no_rest_but_makes_the_finding_uncertain():
    (one,) = found("D2h ?1h D2h1m")
    assert (one.value_s, one.unknown_s, one.certain) == (4 * HOUR + 60, HOUR, False)


def test_a_gap_shorter_than_a_rest_leaves_the_finding_certain():
    (one,) = found("D2h ?19m D2h1m")
    assert (one.unknown_s, one.certain) == (19 * 60, True)


def test_a_gap_beside_a_short_rest_may_have_been_a_long_one():
    (one,) = found("D2h R10m ?10m D2h1m")
    assert not one.certain


def test_too_much_after_the_gap_is_certain():
    (one,) = found("D2h ?1h D4h1m")
    assert one.certain


def test_driving_at_night_is_counted_from_its_beginning_to_its_end():
    (one,) = found("D3h10m R20m D1h", start_s=MONDAY + 21 * HOUR)
    assert (one.rule.value, one.start_s) == ("night_driving", MONDAY + 22 * HOUR)
    assert one.value_s == 2 * HOUR + 600


def test_two_hours_at_night_are_lawful_and_a_rest_makes_room_for_two_more():
    assert names("D2h R20m D2h R20m D2h", start_s=MONDAY + 22 * HOUR) == []


def test_night_is_told_by_local_clocks():
    shanghai = china(shipped_numbers(NEWEST["cn"]), ZoneInfo("Asia/Shanghai"))
    assert names("D2h1m", shanghai, start_s=MONDAY + 14 * HOUR) == ["night_driving"]
    assert names("D2h1m", shanghai, start_s=MONDAY + 22 * HOUR) == []


def test_eight_hours_in_any_twenty_four():
    assert names("D4h R1h D4h R15h D4h R1h D4h") == []
    assert names("D4h R1h D4h R10h D1m") == ["daily_driving"]
    (one,) = found("D4h R1h D4h R10h D1h")
    assert (one.value_s, one.start_s) == (9 * HOUR, MONDAY + 6 * HOUR)
    assert one.over_at_s == MONDAY + 25 * HOUR


def test_forty_four_hours_in_any_seven_days():
    days = "D4h R1h D4h R15h " * 5
    assert names(days + "D4h") == []
    (one,) = found(days + "D4h R1h D1s")
    assert (one.rule.value, one.value_s) == ("weekly_driving", 44 * HOUR + 1)


def test_the_early_morning_ban_is_for_whom_it_is_switched_on():
    banned = china(shipped_numbers(NEWEST["cn"]), UTC, early_morning_ban=True)
    assert names("D30m", start_s=MONDAY + 2 * HOUR) == []
    assert names("D30m", banned, start_s=MONDAY + 2 * HOUR) == ["early_morning_driving"]


def test_a_break_of_the_european_union_may_be_split_the_shorter_part_first():
    assert names("D2h R15m D2h30m R30m D4h R9h", EU) == []
    assert names("D2h R30m D2h30m R15m D1h R9h", EU) == ["continuous_driving"]
    assert names("D4h30m R44m D1m", EU) == ["continuous_driving"]


def test_a_day_of_ten_hours_is_lawful_twice_a_week():
    ten = "D4h30m R45m D4h30m R45m D1h R11h "
    assert names(ten * 2, EU) == []
    (one,) = found(ten * 3, EU)
    assert (one.rule.value, one.value_s, one.limit_s) == ("daily_driving", 10 * HOUR, 9 * HOUR)


def test_more_than_ten_hours_are_never_lawful():
    (one,) = found("D4h30m R45m D4h30m R45m D1h1s R11h", EU)
    assert (one.rule.value, one.limit_s) == ("daily_driving", 10 * HOUR)


def test_rest_has_to_come_within_a_day():
    assert names("W13h R11h", EU) == []
    assert "daily_rest" in names("W15h1m R11h R24h", EU)
    assert names("W6h R3h W6h R9h R24h", EU) == []


def test_a_reduced_rest_is_lawful_three_times_between_weekly_rests():
    day = "W15h R9h "
    assert names(day * 3 + "R24h W1h", EU) == []
    assert names(day * 4 + "R24h W1h", EU).count("daily_rest") == 1


def test_a_weekly_rest_is_due_after_six_days():
    day = "W13h R11h "
    assert names("W1h R48h " + day * 6 + "R48h W1h", EU) == []
    assert names("W1h R48h " + day * 7 + "R48h W1h", EU) == ["weekly_rest"]


def test_a_card_in_a_drawer_parts_days_without_being_told_as_missing_rest():
    assert names("D4h30m R45m D4h R45m ?15h D4h30m R45m D4h", EU) == []


def test_ten_hours_after_eight_off():
    assert names("D10h R8h D10h", US) == []
    assert names("D10h R7h59m D1m", US) == ["daily_driving"]


def test_no_driving_after_fifteen_hours_on_duty():
    assert names("D5h W10h R8h", US) == []
    (one,) = found("W15h R1h D1m", US)
    assert (one.rule.value, one.value_s, one.limit_s) == ("duty_window", 15 * HOUR + 60, 15 * HOUR)


def test_no_driving_after_sixty_hours_on_duty_in_seven_days():
    days = "W12h R12h " * 5
    assert names(days + "W1h", US, MONDAY) == []
    assert names(days + "D1m", US, MONDAY) == ["weekly_on_duty"]
    daily = united_states(shipped_numbers(NEWEST["us"]), UTC, runs_every_day=True)
    assert names(days + "D1m", daily, MONDAY) == []


def left(text, rules=CN, later_s=0):
    given = timeline(text)
    return {one.rule.value: one.left_s for one in time_left(given, rules, given[-1].end_s + later_s)}


def test_time_left_is_what_the_tightest_rule_allows():
    assert left("D3h")["continuous_driving"] == HOUR
    assert left("D3h R20m")["continuous_driving"] == 4 * HOUR
    assert left("D4h R20m D3h50m") == {
        "continuous_driving": 600,
        "daily_driving": 600,
        "night_driving": 9 * HOUR + 50 * 60,
    }
    assert left("D4h R20m D4h")["daily_driving"] == 0


def test_time_left_grows_again_while_old_driving_leaves_the_day():
    assert left("D4h R1h D4h R15h")["daily_driving"] == 4 * HOUR
    assert left("D4h R1h D4h R14h")["daily_driving"] == 0


def test_driving_for_the_time_left_is_lawful_and_a_second_more_is_not():
    given = "D4h R30m D2h R15m D30m"
    tightest_s = min(left(given).values())
    assert names(f"{given} D{tightest_s}s") == []
    assert names(f"{given} D{tightest_s + 1}s") != []

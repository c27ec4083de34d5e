"""Every form of `maxspeed` that the map has, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telematics.osm.maxspeed import WALKING_KMH, Kind, Posted, parse_maxspeed, parse_zone


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("50", 50.0), (" 50 ", 50.0), ("5", 5.0), ("110", 110.0), ("7.5", 7.5),
        ("50 km/h", 50.0), ("50km/h", 50.0), ("50 kmh", 50.0), ("50 kph", 50.0), ("50 KM/H", 50.0),
        ("30 mph", 48.28032), ("30mph", 48.28032), ("5 MPH", 8.04672), ("70 mph", 112.65408),
        ("10 knots", 18.52),
    ],
)  # fmt: skip
def test_numbers_with_and_without_unit(text, kmh):
    found = parse_maxspeed(text)
    assert found is not None
    assert found.kind is Kind.NUMBER
    assert found.kmh == pytest.approx(kmh)


@pytest.mark.parametrize(
    ("text", "posted"),
    [
        ("none", Posted(Kind.NONE)),
        ("None", Posted(Kind.NONE)),
        ("signals", Posted(Kind.SIGNALS)),
        ("variable", Posted(Kind.VARIABLE)),
        ("walk", Posted(Kind.WALK, WALKING_KMH)),
    ],
)
def test_words(text, posted):
    assert parse_maxspeed(text) == posted


@pytest.mark.parametrize(
    ("text", "posted"),
    [
        ("DE:urban", Posted(Kind.ZONE, 50, True)),
        ("DE:rural", Posted(Kind.ZONE, 100, False)),
        ("de:Rural", Posted(Kind.ZONE, 100, False)),
        ("DE:motorway", Posted(Kind.NONE)),
        ("DE:living_street", Posted(Kind.ZONE, WALKING_KMH, True)),
        ("DE:zone:30", Posted(Kind.ZONE, 30, True)),
        ("DE:zone30", Posted(Kind.ZONE, 30, True)),
        ("DE:30", Posted(Kind.ZONE, 30, True)),
        ("NO:zone30", Posted(Kind.ZONE, 30, True)),
        ("GB:zone20", Posted(Kind.ZONE, 20 * 1.609344, True)),
        ("GB:nsl_single", Posted(Kind.ZONE, 60 * 1.609344, None)),
        ("GB:nsl_dual", Posted(Kind.ZONE, 70 * 1.609344, None)),
        ("FI:urban", Posted(Kind.ZONE, 50, True)),
        ("BE-VLG:rural", Posted(Kind.ZONE, 70, False)),
        ("BE-WAL:rural", Posted(Kind.ZONE, 90, False)),
        ("CN:urban", Posted(Kind.ZONE, None, True)),
        ("CN:rural", Posted(Kind.ZONE, None, False)),
        ("CN-SH:urban", Posted(Kind.ZONE, None, True)),
    ],
)
def test_what_a_country_s_zone_implies(text, posted):
    assert parse_maxspeed(text) == posted
    assert parse_zone(text) == posted


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "0", "-50", "50;70", "50; 70", "50|70", "50 @ (22:00-06:00)", "fast", "5O", "50 mph/h", "50 m/s",
        "1000", "250", "30 mphs", "50,5", "DE:", ":urban", "DE:nowhere", "XX:urban", "urban", "50 km", "５０", "no",
        "DE:zone:0", "DE:zone:999",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_not_guessed(text):
    assert parse_maxspeed(text) is None


@pytest.mark.parametrize("text", ["sign", "markings", "50", "", "zone", "NO:nowhere"])
def test_what_names_no_zone(text):
    assert parse_zone(text) is None


@given(st.text(max_size=20))
def test_any_text_is_a_limit_that_a_road_can_have_or_none(text):
    found = parse_maxspeed(text)
    assert found is None or found.kmh is None or 0 < found.kmh <= 200


@given(st.integers(1, 124))
def test_miles_are_exact(mph):
    found = parse_maxspeed(f"{mph} mph")
    assert found is not None
    assert found.kmh == mph * 1.609344

"""What was measured, in the words of both languages."""

import pytest
from django.utils import translation

from fleet.findings.words import in_words


@pytest.mark.parametrize(
    ("value", "unit", "english", "chinese"),
    [
        (40 / 3.6, "m/s", "40 km/h", "40 km/h"),
        (1.0, "people", "1 person", "1人"),
        (12.0, "people", "12 persons", "12人"),
        (5.0, "min", "5 min", "5 分钟"),
        (None, "people", "", ""),
    ],
)
def test_a_number_has_the_unit_that_people_use(value, unit, english, chinese):
    with translation.override("en"):
        assert in_words(value, unit) == english
    with translation.override("zh-hans"):
        assert in_words(value, unit) == chinese

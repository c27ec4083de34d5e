"""The gate's words: every code and every cure has its sentence, and none too many."""

from django.utils import translation

from fleet.dispatch.law import CONDITIONS
from fleet.dispatch.words import CURES, WRONG, cure_in_words, wrong_in_words


def test_every_condition_and_cure_is_said_in_words_of_its_own():
    assert set(WRONG) == {condition.code for condition in CONDITIONS}
    assert set(CURES) == {condition.cure for condition in CONDITIONS}
    assert len({str(words) for words in WRONG.values()}) == len(WRONG)


def test_what_is_unknown_is_said_to_be():
    refusal = {"code": "hammer_missing", "cure": "fit_equipment", "unknown": True}
    with translation.override("en"):
        assert wrong_in_words(refusal).startswith("Not known to be otherwise: ")
        assert not wrong_in_words({**refusal, "unknown": False}).startswith("Not known")
        assert cure_in_words(refusal) == "Fit it in working order, and record it."

"""The pictures in the documents show what the rules do now."""

from xml.etree import ElementTree

import pytest

from tests.rules_pictures.__main__ import FOLDER, PICTURES


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_shows_what_its_rule_does_now(name):
    drawn = PICTURES[name]().svg()
    assert ElementTree.fromstring(drawn).tag.endswith("svg")  # noqa: S314  (drawn here)
    kept = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert drawn == kept, "run script/rule-pictures"

"""The documents show every rule, as it is now: its picture, its states, its numbers and what sets them."""

from xml.etree import ElementTree

import pytest

from fleet.findings.models import LimitSource, Rule
from telematics.duty.finding import DutyRule
from telematics.rules import device, misdated
from telematics.rules.trip import day
from tests.rules_pictures import sections
from tests.rules_pictures.__main__ import DOCUMENTS, FOLDER, SCENES

NO_RULE = {"gate_override"}
"""What two people decide, and no rule finds."""


@pytest.mark.parametrize("name", SCENES)
def test_a_picture_shows_what_its_rule_does_now(name):
    drawn = SCENES[name].timeline().svg()
    assert ElementTree.fromstring(drawn).tag.endswith("svg")  # noqa: S314  (drawn here)
    kept = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert drawn == kept, "run script/rule-pictures"


@pytest.mark.parametrize("name", SCENES)
def test_a_picture_shows_its_rule_calm_and_finding_something(name):
    scene = SCENES[name]
    assert not scene.frames[0].found
    assert [one.rule for one in scene.episodes] == [name] * len(scene.episodes)
    assert scene.episodes


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_a_document_tells_what_its_rules_are_now(document):
    assert sections.written(document, DOCUMENTS[document]) == document.read_text(encoding="utf-8"), (
        "run script/rule-pictures"
    )


def test_every_rule_that_the_code_knows_has_a_picture_and_a_section():
    known = device.RULES | {misdated.RULE} | day.RULES | {one.value for one in DutyRule} | set(Rule.values)
    assert known - NO_RULE == SCENES.keys()
    assert {one.stem for one in FOLDER.glob("*.svg")} == SCENES.keys()


@pytest.mark.parametrize("name", SCENES)
def test_what_sets_a_limit_has_a_name(name):
    assert {one.limit_source for one in SCENES[name].episodes} <= set(LimitSource.values)

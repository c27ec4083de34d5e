"""What a guardian may take away of the child, ask to be corrected, and what the school answers."""

import json
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from fleet.audit.models import AccessRecord, Action
from fleet.pupils.absences import report_absence
from fleet.pupils.changes import add_authorised_adult, answer_correction, ask_for_correction
from fleet.pupils.consents import Purpose
from fleet.pupils.corrections import Outcome
from fleet.pupils.disclosure import child_data_json, child_data_pdf
from fleet.pupils.linking import withdraw_consent
from fleet.records import RecordError
from tests.fleet.builders import person
from tests.pupils.builders import assigned, linked, pupil, teacher
from tests.routes.builders import route

pytestmark = pytest.mark.django_db


def test_a_guardian_takes_away_all_that_is_kept_and_it_is_logged(where):
    child = pupil(where, "王小明")
    guardian = linked(where, child, person(full_name="王妈妈")).guardian
    linked(where, child, person(full_name="王爸爸"))
    assigned(where, child, route(where.school).patterns.get(), since=date(2026, 9, 1))
    report_absence(pupil=child, first_day=timezone.localdate(), by=where.principal, reason="fever")
    add_authorised_adult(pupil=child, name="外婆", by=guardian)
    found = json.loads(child_data_json(child, by=guardian))
    assert [row["Name"] for row in found["pupil"]] == ["王小明"]
    assert [row["Stop"] for row in found["stops"]] == ["村口"]
    assert [row["Reason"] for row in found["absences"]] == ["fever"]
    assert [row["Name"] for row in found["adults"]] == ["外婆"]
    assert len(found["consents"]) == len(Purpose)
    assert len(found["guardians"]) == 2
    assert "王爸爸" not in str(found)
    assert child_data_pdf(child, by=guardian).startswith(b"%PDF")
    assert AccessRecord.objects.filter(person=guardian, action=Action.EXPORT, object_id=child.pk).count() == 2


def test_nobody_else_and_nobody_any_more_takes_it_away(where):
    child = pupil(where)
    guardian = linked(where, child).guardian
    withdraw_consent(child, Purpose.RIDES, by=guardian)
    for someone in (guardian, person(), teacher(where), where.principal):
        with pytest.raises(PermissionDenied):
            child_data_json(child, by=someone)
    assert not AccessRecord.objects.exists()


def test_a_request_is_asked_by_a_guardian_and_answered_once_by_the_school(where):
    child = pupil(where)
    guardian = linked(where, child).guardian
    with pytest.raises(PermissionDenied):
        ask_for_correction(pupil=child, wish="x", by=person())
    with pytest.raises(ValidationError):
        ask_for_correction(pupil=child, wish="", by=guardian)
    wish = ask_for_correction(pupil=child, wish="The name is wrong", by=guardian)
    with pytest.raises(PermissionDenied):
        answer_correction(wish, outcome=Outcome.DONE, answer="ok", by=guardian)
    with pytest.raises(RecordError):
        answer_correction(wish, outcome=Outcome.REFUSED, answer=" ", by=where.principal)
    done = answer_correction(wish, outcome=Outcome.DONE, answer="Mended", by=where.principal)
    assert done.answered_at
    with pytest.raises(RecordError):
        answer_correction(wish, outcome=Outcome.REFUSED, answer="no", by=where.principal)

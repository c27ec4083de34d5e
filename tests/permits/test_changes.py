"""Applications from the first day to the decision."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from fleet.organisations.models import Role
from fleet.permits.changes import (
    apply_for_change,
    apply_for_permit,
    decide,
    hand_in_document,
    judge_document,
    record_step,
    revoke_permit,
)
from fleet.permits.models import (
    ApplicationKind,
    CardState,
    DocumentKind,
    DocumentState,
    PermitState,
    Stage,
    UsePermit,
)
from fleet.permits.queries import timeline
from fleet.records import RecordError
from tests.fleet.builders import bus, person
from tests.permits.builders import APPLIED, BETWEEN, TODAY, District, days

pytestmark = pytest.mark.django_db


@pytest.fixture
def district() -> District:
    return District()


def test_a_permit_is_granted_after_every_step_and_document(district):
    permit = district.permit()
    assert permit.state == PermitState.GRANTED
    assert [step.stage for step in permit.applications.get().steps.all()] == list(Stage.values)


@pytest.mark.parametrize("stage", BETWEEN[1:])
def test_a_step_can_not_be_skipped(district, stage):
    application = district.application()
    with pytest.raises(RecordError):
        district.take_steps(application, stage)


def test_a_step_is_taken_once(district):
    application = district.application()
    district.take_steps(application, Stage.CONSULTED)
    with pytest.raises(RecordError):
        district.take_steps(application, Stage.CONSULTED)
    assert application.steps.count() == 2


def test_a_step_is_not_before_the_one_that_it_waits_for(district):
    application = district.application()
    with pytest.raises(ValidationError) as refusal:
        record_step(
            application=application,
            stage=Stage.CONSULTED,
            done_on=APPLIED - datetime.timedelta(days=1),
            favourable=True,
            by=district.administrator,
        )
    assert "done_on" in refusal.value.message_dict


def test_who_is_against_it_gives_the_reason(district):
    application = district.application()
    with pytest.raises(ValidationError) as refusal:
        record_step(
            application=application,
            stage=Stage.CONSULTED,
            done_on=TODAY,
            favourable=False,
            by=district.administrator,
        )
    assert "note" in refusal.value.message_dict


def test_no_approval_while_a_document_is_missing(district):
    application = district.application()
    district.take_steps(application)
    with pytest.raises(RecordError):
        decide(
            application=application,
            approved=True,
            decided_on=TODAY,
            number="1",
            valid_from=TODAY,
            valid_until=days(10),
            by=district.administrator,
        )
    application.refresh_from_db()
    assert application.approved is None


def test_a_refusal_needs_its_reason_and_no_documents(district):
    application = district.application()
    district.take_steps(application)
    given = {"application": application, "approved": False, "decided_on": TODAY, "by": district.administrator}
    with pytest.raises(ValidationError):
        decide(**given)
    decide(**given, note="线路临水")
    assert UsePermit.objects.get().state == PermitState.REFUSED


def test_a_grant_without_a_period_writes_nothing(district):
    application = district.application()
    district.accept_documents(application)
    district.take_steps(application)
    with pytest.raises(ValidationError) as refusal:
        decide(
            application=application, approved=True, decided_on=TODAY, number="1", by=district.administrator
        )
    assert set(refusal.value.message_dict) == {"valid_from", "valid_until"}
    application.refresh_from_db()
    assert application.approved is None
    assert not application.steps.filter(stage=Stage.DECISION).exists()


def test_a_decided_application_takes_nothing_more(district):
    permit = district.permit()
    application = permit.applications.get()
    with pytest.raises(RecordError):
        hand_in_document(
            application=application,
            kind=DocumentKind.INSPECTION,
            received_on=TODAY,
            by=district.coordinator,
        )
    with pytest.raises(RecordError):
        decide(application=application, approved=False, decided_on=TODAY, note="x", by=district.administrator)


def test_a_rejected_document_is_replaced_by_another(district):
    application = district.application()
    given = {"application": application, "kind": DocumentKind.INSPECTION, "received_on": APPLIED}
    first = hand_in_document(**given, by=district.coordinator)
    judge_document(document=first, accepted=False, judged_on=TODAY, note="看不清", by=district.administrator)
    with pytest.raises(RecordError):
        judge_document(document=first, accepted=True, judged_on=TODAY, by=district.administrator)
    second = hand_in_document(**given, by=district.coordinator)
    judge_document(document=second, accepted=True, judged_on=TODAY, by=district.administrator)
    states = [one.state for one in application.documents.all()]
    assert states == [DocumentState.REJECTED, DocumentState.ACCEPTED]


def test_a_bus_is_in_one_permit(district):
    district.application()
    with pytest.raises(ValidationError) as refusal:
        district.application()
    assert "buses" in refusal.value.message_dict


def test_the_bus_of_another_is_refused(district):
    with pytest.raises(ValidationError) as refusal:
        district.application(bus())
    assert "buses" in refusal.value.message_dict
    assert not UsePermit.objects.exists()


def test_a_change_of_vehicle_puts_the_new_bus_into_the_permit(district):
    permit, new = district.permit(), district.another_bus()
    application = apply_for_change(
        permit=permit,
        kind=ApplicationKind.VEHICLE,
        bus=district.bus,
        new_bus=new,
        details="更换车辆",
        applied_on=APPLIED,
        by=district.coordinator,
    )
    district.approve(application)
    assert list(permit.buses.all()) == [new]


def test_a_change_waits_for_the_one_before(district):
    permit = district.permit()
    given = {
        "permit": permit,
        "kind": ApplicationKind.DRIVER,
        "bus": district.bus,
        "details": "更换驾驶人",
        "applied_on": APPLIED,
        "by": district.coordinator,
    }
    apply_for_change(**given)
    with pytest.raises(RecordError):
        apply_for_change(**given)


def test_a_permit_is_revoked_with_its_cards(district):
    permit = district.permit()
    district.inspect(days(90))
    card = district.card(permit)
    revoke_permit(permit=permit, revoked_on=TODAY, reason="超员", by=district.administrator)
    card.refresh_from_db()
    permit.refresh_from_db()
    assert (permit.state, card.state) == (PermitState.REVOKED, CardState.REVOKED)


def test_a_coordinator_applies_but_does_not_decide(district):
    application = district.application()
    with pytest.raises(PermissionDenied):
        record_step(
            application=application,
            stage=Stage.CONSULTED,
            done_on=TODAY,
            favourable=True,
            by=district.coordinator,
        )


def test_a_principal_does_not_apply(district):
    with pytest.raises(PermissionDenied):
        apply_for_permit(
            applicant=district.school,
            buses=[district.bus],
            applied_on=TODAY,
            by=person(Role.PRINCIPAL, district.school),
        )


def test_a_step_that_is_late_is_shown_so(district):
    application = district.application()
    application.steps.update(done_on=datetime.date(2026, 3, 2))
    due = datetime.date(2026, 3, 5)

    def consulted(today):
        return next(one for one in timeline(application, today) if one.stage == Stage.CONSULTED)

    assert consulted(due).due_on == due
    assert consulted(due).is_open
    assert not consulted(due).is_overdue
    assert consulted(due + datetime.timedelta(days=1)).is_overdue
    record_step(
        application=application,
        stage=Stage.CONSULTED,
        done_on=due + datetime.timedelta(days=4),
        favourable=True,
        by=district.administrator,
    )
    assert consulted(due).is_overdue
    assert not consulted(due).is_open


def test_a_deadline_in_a_year_without_notice_is_told_as_unknown(district):
    application = district.application()
    application.steps.update(done_on=datetime.date(2040, 1, 4))
    consulted = next(one for one in timeline(application, TODAY) if one.stage == Stage.CONSULTED)
    assert consulted.unknown_year == 2040
    assert not consulted.is_overdue


def test_the_history_says_who_and_why(district):
    permit = district.permit()
    newest = permit.history.first()
    assert newest.history_user == district.administrator
    assert newest.history_change_reason

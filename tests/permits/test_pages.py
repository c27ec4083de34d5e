"""Pages of permits: the whole way from an application to the printed card, and who may go it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fleet.audit.models import AccessRecord, Action
from fleet.organisations.models import Kind, Role
from fleet.permits.changes import hand_in_document
from fleet.permits.models import CardState, DocumentKind, PermitState, PlateCard, Stage, UsePermit
from fleet.permits.permissions import DECIDE
from tests.fleet.builders import organisation, person
from tests.permits.builders import APPLIED, BETWEEN, TODAY, District, days
from web.registry.permits_views import WHO_RECORDS

pytestmark = pytest.mark.django_db


@pytest.fixture
def district() -> District:
    return District()


def accesses(person) -> dict[str, set[int]]:
    """The drivers whose records a person looked at, by how."""
    found = AccessRecord.objects.filter(person=person, kind="people.driver")
    return {
        action: set(found.filter(action=action).values_list("object_id", flat=True))
        for action in set(found.values_list("action", flat=True))
    }


def send(client, page: str, *args, **fields):
    response = client.post(reverse(page, args=args), fields)
    assert response.status_code == 302, response.context["form"].errors
    return response


def test_from_the_application_to_the_printed_card(client, district):
    client.force_login(district.administrator)
    district.inspect(days(90))
    driver = district.driver()
    send(
        client,
        "permit_new",
        applicant=district.operator.pk,
        buses=[district.bus.pk],
        applied_on=APPLIED,
    )
    permit = UsePermit.objects.get()
    application = permit.applications.get()
    for kind in DocumentKind.values:
        send(client, "permit_document_new", application.pk, kind=kind, received_on=APPLIED)
    for document in application.documents.all():
        send(client, "permit_document_judge", document.pk, accepted="yes", judged_on=TODAY)
    for stage in BETWEEN:
        send(client, "permit_step_new", application.pk, stage.value, favourable="yes", done_on=APPLIED)
    send(
        client,
        "permit_step_new",
        application.pk,
        Stage.DECISION.value,
        approved="yes",
        decided_on=TODAY,
        number="许字1号",
        valid_from=TODAY,
        valid_until=days(700),
    )
    send(
        client,
        "plate_card_new",
        permit.pk,
        district.bus.pk,
        number="BP1",
        issuer="县公安局",
        issued_on=TODAY,
        owner="校车公司",
        drivers=[driver.pk],
        route=district.route.pk,
        times="6:40-7:30\n16:30至17:20",
        stops="村口\n学校",
    )
    card = PlateCard.objects.get()
    assert card.times == [["06:40", "07:30"], ["16:30", "17:20"]]
    assert card.valid_until == days(90)
    printed = client.get(reverse("plate_cards_print", args=[permit.pk]))
    assert printed["Content-Type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF")
    assert accesses(district.administrator) == {Action.PRINT: {driver.pk}}
    page = client.get(reverse("permit_detail", args=[permit.pk])).content.decode()
    assert card.number in page
    assert driver.name in page
    page = client.get(reverse("plate_card_detail", args=[card.pk])).content.decode()
    assert driver.name in page
    assert "村口 → 学校" in page
    assert accesses(district.administrator)[Action.VIEW] == {driver.pk}


def test_what_can_not_be_right_is_told_at_its_field_and_nothing_is_kept(client, district):
    client.force_login(district.administrator)
    district.inspect(days(90))
    permit = district.permit()
    response = client.post(
        reverse("plate_card_new", args=[permit.pk, district.bus.pk]),
        {
            "number": "BP1",
            "issuer": "县公安局",
            "issued_on": TODAY,
            "owner": "校车公司",
            "drivers": [district.driver(valid_until=days(-1)).pk],
            "route": district.route.pk,
            "times": "06:40-07:30",
            "stops": "村口",
        },
    )
    assert set(response.context["form"].errors) == {"drivers"}
    assert not PlateCard.objects.exists()


@pytest.mark.parametrize("line", ["morning", "25:00-26:00", "06:40"])
def test_a_run_that_can_not_be_is_told(client, district, line):
    client.force_login(district.administrator)
    permit = district.permit()
    response = client.post(reverse("plate_card_new", args=[permit.pk, district.bus.pk]), {"times": line})
    assert line in str(response.context["form"].errors["times"])


def test_a_skipped_step_is_refused_on_the_page(client, district):
    client.force_login(district.administrator)
    application = district.application()
    response = client.post(
        reverse("permit_step_new", args=[application.pk, "opinion"]), {"favourable": "yes", "done_on": TODAY}
    )
    assert response.context["form"].non_field_errors()
    assert application.steps.count() == 1


def test_a_card_is_reported_lost(client, district):
    client.force_login(district.coordinator)
    district.inspect(days(90))
    card = district.card(district.permit())
    send(client, "plate_card_end", card.pk, state="lost", ended_on=TODAY, reason="遗失")
    card.refresh_from_db()
    assert card.state == CardState.LOST


def test_a_change_and_a_revocation_by_their_pages(client, district):
    client.force_login(district.administrator)
    permit = district.permit()
    send(
        client,
        "permit_change",
        permit.pk,
        kind="driver",
        bus=district.bus.pk,
        details="换人",
        applied_on=TODAY,
    )
    assert permit.applications.count() == 2
    send(client, "permit_revoke", permit.pk, revoked_on=TODAY, reason="严重违法")
    permit.refresh_from_db()
    assert permit.state == PermitState.REVOKED


def test_the_list_is_searched_and_filtered(client, district):
    permit = district.permit()
    district.application(district.another_bus())
    client.force_login(district.coordinator)
    page = client.get(reverse("permit_list"))
    assert len(page.context["table"].rows) == 2
    assert len(client.get(reverse("permit_list"), {"q": permit.number}).context["table"].rows) == 1
    assert len(client.get(reverse("permit_list"), {"q": district.bus.plate}).context["table"].rows) == 1
    assert len(client.get(reverse("permit_list"), {"state": "applied"}).context["table"].rows) == 1


def test_a_longer_list_takes_no_more_queries(client, district):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("permit_list"))
        return len(captured)

    district.application()
    client.force_login(district.coordinator)
    client.get(reverse("permit_list"))
    few = queries()
    for _ in range(4):
        district.application(district.another_bus(), district.another_bus())
    assert queries() == few


def test_who_reaches_neither_applicant_nor_bus_sees_nothing(client, district):
    permit = district.permit()
    client.force_login(person(Role.ADMINISTRATOR, organisation()))
    assert len(client.get(reverse("permit_list")).context["table"].rows) == 0
    for page in ("permit_detail", "permit_change", "permit_revoke", "plate_cards_print"):
        assert client.get(reverse(page, args=[permit.pk])).status_code == 404
    application = permit.applications.get()
    assert client.get(reverse("permit_step_new", args=[application.pk, "opinion"])).status_code == 404
    assert client.get(reverse("permit_document_new", args=[application.pk])).status_code == 404


def test_a_principal_reads_and_changes_nothing(client, district):
    permit = district.permit()
    client.force_login(person(Role.PRINCIPAL, district.school))
    assert client.get(reverse("permit_detail", args=[permit.pk])).status_code == 200
    assert client.get(reverse("permit_new")).status_code == 403
    for page in ("permit_change", "permit_revoke", "plate_cards_print"):
        assert client.get(reverse(page, args=[permit.pk])).status_code == 403
    assert client.get(reverse("plate_card_new", args=[permit.pk, district.bus.pk])).status_code == 403


def test_a_document_is_downloaded_by_who_sees_the_permit(client, district, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(district.coordinator)
    application = district.application()
    send(
        client,
        "permit_document_new",
        application.pk,
        kind="inspection",
        received_on=TODAY,
        document=SimpleUploadedFile("report.pdf", b"%PDF-1.7 a report"),
    )
    document = application.documents.get()
    address = reverse("permit_document", args=[document.pk])
    assert b"".join(client.get(address).streaming_content) == b"%PDF-1.7 a report"
    assert AccessRecord.objects.filter(
        person=district.coordinator, action=Action.DOCUMENT, object_id=document.pk
    ).exists()
    client.force_login(person(Role.PRINCIPAL, district.school))
    assert client.get(address).status_code == 404
    client.force_login(person(Role.ADMINISTRATOR, organisation()))
    assert client.get(address).status_code == 404


def test_each_does_their_own_part_and_is_told_who_does_the_rest(client, district):
    inspector = person(Role.INSPECTOR, organisation(Kind.SUPERVISOR, district.district))
    police = person(Role.POLICE_OFFICER, organisation(Kind.POLICE, district.district))
    application = district.application()
    detail = reverse("permit_detail", args=[application.permit.pk])
    step = [reverse("permit_step_new", args=[application.pk, stage.value]) for stage in BETWEEN[:3]]
    given = {"favourable": "yes", "done_on": TODAY}

    client.force_login(district.coordinator)
    page = client.get(detail).content.decode()
    assert step[0] not in page
    assert str(WHO_RECORDS[DECIDE]) in page
    assert client.post(step[0], given).status_code == 403

    client.force_login(inspector)
    assert step[0] in client.get(detail).content.decode()
    assert client.post(step[0], given).status_code == 302

    client.force_login(police)
    page = client.get(detail).content.decode()
    assert step[1] in page
    assert step[2] not in page
    assert client.post(step[2], given).status_code == 403
    assert client.post(step[1], given).status_code == 302


def test_who_administers_the_applicant_does_not_decide_on_its_application(client, district):
    application = district.application()
    client.force_login(person(Role.ADMINISTRATOR, district.operator))
    address = reverse("permit_step_new", args=[application.pk, "consulted"])
    assert client.get(reverse("permit_detail", args=[application.permit.pk])).status_code == 200
    assert client.post(address, {"favourable": "yes", "done_on": TODAY}).status_code == 403


def test_all_that_was_handed_in_is_accepted_at_once(client, district):
    application = district.application()
    for kind in ("inspection", "registration"):
        hand_in_document(
            application=application, kind=DocumentKind(kind), received_on=APPLIED, by=district.coordinator
        )
    address = reverse("permit_documents_accept", args=[application.pk])
    client.force_login(district.coordinator)
    assert client.post(address).status_code == 403
    client.force_login(district.administrator)
    assert address in client.get(reverse("permit_detail", args=[application.permit.pk])).content.decode()
    assert client.post(address).status_code == 302
    assert set(application.documents.values_list("state", flat=True)) == {"accepted"}


def test_what_is_overdue_comes_first_and_is_filtered(client, district):
    late = district.application()
    granted = district.permit(district.another_bus())
    client.force_login(district.coordinator)
    page = client.get(reverse("permit_list"))
    assert [row.record for row in page.context["table"].rows] == [late.permit, granted]
    assert page.context["overdue"] == 1
    page = client.get(reverse("permit_list"), {"deadline": "overdue"})
    assert [row.record for row in page.context["table"].rows] == [late.permit]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_list_is_exported_and_that_is_logged(client, district, kind):
    district.permit()
    client.force_login(district.coordinator)
    response = client.get(reverse("permit_export", args=[kind]))
    assert response.status_code == 200
    assert len(response.getvalue()) > 100
    assert AccessRecord.objects.filter(person=district.coordinator, action=Action.EXPORT).count() == 1
    client.force_login(person(Role.PRINCIPAL, district.school))
    assert client.get(reverse("permit_export", args=[kind])).status_code == 404


def test_who_only_reads_can_not_reach_the_card_of_another(client, district):
    district.inspect(days(90))
    card = district.card(district.permit())
    address = reverse("plate_card_detail", args=[card.pk])
    client.force_login(person(Role.PRINCIPAL, district.school))
    page = client.get(address).content.decode()
    assert reverse("plate_card_end", args=[card.pk]) not in page
    assert client.get(reverse("plate_card_end", args=[card.pk])).status_code == 403
    client.force_login(person(Role.ADMINISTRATOR, organisation()))
    assert client.get(address).status_code == 404

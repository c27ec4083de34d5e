"""Permits and plate cards that exist on paper, from spreadsheets: recorded, refused, taken back, exported."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from fleet.audit.models import AccessRecord, Action
from fleet.dispatch.models import GateCheck
from fleet.organisations.models import Role
from fleet.people.drivers import Driver
from fleet.permits.models import CardState, PermitState, PlateCard, UsePermit
from fleet.permits.queries import cards_in_force
from tests.fleet.builders import person
from tests.permits.builders import TODAY, District, days
from tests.registry.builders import checked, imported, problems, undone
from tests.registry.conftest import signed_in
from web.registry.exports import exported
from web.registry.models import ImportState
from web.registry.spreadsheets.catalogue import SUBJECTS

pytestmark = pytest.mark.django_db
PERMITS, CARDS = SUBJECTS["permits"], SUBJECTS["plate-cards"]
PERMIT_HEADER = "Permit number,Applicant,Valid from,Valid until,Plates of the buses\n"
CARD_HEADER = "Plate,Card number,Permit number,Issuer,Issued,Owner,Drivers,Route,Times,Stops\n"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def there():
    there = District()
    there.inspect(days(80))
    return there


def permit_row(there, number="XK1", plates=None, until=700, applicant=None) -> str:
    return f"{number},{applicant or there.operator},{days(-300)},{days(until)},{plates or there.bus}\n"


def card_row(there, driver, number="BP1", **other) -> str:
    given = {
        "plate": there.bus,
        "number": number,
        "permit": "XK1",
        "issuer": "县公安局",
        "issued": days(-20),
        "owner": "县校车公司",
        "driver": driver,
        "route": there.route,
        "times": "6:40-07:30；16:30～17:20",
        "stops": "村口、桥头、学校",
    } | other
    return ",".join(map(str, given.values())) + "\n"


def with_permit(there, **other):
    run = imported(PERMITS, there.administrator, PERMIT_HEADER + permit_row(there, **other))
    assert run.state == ImportState.APPLIED, run.problems
    return run


def with_card(there, driver, **other):
    run = imported(CARDS, there.administrator, CARD_HEADER + card_row(there, driver, **other))
    assert run.state == ImportState.APPLIED, run.problems
    return run


def told(there, subject, text) -> list[str]:
    return problems(checked(subject, there.administrator, text))


def rows_of(subject, by) -> list[list[str]]:
    content, _name, _type = exported(subject, subject.exportable(by), "csv", by=by)
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_permit_on_paper_is_granted_with_all_buses_of_its_cell_and_keeps_who_and_why(there):
    other = there.another_bus()
    with_permit(there, plates=f"{there.bus}、{other}")
    permit = UsePermit.objects.get()
    assert (permit.number, permit.state, permit.valid_until) == ("XK1", PermitState.GRANTED, days(700))
    assert set(permit.buses.all()) == {there.bus, other}
    record = permit.history.get()
    assert (record.history_user, record.history_change_reason) == (there.administrator, "Import of file.csv")
    page = signed_in(there.administrator).get(reverse("permit_detail", args=[permit.pk]))
    assert str(other) in page.content.decode()


def test_a_card_on_paper_ends_with_the_inspection_and_may_be_used(there):
    with_permit(there)
    driver = there.driver()
    with_card(there, driver.name)
    card = cards_in_force(TODAY).get()
    assert (card.valid_from, card.valid_until) == (days(-20), days(80))
    assert (card.plate, card.owner, card.route) == (there.bus.plate, "县校车公司", there.route)
    assert card.times == [["06:40", "07:30"], ["16:30", "17:20"]]
    assert (card.stops, list(card.drivers.all())) == (["村口", "桥头", "学校"], [driver])
    assert card.history.get().history_user == there.administrator


def test_a_card_never_ends_after_its_permit(there):
    with_permit(there, until=30)
    with_card(there, there.driver().name)
    assert PlateCard.objects.get().valid_until == days(30)


@pytest.mark.parametrize(
    ("column", "offset", "wrong"),
    [("Valid until", 81, True), ("Valid until", 80, False), ("Valid from", -21, True)],
)
def test_a_period_that_is_given_stays_within_the_one_of_the_rules(there, column, offset, wrong):
    with_permit(there)
    row = card_row(there, there.driver().name).strip() + f",{days(offset)}\n"
    found = told(there, CARDS, CARD_HEADER.strip() + f",{column}\n" + row)
    assert [line.split(":")[0] for line in found] == ([f"2 {column}"] if wrong else [])


def test_a_bus_is_in_one_permit_only_of_the_registry_and_of_the_file(there):
    with_permit(there)
    other = there.another_bus()
    rows = permit_row(there, "XK2") + permit_row(there, "XK3", other) + permit_row(there, "XK4", other)
    found = told(there, PERMITS, PERMIT_HEADER + rows)
    assert [line.split(":")[0] for line in found] == ["2 Plates of the buses", "4 Plates of the buses"]
    assert "have a permit" in found[0]


def test_buses_of_others_and_periods_in_the_wrong_order_are_refused_by_column(there):
    foreign = District().bus
    assert (
        "2 Plates of the buses: “"
        in told(there, PERMITS, PERMIT_HEADER + permit_row(there, plates=foreign))[0]
    )
    of_school = told(there, PERMITS, PERMIT_HEADER + permit_row(there, until=-400))
    assert of_school[0].startswith("2 Valid until: This is before")


def test_a_driver_who_is_not_the_only_one_of_the_name_is_told_apart_by_number(there):
    with_permit(there)
    first, second = there.driver(), there.driver()
    Driver.objects.update(name="王师傅")
    found = told(there, CARDS, CARD_HEADER + card_row(there, "王师傅"))
    assert found == ["2 Drivers: “王师傅” is the name of several. Say which one is meant."]
    with_card(there, f"{first.identity_number}、王师傅 {second.identity_number}")
    assert set(PlateCard.objects.get().drivers.all()) == {first, second}


def test_drivers_out_of_reach_or_without_qualification_are_refused(there):
    with_permit(there)
    stranger, lapsed = District().driver(), there.driver(valid_until=days(-30))
    assert "not within your reach" in told(there, CARDS, CARD_HEADER + card_row(there, stranger.name))[0]
    assert "Not qualified" in told(there, CARDS, CARD_HEADER + card_row(there, lapsed.name))[0]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"permit": "XK9"}, "2 Permit number: “XK9” is not recorded"),
        ({"times": "07:30-06:40"}, "2 Times: Give the times"),
        ({"times": "early"}, "2 Times: “early” is no run"),
        ({"route": "elsewhere"}, "2 Route: “elsewhere” is not recorded"),
        ({"issued": days(-200)}, "2 Plate: The bus has no inspection"),
        ({"owner": ""}, "2 Owner: The owner is not recorded of the bus"),
        ({"stops": "、"}, "2 Stops: This can't be empty"),
    ],
)
def test_what_can_not_be_right_is_told_by_column_and_nothing_is_written(there, changes, problem):
    with_permit(there)
    found = told(there, CARDS, CARD_HEADER + card_row(there, there.driver().name, **changes))
    assert [line[: len(problem)] for line in found] == [problem]
    assert not PlateCard.objects.exists()


def test_a_bus_that_is_not_in_the_permit_gets_no_card_of_it(there):
    with_permit(there)
    other = there.another_bus()
    there.inspect(days(80), of=other)
    found = told(there, CARDS, CARD_HEADER + card_row(there, there.driver().name, plate=other))
    assert found == ["2 Plate: This bus is not in the permit."]


def test_a_bus_has_one_current_card_on_any_day(there):
    with_permit(there)
    driver = there.driver().name
    with_card(there, driver)
    found = told(there, CARDS, CARD_HEADER + card_row(there, driver, "BP2"))
    assert "overlaps one that is recorded already" in found[0]


def test_what_is_recorded_is_not_changed_by_a_file_and_the_same_file_changes_nothing(there):
    with_permit(there)
    driver = there.driver().name
    with_card(there, driver)
    same = checked(CARDS, there.administrator, CARD_HEADER + card_row(there, driver))
    assert (same.state, same.unchanged_count) == (ImportState.CHECKED, 1)
    found = told(there, CARDS, CARD_HEADER + card_row(there, driver, stops="村口、学校"))
    assert found[0].startswith("2 Stops: It is recorded otherwise")
    assert told(there, PERMITS, PERMIT_HEADER + permit_row(there, until=800))[0].startswith(
        "2 Valid until: It is"
    )


def test_a_card_is_taken_back_out_of_force_and_the_mended_file_brings_it_in_again(there):
    with_permit(there)
    driver = there.driver().name
    run = undone(there.administrator, with_card(there, driver))
    assert run.state == ImportState.UNDONE, run.refusal
    card = PlateCard.objects.get()
    assert (card.state, card.ended_on, bool(card.archived_at)) == (CardState.VOID, timezone.localdate(), True)
    assert not cards_in_force(TODAY).exists()
    with_card(there, driver, stops="村口、学校")
    card = cards_in_force(TODAY).get()
    assert (card.stops, card.ended_on, card.archived_at) == (["村口", "学校"], None, None)


def test_a_permit_is_taken_back_and_its_buses_are_free_again(there):
    run = with_permit(there)
    assert undone(there.administrator, run).state == ImportState.UNDONE
    assert UsePermit.objects.get().state == PermitState.VOID
    with_permit(there, number="XK2")


def test_a_permit_with_cards_is_not_taken_back(there):
    run = with_permit(there)
    with_card(there, there.driver().name)
    run = undone(there.administrator, run)
    assert (run.state, UsePermit.objects.get().state) == (ImportState.APPLIED, PermitState.GRANTED)
    assert run.refusal == "These permits have plate cards or applications: XK1. Take these back first."


def test_a_card_by_which_the_gate_has_answered_is_not_taken_back(there):
    with_permit(there)
    driver = there.driver()
    run = with_card(there, driver.name)
    GateCheck.objects.create(
        bus=there.bus,
        driver=driver,
        route=there.route,
        starts_at=timezone.now() + timedelta(hours=1),
        allowed=True,
        facts={},
        refusals=[],
        numbers={},
        checked_by=there.administrator,
    )
    run = undone(there.administrator, run)
    assert (run.state, PlateCard.objects.get().state) == (ImportState.APPLIED, CardState.CURRENT)
    assert "The gate has answered by these plate cards: BP1." in run.refusal


def test_who_applies_for_permits_does_not_record_them_and_police_record_cards(there):
    assert not PERMITS.may_import(there.coordinator)
    with pytest.raises(PermissionDenied):
        checked(PERMITS, there.coordinator, PERMIT_HEADER + permit_row(there))
    with pytest.raises(PermissionDenied):
        checked(CARDS, there.coordinator, CARD_HEADER)
    elsewhere = District()
    found = problems(checked(PERMITS, elsewhere.administrator, PERMIT_HEADER + permit_row(there)))
    assert {line.split(":")[0] for line in found} == {"2 Applicant", "2 Plates of the buses"}
    assert CARDS.may_import(person(Role.POLICE_OFFICER, there.district))


def test_an_export_is_read_back_unchanged_and_the_drivers_in_it_are_logged(there):
    with_permit(there)
    driver = there.driver()
    with_card(there, driver.name)
    permits, cards = rows_of(PERMITS, there.administrator), rows_of(CARDS, there.administrator)
    assert permits[1][4] == there.bus.plate
    assert driver.identity_number not in str(cards)
    assert f"{driver.name} {driver.masked_identity_number}" in cards[1]
    logged = AccessRecord.objects.filter(action=Action.EXPORT)
    assert {one.name for one in logged} >= {"Use permits (1)", driver.name}
    for subject, rows in ((PERMITS, permits), (CARDS, cards)):
        text = "\n".join(",".join(row) for row in rows) + "\n"
        run = checked(subject, there.administrator, text)
        assert (run.state, run.unchanged_count) == (ImportState.CHECKED, 1), run.problems


def test_a_file_in_chinese_is_read_and_told_of_in_chinese(there):
    with translation.override("zh-hans"):
        header = "许可编号,申请单位,有效期起,有效期至,校车车牌号\n"
        run = checked(PERMITS, there.administrator, header + permit_row(there, plates="苏E99999"))
        assert run.problems[0][1] == "校车车牌号"
        assert "车" in PERMITS.sheet_names[0]
        assert "许可" in str(PERMITS.title)


def test_more_cards_take_no_more_queries_to_check(there):
    buses = [there.bus, *(there.another_bus() for _ in range(6))]
    for bus in buses[1:]:
        there.inspect(days(80), of=bus)
    drivers = [there.driver() for _ in buses]
    with_permit(there, plates="、".join(map(str, buses)))

    def queries(count: int) -> int:
        rows = [
            card_row(there, driver.name, f"BP{at}", plate=bus)
            for at, (bus, driver) in enumerate(zip(buses[:count], drivers[:count], strict=True))
        ]
        with CaptureQueriesContext(
            connection,
        ) as seen:
            run = checked(CARDS, there.administrator, CARD_HEADER + "".join(rows))
        assert run.state == ImportState.CHECKED, run.problems
        return len(seen)

    assert queries(7) == queries(2)

"""Trips asked of the gate with what the registry knows: recorded, refused, allowed, and overridden by two."""

import json
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from fleet.append_only import AppendOnly, AppendOnlyError
from fleet.dispatch.changes import OverrideError, check_trip, confirm_override, may_leave, request_override
from fleet.dispatch.facts import facts_from, licence_fits, years_between
from fleet.dispatch.models import ExceptionReason, GateCheck, ItemState, PreTripCheck
from fleet.dispatch.plan import TripPlan
from fleet.dispatch.pre_trip import ITEMS
from fleet.dispatch.records import read_records
from fleet.dispatch.situation import Answer
from fleet.findings.models import Finding
from fleet.organisations.models import Role
from fleet.people.attendants import AttendantCheck
from fleet.people.drivers import DriverCondition, MedicalCertificate
from fleet.people.models import Attendant, Driver
from fleet.permits.cards import end_card
from fleet.permits.models import CardState
from fleet.vehicles.models import Equipment, Insurance, Maintenance, SeatCheck
from fleet.vehicles.upkeep import Defect, InsuranceKind, Severity
from tests.dispatch.trips import DRIVER_ID, MET, SUBSTITUTE_ID, LawfulTrip
from tests.fleet.builders import person
from tests.permits.builders import TODAY, District, days
from tests.routes.builders import route

pytestmark = pytest.mark.django_db
LICENCE_NUMBERS = {"licence.small_bus_seats_max": 9.0, "licence.medium_bus_seats_max": 19.0}


@pytest.fixture
def trip():
    return LawfulTrip()


def codes(check):
    return [refusal["code"] for refusal in check.refusals]


def test_a_trip_with_all_its_papers_is_allowed_and_recorded(trip):
    check = trip.check()
    assert codes(check) == []
    assert check.allowed
    kept = GateCheck.objects.get()
    assert (kept.profile, kept.checked_by) == ("cn-2022", trip.district.coordinator)
    assert kept.facts["bus"]["plate"] == trip.bus.plate
    assert kept.facts["trip"]["starts_at"] == "07:00:00"
    assert kept.numbers["driver.age_max"] == 60
    assert trip.driver.name not in json.dumps(kept.facts, ensure_ascii=False)
    assert DRIVER_ID not in json.dumps(kept.facts)


def lapse_insurance(trip):
    Insurance.objects.filter(kind=InsuranceKind.CARRIER_LIABILITY).update(valid_until=days(-1))


def lose_card(trip):
    end_card(card=trip.card, state=CardState.LOST, ended_on=TODAY, reason="x", by=trip.district.coordinator)


def report_defect(trip):
    Defect.objects.create(
        bus=trip.bus,
        description="brakes",
        severity=Severity.CRITICAL,
        blocks_dispatch=True,
        found_at=timezone.now(),
        reported_by=trip.district.coordinator,
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lapse_insurance, ["carrier_insurance_lapsed"]),
        (lose_card, ["plate_card_missing"]),
        (lambda trip: trip.permit.buses.set([trip.district.another_bus()]), ["bus_not_in_permit"]),
        (report_defect, ["defect_open"]),
        (lambda trip: Equipment.objects.filter(kind="escape_hammer").update(expires_on=days(-1)), ["hammer_missing"]),
        (lambda trip: SeatCheck.objects.update(seats_pupils=40), ["seats_altered"]),
        (lambda trip: Maintenance.objects.update(next_due_on=days(-1)), ["maintenance_overdue"]),
        (lambda trip: Driver.objects.update(licence_class="B1"), ["licence_unfit"]),
        (lambda trip: MedicalCertificate.objects.update(fit=False), ["medical_lapsed"]),
        (
            lambda trip: DriverCondition.objects.filter(condition="no_abuse").update(state="not_met"),
            ["driver_abuse"],
        ),
        (
            lambda trip: AttendantCheck.objects.filter(kind="training").update(passed=False),
            ["attendant_untrained"],
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_registry_is_refused(trip, change, expected):
    change(trip)
    for record in (trip.bus, trip.driver, trip.attendant):
        record.refresh_from_db()
    check = trip.check()
    assert codes(check) == expected
    assert not check.allowed


def test_a_bus_without_an_attendant_is_refused(trip):
    assert "attendant_missing" in codes(trip.check(attendant=None))


def test_the_driver_is_recognised_under_another_record_as_attendant(trip):
    Attendant.objects.filter(pk=trip.attendant.pk).update(identity_number=DRIVER_ID)
    trip.attendant.refresh_from_db()
    assert codes(trip.check()) == ["attendant_is_driver"]


def test_a_substitute_driver_whom_the_card_does_not_name_is_refused(trip):
    substitute = trip.qualified_driver(SUBSTITUTE_ID)
    trip.check_bus(driver=substitute)
    assert codes(trip.check(driver=substitute)) == ["driver_not_on_card"]


def test_what_nobody_has_confirmed_is_unknown_and_refused(trip):
    bare = TripPlan(bus=trip.bus, starts_at=trip.plan().starts_at, route=trip.route, driver=trip.driver)
    check = check_trip(plan=bare, by=trip.district.coordinator)
    unknown = {refusal["code"] for refusal in check.refusals if refusal["unknown"]}
    assert unknown == {
        "too_many_pupils",
        "too_many_adults",
        "pupil_in_front_seat",
        "stranger_aboard",
        "running_suspended",
        "bus_not_for_primary",
        "bus_not_for_kindergarten",
        "attendant_is_driver",
        "attendant_untrained",
        "attendant_unchecked",
    }


def test_a_bus_that_nobody_has_checked_today_is_refused(trip):
    substitute = trip.qualified_driver(SUBSTITUTE_ID)
    check = trip.check(driver=substitute)
    assert set(codes(check)) == {
        "driver_not_on_card",
        "plate_card_not_displayed",
        "driver_not_sober",
        "driver_ill",
        "pre_trip_check_missing",
        *(f"{name}_unsafe" for name in ITEMS),
    }
    assert all(refusal["unknown"] for refusal in check.refusals if refusal["code"] != "driver_not_on_card")


def test_a_check_holds_for_its_local_day_only(trip):
    tomorrow = trip.plan().starts_at + timedelta(days=1)
    assert "pre_trip_check_missing" in codes(trip.check(starts_at=tomorrow))


def test_two_people_may_share_the_check_and_the_newest_word_of_each_item_counts(trip):
    nothing = dict.fromkeys(ITEMS, ItemState.NOT_CHECKED)
    trip.check_bus(items=nothing, card_displayed=None, sober=False, fit=None)
    assert codes(trip.check()) == ["driver_not_sober"]
    trip.check_bus(items=nothing, card_displayed=False, sober=True, fit=True)
    assert codes(trip.check()) == ["plate_card_not_displayed"]


@pytest.mark.parametrize("name", ITEMS)
def test_an_item_with_a_defect_opens_one_that_blocks_the_bus_until_another_person_releases_it(trip, name):
    trip.check_bus(items={name: ItemState.DEFECT}, note="worn")
    assert codes(trip.check()) == ["defect_open", f"{name}_unsafe"]
    defect = Defect.objects.get()
    assert defect.blocks_dispatch
    assert defect.description.endswith(": worn")
    assert defect.reported_by == trip.district.coordinator
    trip.check_bus()
    assert codes(trip.check()) == ["defect_open"]


def test_a_driver_does_not_say_of_himself_that_he_is_sober_and_well(trip):
    account = person(Role.DRIVER, trip.district.operator)
    Driver.objects.filter(pk=trip.driver.pk).update(user=account)
    trip.driver.refresh_from_db()
    with pytest.raises(ValidationError) as refused:
        trip.check_bus(by=account)
    assert set(refused.value.message_dict) == {"sober", "fit"}
    assert trip.check_bus(by=account, sober=None, fit=None).checked_by == account


def test_a_check_that_is_refused_leaves_nothing_behind(trip):
    before = PreTripCheck.objects.count()
    with pytest.raises(ValidationError):
        trip.check_bus(items={"brakes": ItemState.DEFECT}, odometer_km=-1)
    with pytest.raises(ValidationError, match="not come yet"):
        trip.check_bus(checked_at=timezone.now() + timedelta(hours=1))
    with pytest.raises(PermissionDenied):
        trip.check_bus(by=person(Role.POLICE_OFFICER, trip.district.district))
    assert (PreTripCheck.objects.count(), Defect.objects.count()) == (before, 0)


def test_nobody_learns_of_people_who_work_elsewhere(trip):
    stranger = Driver.objects.create(
        name="x", identity_number="320311199001010017", operator=District().operator
    )
    for ask in (trip.check, trip.check_bus):
        with pytest.raises(PermissionDenied):
            ask(driver=stranger)


def test_many_trips_are_judged_in_as_few_queries_as_one(trip, django_assert_max_num_queries):
    numbers = GateCheck.objects.get(pk=trip.check().pk).numbers
    others = [TripPlan(bus=trip.district.another_bus(), starts_at=trip.plan().starts_at) for _ in range(20)]
    with django_assert_max_num_queries(30):
        records = read_records([trip.plan(), *others], TODAY)
        facts = [facts_from(records, plan, numbers) for plan in (trip.plan(), *others)]
    assert [one.permit.granted for one in facts] == [MET] + [Answer.UNKNOWN] * 20


def test_a_bus_of_which_nothing_is_recorded_is_refused(trip):
    check = check_trip(
        plan=TripPlan(bus=trip.district.another_bus(), starts_at=trip.plan().starts_at),
        by=trip.district.coordinator,
    )
    assert {"permit_missing", "plate_card_missing", "inspection_lapsed", "driver_not_on_card"} <= set(
        codes(check)
    )


def test_who_does_not_answer_for_the_bus_may_not_ask(trip):
    for someone in (person(), person(Role.COORDINATOR, District().operator)):
        with pytest.raises(PermissionDenied):
            check_trip(plan=trip.plan(), by=someone)
    assert not GateCheck.objects.exists()


def off_route(trip, **changes):
    """A check of a trip that is driven round an obstacle, with its stops served."""
    other = route(trip.district.school, "二号线", stops=())
    stops = frozenset({"村口", "学校"})
    return trip.check(**{"route": other, "stops": stops, "hazards_protected": MET, **changes})


def test_two_people_override_a_refusal_of_the_route_alone(trip):
    check = off_route(trip)
    override = request_override(
        check=check, exception=ExceptionReason.WORKS, reason="bridge closed", by=trip.district.coordinator
    )
    assert not may_leave(check)
    with pytest.raises(PermissionDenied, match="Another person"):
        confirm_override(override=override, by=trip.district.coordinator)
    assert not may_leave(check)
    confirmation = confirm_override(override=override, by=trip.district.administrator)
    assert may_leave(check)
    finding = Finding.objects.get()
    assert (finding.rule, finding.bus, finding.article) == (
        "gate_override",
        trip.bus,
        "校车安全管理条例 第三十条第二款",
    )
    assert (finding.started_at, finding.profile) == (confirmation.confirmed_at, check.profile)
    assert finding.evidence == {
        "gate_check": check.pk,
        "override": override.pk,
        "exception": "works",
        "reason": "bridge closed",
        "requested_by": trip.district.coordinator.pk,
        "confirmed_by": trip.district.administrator.pk,
    }
    assert not finding.found_live
    with pytest.raises(OverrideError, match="confirmed already"):
        confirm_override(override=override, by=trip.district.administrator)


@pytest.mark.parametrize(
    "changes",
    [{"pupils": 64}, {"attendant": None}, {"route": None}, {"hazards_protected": Answer.UNKNOWN}],
    ids=str,
)
def test_what_the_law_does_not_except_cannot_be_overridden(trip, changes):
    check = off_route(trip, **changes)
    with pytest.raises(OverrideError, match="Article 30"):
        request_override(
            check=check, exception=ExceptionReason.WORKS, reason="x", by=trip.district.coordinator
        )


def test_an_override_needs_a_refusal_a_reason_and_is_asked_for_once(trip):
    by = trip.district.coordinator
    with pytest.raises(OverrideError, match="Article 30"):
        request_override(check=trip.check(), exception=ExceptionReason.WORKS, reason="x", by=by)
    check = off_route(trip)
    with pytest.raises(OverrideError, match="Say what"):
        request_override(check=check, exception=ExceptionReason.WORKS, reason=" ", by=by)
    with pytest.raises(PermissionDenied):
        request_override(check=check, exception=ExceptionReason.WORKS, reason="x", by=person())
    request_override(check=check, exception=ExceptionReason.WORKS, reason="x", by=by)
    with pytest.raises(OverrideError, match="already"):
        request_override(check=check, exception=ExceptionReason.WORKS, reason="x", by=by)


def test_checks_and_overrides_cannot_be_changed_or_deleted(trip):
    check = off_route(trip)
    override = request_override(
        check=check, exception=ExceptionReason.WORKS, reason="x", by=trip.district.coordinator
    )
    confirmation = confirm_override(override=override, by=trip.district.administrator)
    rows: tuple[AppendOnly, ...] = (check, override, confirmation, PreTripCheck.objects.get())
    for row in rows:
        for attempt in (
            row.save,
            row.delete,
            type(row)._default_manager.all().delete,
            lambda row=row: type(row)._default_manager.update(pk=0),
        ):
            with pytest.raises(AppendOnlyError):
                attempt()


@pytest.mark.parametrize(
    ("since", "day", "years"),
    [
        (date(1966, 3, 1), date(2026, 3, 1), 60),
        (date(2000, 2, 29), date(2026, 2, 28), 26),
        (date(2000, 7, 1), date(2026, 6, 30), 25 + 364 / 365),
    ],
)
def test_years_are_whole_on_anniversaries(since, day, years):
    assert years_between(since, day) == pytest.approx(years)


def test_a_driver_is_too_old_from_the_day_after_the_birthday():
    assert years_between(date(1966, 3, 1), date(2026, 3, 2)) > 60


@pytest.mark.parametrize(
    ("seats", "licence", "fits"),
    [
        (9, "C1", MET),
        (10, "C1", Answer.NOT_MET),
        (19, "B1", MET),
        (20, "B1", Answer.NOT_MET),
        (20, "A1", MET),
        (20, "", Answer.UNKNOWN),
        (None, "A1", Answer.UNKNOWN),
    ],
)
def test_a_licence_covers_buses_up_to_a_size(trip, seats, licence, fits):
    trip.bus.capacity_pupils = seats and seats - 1
    trip.bus.capacity_adults = seats and 1
    trip.driver.licence_class = licence
    assert licence_fits(trip.driver, trip.bus, LICENCE_NUMBERS) is fits


def test_a_profile_without_sizes_of_buses_leaves_unknown_whether_a_licence_covers_one(trip):
    assert licence_fits(trip.driver, trip.bus, {}) is Answer.UNKNOWN

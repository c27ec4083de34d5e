"""Makes of what is recorded the facts that the dispatch gate looks at; what is not recorded stays unknown."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import TypeVar

from django.utils import timezone

from fleet.dispatch.models import ItemState, PreTripCheck
from fleet.dispatch.plan import TripPlan
from fleet.dispatch.pre_trip import ITEMS
from fleet.dispatch.records import Records, read_records
from fleet.dispatch.situation import (
    Answer,
    AttendantFacts,
    BusFacts,
    DispatchFacts,
    DriverFacts,
    Period,
    PermitFacts,
    PlateCardFacts,
    PreTripFacts,
    Stage,
    TimeWindow,
    TripFacts,
)
from fleet.people.attendants import CheckKind
from fleet.people.checks import check_states
from fleet.people.models import Driver
from fleet.people.standing import MONTHS_A_YEAR, Condition, DriverNumbers, add_months, standing
from fleet.permits.models import CardState, DocumentKind, DocumentState, PermitState, PlateCard, UsePermit
from fleet.vehicles.models import Bus, BusType
from fleet.vehicles.upkeep import EquipmentKind, InspectionResult, InsuranceKind

Found = TypeVar("Found")

UNKNOWN = Answer.UNKNOWN
SMALL_BUS, MEDIUM_BUS = "licence.small_bus_seats_max", "licence.medium_bus_seats_max"
MEDIUM_BUS_CLASSES = frozenset({"A1", "A2", "B1"})
LARGE_BUS_CLASSES = frozenset({"A1"})

BUILT_FOR = {
    BusType.KINDERGARTEN: frozenset({Stage.KINDERGARTEN}),
    BusType.PRIMARY: frozenset({Stage.PRIMARY}),
    BusType.PRIMARY_AND_MIDDLE: frozenset({Stage.PRIMARY, Stage.MIDDLE}),
    BusType.ORDINARY: frozenset[Stage](),
}


def collect_facts(plan: TripPlan, numbers: Mapping[str, float]) -> DispatchFacts:
    """All that the gate looks at, as the registry has it on the trip's day.

    Args:
        plan: the trip.
        numbers: the regulation profile of its day.
    """
    return facts_from(read_records([plan], plan.day), plan, numbers)


def facts_from(records: Records, plan: TripPlan, numbers: Mapping[str, float]) -> DispatchFacts:
    """All that the gate looks at, of what was read for the trip's day."""
    cards, permits = records.cards.get(plan.bus.pk), records.permits.get(plan.bus.pk, [])
    card = cards[-1] if cards else None
    permit = card.permit if card else permits[-1] if permits else None
    checks = records.pre_trip.get((plan.bus.pk, plan.driver.pk), []) if plan.driver else []
    return DispatchFacts(
        trip=trip_facts(records, plan, card),
        bus=bus_facts(records, plan.bus, permit),
        permit=permit_facts(records, permit, permits),
        card=card_facts(card, newest_answer(checks, "card_displayed")),
        driver=driver_facts(records, plan, numbers, checks),
        attendant=attendant_facts(records, plan),
        pre_trip=pre_trip_facts(checks),
    )


def known(value: bool | None) -> Answer:
    """Met or not met; unknown for None."""
    if value is None:
        return UNKNOWN
    return Answer.MET if value else Answer.NOT_MET


def trip_facts(records: Records, plan: TripPlan, card: PlateCard | None) -> TripFacts:
    """What is to run. The hazards of a route were examined when its plan was approved."""
    approved = bool(card and plan.route and card.route_id == plan.route.pk)
    stops = plan.stops
    if stops is None and plan.route:
        stops = records.stops[plan.route.pk]
    return TripFacts(
        day=plan.day,
        starts_at=timezone.localtime(plan.starts_at).time(),
        route=str(plan.route.pk) if plan.route else None,
        stops=stops,
        hazards_protected=Answer.MET if approved else plan.hazards_protected,
        stages=plan.stages,
        pupils=plan.pupils,
        adults=plan.adults,
        front_seat_free=plan.front_seat_free,
        nobody_else_rides=plan.nobody_else_rides,
        running_allowed=plan.running_allowed,
    )


def bus_facts(records: Records, bus: Bus, permit: UsePermit | None) -> BusFacts:
    """The vehicle, by its papers. A permit that was granted says that the bus conforms (Art 14)."""
    inspection = last(records.inspections.get(bus.pk))
    counted = last(records.seat_checks.get(bus.pk))
    equipment = equipment_answers(records, bus)
    return BusFacts(
        plate=bus.plate,
        owner=bus.owner or None,
        seats=bus.certified_capacity,
        pupil_capacity=bus.capacity_pupils,
        adult_capacity=bus.capacity_adults,
        dedicated_to=BUILT_FOR[BusType(bus.bus_type)] if bus.bus_type else None,
        registered=Answer.MET if bus.first_registered_on else UNKNOWN,
        conforms=document_answer(records, permit, DocumentKind.CONFORMITY),
        seats_as_certified=known(
            (counted.seats_pupils, counted.seats_adults) == (bus.capacity_pupils, bus.capacity_adults)
            if counted
            else None
        ),
        in_service=known(bus.archived_at is None),
        inspection_passed=known(inspection.result == InspectionResult.PASSED if inspection else None),
        inspection=Period(inspection.inspected_on, inspection.valid_until or inspection.inspected_on)
        if inspection
        else None,
        carrier_insurance=insured(records, bus, InsuranceKind.CARRIER_LIABILITY),
        compulsory_insurance=insured(records, bus, InsuranceKind.COMPULSORY_TRAFFIC),
        maintained=maintenance_answer(records, bus),
        free_of_defects=known(not records.blocking_defects.get(bus.pk)),
        sign_lamps=equipment[EquipmentKind.SIGN_LAMPS],
        stop_arm=equipment[EquipmentKind.STOP_ARM],
        hammer=equipment[EquipmentKind.ESCAPE_HAMMER],
        extinguisher=equipment[EquipmentKind.EXTINGUISHER],
        first_aid_kit=equipment[EquipmentKind.FIRST_AID_KIT],
        recorder=equipment[EquipmentKind.RECORDER],
    )


def last(found: Sequence[Found] | None) -> Found | None:
    """The newest of what is recorded, where anything is."""
    return found[-1] if found else None


def insured(records: Records, bus: Bus, kind: InsuranceKind) -> Period | None:
    """The policy in force on the day, else the one that ended last."""
    policy = last([one for one in records.insurances.get(bus.pk, ()) if one.kind == kind])
    return Period(policy.valid_from, policy.valid_until) if policy else None


def equipment_answers(records: Records, bus: Bus) -> dict[str, Answer]:
    """For each kind of equipment whether a piece is there that has not expired."""
    answers = dict.fromkeys(EquipmentKind.values, UNKNOWN)
    for piece in records.equipment.get(bus.pk, ()):
        good = piece.expires_on is None or records.day <= piece.expires_on
        if answers[piece.kind] is not Answer.MET:
            answers[piece.kind] = known(good)
    return answers


def maintenance_answer(records: Records, bus: Bus) -> Answer:
    """Whether the next maintenance is not overdue."""
    newest = last(records.maintenance.get(bus.pk))
    return known(records.day <= newest.next_due_on if newest and newest.next_due_on else None)


def document_answer(records: Records, permit: UsePermit | None, kind: DocumentKind) -> Answer:
    """Whether a permit rests on a document: one that was rejected is not there, one granted had all."""
    if permit is None:
        return UNKNOWN
    if permit.state == PermitState.GRANTED:
        return Answer.MET
    state = records.documents.get((permit.pk, kind))
    if state in (None, DocumentState.RECEIVED):
        return UNKNOWN
    return known(state == DocumentState.ACCEPTED)


def permit_facts(records: Records, permit: UsePermit | None, permits: Sequence[UsePermit]) -> PermitFacts:
    """The use permit, which the bus is in or was in when its card was issued."""
    period = (
        Period(permit.valid_from, permit.valid_until)
        if permit and permit.valid_from and permit.valid_until
        else None
    )
    return PermitFacts(
        granted=known(permit.state == PermitState.GRANTED if permit else None),
        covers_bus=known(permit in permits if permit else None),
        period=period,
        operating_plan=document_answer(records, permit, DocumentKind.OPERATING_PLAN),
        safety_system=document_answer(records, permit, DocumentKind.SAFETY_SYSTEM),
    )


def card_facts(card: PlateCard | None, displayed: Answer) -> PlateCardFacts:
    """The plate card, and what it names."""
    if card is None:
        return PlateCardFacts(UNKNOWN, displayed, None, None, None, None, None, None, None)
    return PlateCardFacts(
        held=known(card.state == CardState.CURRENT),
        displayed=displayed,
        period=Period(card.valid_from, card.valid_until),
        plate=card.plate,
        owner=card.owner,
        drivers=frozenset(driver_key(driver.pk) for driver in card.drivers.all()),
        route=str(card.route_id),
        times=tuple(
            TimeWindow(time.fromisoformat(first), time.fromisoformat(last)) for first, last in card.times
        ),
        stops=frozenset(card.stops),
    )


def driver_key(pk: int) -> str:
    """How a driver is named in the facts."""
    return f"driver {pk}"


def driver_facts(
    records: Records, plan: TripPlan, numbers: Mapping[str, float], checks: Sequence[PreTripCheck]
) -> DriverFacts:
    """The driver, by the standing that the records give, and as the attendant saw them on the day."""
    driver, day = plan.driver, plan.day
    states: dict[Condition, Answer] = {}
    if driver:
        found = standing(records.drivers[driver.pk], day, driver_numbers(numbers)).findings
        states = {finding.condition: Answer(finding.state.value) for finding in found}

    def answer(condition: Condition) -> Answer:
        return states.get(condition, UNKNOWN)

    since = driver.licence_class_since if driver else None
    licence_until = driver.licence_valid_until if driver else None
    return DriverFacts(
        key=driver_key(driver.pk) if driver else None,
        qualified=known(False) if driver and driver.archived_at else answer(Condition.QUALIFICATION),
        licence=Period(since, licence_until) if since and licence_until else None,
        licence_fits=licence_fits(driver, plan.bus, numbers),
        licence_held_years=int(years_between(since, day)) if since else None,
        age_years=years_between(driver.born_on, day) if driver and driver.born_on else None,
        points=answer(Condition.NO_FULL_POINTS),
        accidents=answer(Condition.NO_LIABLE_ACCIDENT),
        drink_driving=answer(Condition.NO_DRINK_DRIVING),
        serious_violations=answer(Condition.NO_OVERLOADING_OR_SPEEDING),
        criminal_record=answer(Condition.NO_CRIMINAL_RECORD),
        health=answer(Condition.HEALTHY),
        illness=answer(Condition.NO_DANGEROUS_ILLNESS),
        abuse=answer(Condition.NO_ABUSE),
        reviewed=answer(Condition.ANNUAL_REVIEW),
        medical=answer(Condition.MEDICAL_CERTIFICATE),
        studied=answer(Condition.TRAINING),
        rested=rested(plan, records),
        driving_left_min=records.driving_left_min.get((driver.pk, plan.starts_at)) if driver else None,
        sober=newest_answer(checks, "sober"),
        fit=newest_answer(checks, "fit"),
    )


def rested(plan: TripPlan, records: Records) -> Answer:
    """Whether the driver may drive for as long as the trip takes."""
    left_min = records.driving_left_min.get((plan.driver.pk, plan.starts_at)) if plan.driver else None
    if left_min is None:
        return UNKNOWN
    if plan.ends_at is None:
        return known(left_min > 0)
    return known(left_min >= (plan.ends_at - plan.starts_at).total_seconds() / 60)


def driver_numbers(numbers: Mapping[str, float]) -> DriverNumbers:
    """The numbers of a regulation profile that drivers are judged by.

    Evidence tells the state of a day for as long as the law looks back for overloading and speeding.
    """
    return DriverNumbers(
        licence_years=int(numbers["driver.licence_held_years_min"]),
        least_age=int(numbers["driver.age_min"]),
        most_age=int(numbers["driver.age_max"]),
        points_cycles=int(numbers["driver.clean_points_cycles"]),
        full_points=int(numbers["points.cycle_full"]),
        evidence_months=int(numbers["driver.clean_violation_years"] * MONTHS_A_YEAR),
        review_days=int(numbers["driver.review_window_days"]),
        medical_months=int(numbers["driver.medical_certificate_months"]),
        training_hours=numbers["driver.study_hours_min"],
    )


def licence_fits(driver: Driver | None, bus: Bus, numbers: Mapping[str, float]) -> Answer:
    """Whether the class of licence covers a bus of so many seats (机动车驾驶证申领和使用规定 annex 1).

    A profile that was approved before these numbers were shipped leaves it unknown.
    """
    seats = bus.certified_capacity
    if (
        driver is None
        or not driver.licence_class
        or seats is None
        or not {SMALL_BUS, MEDIUM_BUS} <= numbers.keys()
    ):
        return UNKNOWN
    if seats <= numbers[SMALL_BUS]:
        return Answer.MET
    classes = MEDIUM_BUS_CLASSES if seats <= numbers[MEDIUM_BUS] else LARGE_BUS_CLASSES
    return known(driver.licence_class in classes)


def years_between(since: date, day: date) -> float:
    """Years from one day to another: whole on anniversaries, a fraction between them."""
    years = day.year - since.year
    if add_months(since, years * MONTHS_A_YEAR) > day:
        years -= 1
    begun, next_begins = (
        add_months(since, years * MONTHS_A_YEAR),
        add_months(since, (years + 1) * MONTHS_A_YEAR),
    )
    return years + (day - begun).days / (next_begins - begun).days


def attendant_facts(records: Records, plan: TripPlan) -> AttendantFacts:
    """The attendant, by the checks on record; who is the same person as the driver has the driver's key."""
    attendant, driver = plan.attendant, plan.driver
    if attendant is None:
        return AttendantFacts(None, Answer.NOT_MET, UNKNOWN, UNKNOWN)
    is_driver = driver is not None and driver.identity_number == attendant.identity_number
    states = check_states(records.attendants.get(attendant.pk, {}), plan.day)
    return AttendantFacts(
        key=driver_key(driver.pk) if driver and is_driver else f"attendant {attendant.pk}",
        assigned=known(attendant.archived_at is None),
        trained=Answer(states[CheckKind.TRAINING].value),
        background=Answer(states[CheckKind.BACKGROUND].value),
    )


def pre_trip_facts(checks: Sequence[PreTripCheck]) -> PreTripFacts:
    """What was checked on the day: of each item the newest answer, since two people may share the work."""
    return PreTripFacts(
        checked_on=timezone.localdate(checks[-1].checked_at) if checks else None,
        **{name: newest_item(checks, name) for name in ITEMS},
    )


def newest_item(checks: Sequence[PreTripCheck], name: str) -> Answer:
    """How an item was found when it was checked last on the day."""
    states = [getattr(check, name) for check in checks]
    found = last([state for state in states if state != ItemState.NOT_CHECKED])
    return known(None if found is None else found == ItemState.OK)


def newest_answer(checks: Sequence[PreTripCheck], name: str) -> Answer:
    """What was said last on the day by whoever said anything."""
    answers = [getattr(check, name) for check in checks]
    return known(last([answer for answer in answers if answer is not None]))

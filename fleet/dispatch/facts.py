"""Collects from the registry what the dispatch gate looks at; what is not recorded stays unknown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.utils import timezone

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
from fleet.people.models import Attendant, Driver
from fleet.people.queries import attendant_states, standing_of
from fleet.people.standing import MONTHS_A_YEAR, Condition, DriverNumbers, add_months
from fleet.permits.models import (
    ApplicationDocument,
    CardState,
    DocumentKind,
    DocumentState,
    PermitState,
    PlateCard,
    UsePermit,
)
from fleet.permits.queries import cards_in_force
from fleet.routes.models import Route
from fleet.routes.queries import stops_of
from fleet.vehicles.models import Bus, BusType
from fleet.vehicles.upkeep import EquipmentKind, InspectionResult, InsuranceKind

UNKNOWN = Answer.UNKNOWN
SMALL_BUS_SEATS, MEDIUM_BUS_SEATS = 9, 19
NOT_CHECKED = PreTripFacts(None, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)

BUILT_FOR = {
    BusType.KINDERGARTEN: frozenset({Stage.KINDERGARTEN}),
    BusType.PRIMARY: frozenset({Stage.PRIMARY}),
    BusType.PRIMARY_AND_MIDDLE: frozenset({Stage.PRIMARY, Stage.MIDDLE}),
    BusType.ORDINARY: frozenset[Stage](),
}


@dataclass(frozen=True)
class TripPlan:
    """What somebody wants to let run, with what only people at the bus can say.

    Attributes:
        bus: the vehicle.
        starts_at: departure.
        route: to be driven.
        driver: who drives.
        attendant: who looks after the pupils.
        stops: names of the stops to be served, where not all of the route's.
        hazards_protected: of a route that was not approved, as the coordinator found.
        stages: of the pupils.
        pupils: aboard at most.
        adults: aboard at most, with the driver.
        front_seat_free: no pupil is put in the front passenger seat.
        nobody_else_rides: besides pupils, driver and attendants.
        running_allowed: running is not suspended.
        card_displayed: the plate card is in its place.
        sober: the driver is, as the attendant sees.
        fit: the driver is, as the attendant sees.
        pre_trip: the check of the vehicle.
    """

    bus: Bus
    starts_at: datetime
    route: Route | None = None
    driver: Driver | None = None
    attendant: Attendant | None = None
    stops: frozenset[str] | None = None
    hazards_protected: Answer = UNKNOWN
    stages: frozenset[Stage] | None = None
    pupils: int | None = None
    adults: int | None = None
    front_seat_free: Answer = UNKNOWN
    nobody_else_rides: Answer = UNKNOWN
    running_allowed: Answer = UNKNOWN
    card_displayed: Answer = UNKNOWN
    sober: Answer = UNKNOWN
    fit: Answer = UNKNOWN
    pre_trip: PreTripFacts = field(default=NOT_CHECKED)

    @property
    def day(self) -> date:
        """The local day on which it starts."""
        return timezone.localtime(self.starts_at).date()


def collect_facts(plan: TripPlan, numbers: Mapping[str, float]) -> DispatchFacts:
    """All that the gate looks at, as the registry has it on the trip's day.

    Args:
        plan: the trip.
        numbers: the regulation profile of its day.
    """
    card = plate_card(plan.bus, plan.day)
    permit = card.permit if card else UsePermit.objects.filter(buses=plan.bus).order_by("-pk").first()
    return DispatchFacts(
        trip=trip_facts(plan, card),
        bus=bus_facts(plan.bus, permit, plan.day),
        permit=permit_facts(permit),
        card=card_facts(card, plan.card_displayed),
        driver=driver_facts(plan, numbers),
        attendant=attendant_facts(plan),
        pre_trip=plan.pre_trip,
    )


def known(value: bool | None) -> Answer:
    """Met or not met; unknown for None."""
    if value is None:
        return UNKNOWN
    return Answer.MET if value else Answer.NOT_MET


def trip_facts(plan: TripPlan, card: PlateCard | None) -> TripFacts:
    """What is to run. The hazards of a route were examined when its plan was approved."""
    approved = bool(card and plan.route and card.route_id == plan.route.pk)
    stops = plan.stops
    if stops is None and plan.route:
        stops = frozenset(stop.name for stop in stops_of(plan.route, plan.day))
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


def bus_facts(bus: Bus, permit: UsePermit | None, day: date) -> BusFacts:
    """The vehicle, by its papers. A permit that was granted says that the bus conforms (Art 14)."""
    inspection = (
        bus.vehicleinspection_set.filter(archived_at=None, inspected_on__lte=day)
        .order_by("inspected_on", "pk")
        .last()
    )
    seats = bus.seatcheck_set.filter(archived_at=None).order_by("checked_at", "pk").last()
    equipment = equipment_answers(bus, day)
    return BusFacts(
        plate=bus.plate,
        owner=bus.owner or None,
        seats=bus.certified_capacity,
        pupil_capacity=bus.capacity_pupils,
        adult_capacity=bus.capacity_adults,
        dedicated_to=BUILT_FOR[BusType(bus.bus_type)] if bus.bus_type else None,
        registered=Answer.MET if bus.first_registered_on else UNKNOWN,
        conforms=document_answer(permit, DocumentKind.CONFORMITY),
        seats_as_certified=known(seats.agrees if seats else None),
        in_service=known(bus.archived_at is None),
        inspection_passed=known(inspection.result == InspectionResult.PASSED if inspection else None),
        inspection=Period(inspection.inspected_on, inspection.valid_until or inspection.inspected_on)
        if inspection
        else None,
        carrier_insurance=insured(bus, InsuranceKind.CARRIER_LIABILITY, day),
        compulsory_insurance=insured(bus, InsuranceKind.COMPULSORY_TRAFFIC, day),
        maintained=maintenance_answer(bus, day),
        free_of_defects=known(
            not bus.defect_set.filter(archived_at=None, blocks_dispatch=True, released_at=None).exists()
        ),
        sign_lamps=equipment[EquipmentKind.SIGN_LAMPS],
        stop_arm=equipment[EquipmentKind.STOP_ARM],
        hammer=equipment[EquipmentKind.ESCAPE_HAMMER],
        extinguisher=equipment[EquipmentKind.EXTINGUISHER],
        first_aid_kit=equipment[EquipmentKind.FIRST_AID_KIT],
        recorder=equipment[EquipmentKind.RECORDER],
    )


def insured(bus: Bus, kind: InsuranceKind, day: date) -> Period | None:
    """The policy in force on a day, else the one that ended last."""
    policies = bus.insurance_set.filter(archived_at=None, kind=kind, valid_from__lte=day)
    policy = policies.order_by("valid_until").last()
    return Period(policy.valid_from, policy.valid_until) if policy else None


def equipment_answers(bus: Bus, day: date) -> dict[str, Answer]:
    """For each kind of equipment whether a piece is there that has not expired."""
    answers = dict.fromkeys(EquipmentKind.values, UNKNOWN)
    for piece in bus.equipment_set.filter(archived_at=None):
        good = piece.expires_on is None or day <= piece.expires_on
        if answers[piece.kind] is not Answer.MET:
            answers[piece.kind] = known(good)
    return answers


def maintenance_answer(bus: Bus, day: date) -> Answer:
    """Whether the next maintenance is not overdue."""
    last = (
        bus.maintenance_set.filter(archived_at=None, next_due_on__isnull=False, done_on__lte=day)
        .order_by("done_on", "pk")
        .last()
    )
    return known(day <= last.next_due_on if last else None)


def document_answer(permit: UsePermit | None, kind: DocumentKind) -> Answer:
    """Whether a permit rests on a document: one that was rejected is not there, one granted had all."""
    if permit is None:
        return UNKNOWN
    if permit.state == PermitState.GRANTED:
        return Answer.MET
    newest = (
        ApplicationDocument.objects.filter(archived_at=None, application__permit=permit, kind=kind)
        .order_by("pk")
        .last()
    )
    if newest is None or newest.state == DocumentState.RECEIVED:
        return UNKNOWN
    return known(newest.state == DocumentState.ACCEPTED)


def permit_facts(permit: UsePermit | None) -> PermitFacts:
    """The use permit."""
    period = (
        Period(permit.valid_from, permit.valid_until)
        if permit and permit.valid_from and permit.valid_until
        else None
    )
    return PermitFacts(
        granted=known(permit.state == PermitState.GRANTED if permit else None),
        period=period,
        operating_plan=document_answer(permit, DocumentKind.OPERATING_PLAN),
        safety_system=document_answer(permit, DocumentKind.SAFETY_SYSTEM),
    )


def plate_card(bus: Bus, day: date) -> PlateCard | None:
    """The card in force on a day, else the newest that the bus had."""
    current = cards_in_force(day).filter(bus=bus).select_related("permit").first()
    return current or bus.plate_cards.select_related("permit").order_by("pk").last()


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
        drivers=frozenset(driver_key(pk) for pk in card.drivers.values_list("pk", flat=True)),
        route=str(card.route_id),
        times=tuple(
            TimeWindow(time.fromisoformat(first), time.fromisoformat(last)) for first, last in card.times
        ),
        stops=frozenset(card.stops),
    )


def driver_key(pk: int) -> str:
    """How a driver is named in the facts."""
    return f"driver {pk}"


def driver_facts(plan: TripPlan, numbers: Mapping[str, float]) -> DriverFacts:
    """The driver, by the standing that the records give."""
    driver, day = plan.driver, plan.day
    states: dict[Condition, Answer] = {}
    if driver:
        standing = standing_of(driver, day, driver_numbers(numbers))
        states = {finding.condition: Answer(finding.state.value) for finding in standing.findings}

    def answer(condition: Condition) -> Answer:
        return states.get(condition, UNKNOWN)

    since = driver.licence_class_since if driver else None
    licence_until = driver.licence_valid_until if driver else None
    return DriverFacts(
        key=driver_key(driver.pk) if driver else None,
        qualified=known(False) if driver and driver.archived_at else answer(Condition.QUALIFICATION),
        licence=Period(since, licence_until) if since and licence_until else None,
        licence_fits=licence_fits(driver, plan.bus),
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
        sober=plan.sober,
        fit=plan.fit,
    )


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


def licence_fits(driver: Driver | None, bus: Bus) -> Answer:
    """Whether the class of licence covers a bus of so many seats (机动车驾驶证申领和使用规定 annex 1)."""
    seats = bus.certified_capacity
    if driver is None or not driver.licence_class or seats is None:
        return UNKNOWN
    if seats <= SMALL_BUS_SEATS:
        return Answer.MET
    classes = {"A1", "A2", "B1"} if seats <= MEDIUM_BUS_SEATS else {"A1"}
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


def attendant_facts(plan: TripPlan) -> AttendantFacts:
    """The attendant, by the checks on record; who is the same person as the driver has the driver's key."""
    attendant, driver = plan.attendant, plan.driver
    if attendant is None:
        return AttendantFacts(None, Answer.NOT_MET, UNKNOWN, UNKNOWN)
    is_driver = driver is not None and driver.identity_number == attendant.identity_number
    states = attendant_states(attendant, plan.day)
    return AttendantFacts(
        key=driver_key(driver.pk) if driver and is_driver else f"attendant {attendant.pk}",
        assigned=known(attendant.archived_at is None),
        trained=Answer(states[CheckKind.TRAINING].value),
        background=Answer(states[CheckKind.BACKGROUND].value),
    )

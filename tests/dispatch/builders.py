"""A trip that may run, and ways to change single facts of one."""

from dataclasses import replace
from datetime import date, time

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

DAY = date(2026, 11, 23)
MET = Answer.MET
YEAR = Period(date(2026, 3, 1), date(2027, 2, 28))
NUMBERS = {
    "bus.seats_min": 7.0,
    "bus.inspection_interval_months": 6.0,
    "driver.licence_held_years_min": 3.0,
    "driver.age_min": 25.0,
    "driver.age_max": 60.0,
}

LAWFUL = DispatchFacts(
    trip=TripFacts(
        day=DAY,
        starts_at=time(7, 0),
        route="route 1",
        stops=frozenset({"stop 1", "stop 2"}),
        hazards_protected=MET,
        stages=frozenset({Stage.PRIMARY}),
        pupils=30,
        adults=2,
        front_seat_free=MET,
        nobody_else_rides=MET,
        running_allowed=MET,
    ),
    bus=BusFacts(
        plate="苏C12345",
        owner="operator 1",
        seats=34,
        pupil_capacity=32,
        adult_capacity=2,
        dedicated_to=frozenset({Stage.PRIMARY}),
        registered=MET,
        conforms=MET,
        seats_as_certified=MET,
        in_service=MET,
        inspection_passed=MET,
        inspection=Period(date(2026, 8, 20), date(2027, 2, 28)),
        carrier_insurance=YEAR,
        compulsory_insurance=YEAR,
        maintained=MET,
        free_of_defects=MET,
        sign_lamps=MET,
        stop_arm=MET,
        hammer=MET,
        extinguisher=MET,
        first_aid_kit=MET,
        recorder=MET,
    ),
    permit=PermitFacts(granted=MET, covers_bus=MET, period=YEAR, operating_plan=MET, safety_system=MET),
    card=PlateCardFacts(
        held=MET,
        displayed=MET,
        period=YEAR,
        plate="苏C12345",
        owner="operator 1",
        drivers=frozenset({"driver 1"}),
        route="route 1",
        times=(TimeWindow(time(6, 30), time(8, 0)), TimeWindow(time(16, 0), time(18, 0))),
        stops=frozenset({"stop 1", "stop 2", "stop 3"}),
    ),
    driver=DriverFacts(
        key="driver 1",
        qualified=MET,
        licence=YEAR,
        licence_fits=MET,
        licence_held_years=8,
        age_years=41,
        points=MET,
        accidents=MET,
        drink_driving=MET,
        serious_violations=MET,
        criminal_record=MET,
        health=MET,
        illness=MET,
        abuse=MET,
        reviewed=MET,
        medical=MET,
        studied=MET,
        sober=MET,
        fit=MET,
        rested=MET,
    ),
    attendant=AttendantFacts(key="attendant 1", assigned=MET, trained=MET, background=MET),
    pre_trip=PreTripFacts(
        checked_on=DAY,
        brakes=MET,
        steering=MET,
        lights=MET,
        tyres=MET,
        safety_door=MET,
        seats=MET,
        belts=MET,
    ),
)

Changes = dict[str, object]
"""New values by path, such as ``{"bus.seats": 6}``."""


def changed(facts: DispatchFacts, changes: Changes) -> DispatchFacts:
    """The facts with some of them changed."""
    for path, value in changes.items():
        group, name = path.split(".")
        facts = replace(facts, **{group: replace(getattr(facts, group), **{name: value})})
    return facts


def value_at(facts: DispatchFacts, path: str) -> object:
    """The value of a fact."""
    group, name = path.split(".")
    return getattr(getattr(facts, group), name)

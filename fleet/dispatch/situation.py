"""What the dispatch gate is told about a trip that wants to run; pure, and unknown wherever not known.

None is unknown, as `Answer.UNKNOWN` is: the gate refuses both, and says that they are unknown. Days and
times are those of the place where the bus runs.
"""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum


class Answer(StrEnum):
    """Whether a condition of the law is met, as far as is known."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class Stage(StrEnum):
    """How old the pupils are, which decides what bus they may ride."""

    KINDERGARTEN = "kindergarten"
    PRIMARY = "primary"
    MIDDLE = "middle"


@dataclass(frozen=True)
class Period:
    """From one day to another, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class TimeWindow:
    """From one time of day to another, both included."""

    first: time
    last: time


@dataclass(frozen=True)
class BusFacts:
    """The vehicle.

    Attributes:
        plate: its number plate.
        owner: who owns it, by the registration.
        seats: how many it has.
        pupil_capacity: pupils that it is certified for.
        adult_capacity: adults that it is certified for, driver and attendants with them.
        dedicated_to: the stages for which it was built as a dedicated school bus; empty for none.
        registered: with the traffic police.
        conforms: to the national standards of school-bus safety.
        seats_as_certified: the last seat count agrees with the certificate.
        in_service: neither scrapped nor due for it, nor withdrawn from school-bus service.
        inspection_passed: the last safety inspection.
        inspection: from its day to the end of its certificate.
        carrier_insurance: period of the carrier's liability insurance.
        compulsory_insurance: period of the compulsory traffic insurance.
        maintained: the maintenance that was due has been done.
        free_of_defects: no defect is open that was not released.
        sign_lamps: fitted and working.
        stop_arm: fitted and working.
        hammer: within reach, usable and in date; so the following.
        extinguisher: dry powder.
        first_aid_kit: complete.
        recorder: satellite positioning with a driving record.
    """

    plate: str | None
    owner: str | None
    seats: int | None
    pupil_capacity: int | None
    adult_capacity: int | None
    dedicated_to: frozenset[Stage] | None
    registered: Answer
    conforms: Answer
    seats_as_certified: Answer
    in_service: Answer
    inspection_passed: Answer
    inspection: Period | None
    carrier_insurance: Period | None
    compulsory_insurance: Period | None
    maintained: Answer
    free_of_defects: Answer
    sign_lamps: Answer
    stop_arm: Answer
    hammer: Answer
    extinguisher: Answer
    first_aid_kit: Answer
    recorder: Answer


@dataclass(frozen=True)
class PermitFacts:
    """The use permit that the trip runs under.

    Attributes:
        granted: by the government, and not revoked.
        covers_bus: the bus is one of those that it is for.
        period: its validity.
        operating_plan: routes, times and stops were approved with it.
        safety_system: the operator's safety management was approved with it.
    """

    granted: Answer
    covers_bus: Answer
    period: Period | None
    operating_plan: Answer
    safety_system: Answer


@dataclass(frozen=True)
class PlateCardFacts:
    """The plate card, and what is printed on it.

    Attributes:
        held: issued, and neither lost, returned nor taken away.
        displayed: in its place, as the driver confirmed before this trip.
        period: its validity.
        plate: number plate.
        owner: of the vehicle.
        drivers: keys of those named.
        route: key of the route.
        times: when the bus runs.
        stops: keys of the stops.
    """

    held: Answer
    displayed: Answer
    period: Period | None
    plate: str | None
    owner: str | None
    drivers: frozenset[str] | None
    route: str | None
    times: tuple[TimeWindow, ...] | None
    stops: frozenset[str] | None


@dataclass(frozen=True)
class DriverFacts:
    """The driver, by the conditions of Art 23 and those that keep the qualification alive.

    Attributes:
        key: who it is.
        qualified: the licence is endorsed for school buses.
        licence: its validity.
        licence_fits: its class covers this vehicle.
        licence_held_years: completed years since the class was first held.
        age_years: exact, so that the day after a birthday is more than a number of years.
        points: no cycle with full points in the last ones that count.
        accidents: none with death or serious injury for which the driver was liable.
        drink_driving: none ever.
        serious_violations: no overloading or speeding of a passenger vehicle in the last year.
        criminal_record: none.
        health: sound, and no infectious disease.
        illness: no epilepsy or psychiatric history.
        abuse: no abuse of alcohol or drugs.
        reviewed: the annual review of the last points cycle was passed, or is not due yet.
        medical: a certificate says fit, and is still valid.
        studied: the hours of study for the last points cycle.
        sober: as the attendant confirmed before this trip.
        fit: neither ill nor unfit, as the attendant confirmed before this trip.
        rested: may drive for as long as the trip takes, by the limits on driving time.
        driving_left_min: minutes that the driver may still drive when the trip starts, without a rest.
    """

    key: str | None
    qualified: Answer
    licence: Period | None
    licence_fits: Answer
    licence_held_years: int | None
    age_years: float | None
    points: Answer
    accidents: Answer
    drink_driving: Answer
    serious_violations: Answer
    criminal_record: Answer
    health: Answer
    illness: Answer
    abuse: Answer
    reviewed: Answer
    medical: Answer
    studied: Answer
    sober: Answer
    fit: Answer
    rested: Answer
    driving_left_min: float | None = None


@dataclass(frozen=True)
class AttendantFacts:
    """Who looks after the pupils aboard.

    Attributes:
        key: who it is.
        assigned: for the whole trip.
        trained: in traffic law, emergencies and first aid, and not too long ago.
        background: checked for offences against minors, with nothing found.
    """

    key: str | None
    assigned: Answer
    trained: Answer
    background: Answer


@dataclass(frozen=True)
class PreTripFacts:
    """The driver's check of the vehicle before this trip.

    Attributes:
        checked_on: its day.
        brakes: in order; so the following.
    """

    checked_on: date | None
    brakes: Answer
    steering: Answer
    lights: Answer
    tyres: Answer
    safety_door: Answer
    seats: Answer
    belts: Answer


@dataclass(frozen=True)
class TripFacts:
    """What is to run.

    Attributes:
        day: local date.
        starts_at: local time.
        route: key of the route to be driven.
        stops: keys of the stops to be served.
        hazards_protected: no stretch along cliffs or water, with sharp bends or steep slopes, but those that
            could not be avoided and have their barriers and signs.
        stages: of the pupils who ride.
        pupils: how many will be aboard at most.
        adults: how many will be aboard, the driver among them.
        front_seat_free: no pupil is put in the front passenger seat.
        nobody_else_rides: besides pupils, driver and attendants.
        running_allowed: nobody with the power to do so has suspended running, for weather or otherwise.
    """

    day: date
    starts_at: time
    route: str | None
    stops: frozenset[str] | None
    hazards_protected: Answer
    stages: frozenset[Stage] | None
    pupils: int | None
    adults: int | None
    front_seat_free: Answer
    nobody_else_rides: Answer
    running_allowed: Answer


@dataclass(frozen=True)
class DispatchFacts:
    """All that the gate looks at."""

    trip: TripFacts
    bus: BusFacts
    permit: PermitFacts
    card: PlateCardFacts
    driver: DriverFacts
    attendant: AttendantFacts
    pre_trip: PreTripFacts

"""The demo's registry: papers of its buses, its drivers and attendants. Invented, and the same for the same day.

Identity numbers are of prefecture 3299, and VINs of maker L00, neither of which exists.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from fleet.people import changes as people
from fleet.people.attendants import Attendant, CheckKind
from fleet.people.drivers import Condition, Driver, LicenceClass, State
from fleet.people.identity_number import check_character
from fleet.people.models import User
from fleet.people.standing import ONE_DAY, add_months, current_cycle
from fleet.vehicles import changes as vehicles
from fleet.vehicles.models import Bus, BusType
from fleet.vehicles.upkeep import EquipmentKind, InspectionResult, InsuranceKind, MaintenanceKind, Severity
from fleet.vehicles.vin import CHECK_POSITION, check_digit
from telematics.simulator import model

REASON = "Demo"
BUS_TYPES = {
    "kindergarten": BusType.KINDERGARTEN,
    "primary": BusType.PRIMARY,
    "middle": BusType.PRIMARY_AND_MIDDLE,
}
SURNAMES = "王李张刘陈杨赵黄周吴徐孙"
GIVEN_NAMES = ("建国", "志强", "卫东", "海涛", "永刚", "晓明", "国庆", "春生", "立新", "学军", "德胜")
ATTENDANTS_GIVEN_NAMES = (
    "秀英",
    "桂芳",
    "玉梅",
    "丽华",
    "淑珍",
    "春燕",
    "红霞",
    "小娟",
    "雪琴",
    "美玲",
    "慧敏",
)
UNQUALIFIED = 3
"""Number of the bus whose driver had full points in the last cycle."""

INSPECTION_NEAR = 5
EXTINGUISHER_NEAR = 7
WITH_DEFECT = 8
"""Numbers of the buses whose inspection and extinguisher end soon, and of one with a defect that blocks it."""


@dataclass(frozen=True)
class Crew:
    """Who usually runs a bus; one bus of the demo has no attendant."""

    bus: Bus
    driver: Driver
    attendant: Attendant | None


def fill_registry(buses: Sequence[Bus], simulated: model.District, *, by: User, today: date) -> list[Crew]:
    """Record the papers of the demo's buses, and a driver and an attendant for each; for the last bus no attendant.

    Args:
        buses: those of `simulated`, in its order.
        simulated: the district that is driven.
        by: who may change all of them.
        today: in the local zone; what lapses, lapses around it.
    """
    crews = []
    for number, (bus, drawn) in enumerate(zip(buses, simulated.buses, strict=True)):
        kind = simulated.schools[drawn.school].kind
        described = describe(bus, drawn, kind, number, by=by, today=today)
        inspect_and_insure(described, number, by=by, today=today)
        equip(described, number, by=by, today=today)
        driver = add_driver(described, number, by=by, today=today)
        is_last = number == len(buses) - 1
        crews.append(
            Crew(described, driver, None if is_last else add_attendant(described, number, by=by, today=today))
        )
    return crews


def describe(bus: Bus, drawn: model.Bus, kind: str, number: int, *, by: User, today: date) -> Bus:
    """What stands in the registration of a bus."""
    return vehicles.change_bus(
        bus,
        {
            "vin": vin(number),
            "engine_number": f"YC6J{number:06d}",
            "make": "示范牌",
            "model": f"SF66{drawn.capacity_pupils}XB",
            "bus_type": BUS_TYPES[kind],
            "capacity_pupils": drawn.capacity_pupils,
            "capacity_adults": drawn.capacity_adults,
            "first_registered_on": add_months(today, -12 - number % 48),
            "owner": bus.operator.name,
        },
        by=by,
        reason=REASON,
    )


def inspect_and_insure(bus: Bus, number: int, *, by: User, today: date) -> None:
    """The last inspection and both insurances."""
    valid_until = today + timedelta(days=6 if number == INSPECTION_NEAR else 40 + number * 17 % 130)
    vehicles.record_inspection(
        bus=bus,
        by=by,
        reason=REASON,
        inspected_on=min(today, add_months(valid_until, -6)),
        result=InspectionResult.PASSED,
        valid_until=valid_until,
        station="苏州示范机动车检测站",
    )
    for kind, letter in ((InsuranceKind.COMPULSORY_TRAFFIC, "J"), (InsuranceKind.CARRIER_LIABILITY, "C")):
        begins = today - timedelta(days=20 + number * 23 % 320)
        vehicles.record_insurance(
            bus=bus,
            by=by,
            reason=REASON,
            kind=kind,
            insurer="示范财产保险",
            policy_number=f"{letter}{today.year}{number:06d}",
            valid_from=begins,
            valid_until=add_months(begins, 12) - ONE_DAY,
        )


def equip(bus: Bus, number: int, *, by: User, today: date) -> None:
    """All the equipment, a seat check, maintenance, and on one bus a defect."""
    counts = {EquipmentKind.ESCAPE_HAMMER: 6, EquipmentKind.EXTINGUISHER: 2, EquipmentKind.CCTV_INSIDE: 3}
    lasting = {EquipmentKind.EXTINGUISHER: 90 + number * 31 % 300, EquipmentKind.FIRST_AID_KIT: 200}
    if number == EXTINGUISHER_NEAR:
        lasting[EquipmentKind.EXTINGUISHER] = 12
    for kind in EquipmentKind:
        vehicles.record_equipment(
            bus=bus,
            by=by,
            reason=REASON,
            kind=kind,
            count=counts.get(kind, 1),
            expires_on=today + timedelta(days=lasting[kind]) if kind in lasting else None,
            checked_on=today - timedelta(days=number % 28),
        )
    vehicles.record_seat_check(
        bus=bus, by=by, reason=REASON, seats_pupils=bus.capacity_pupils, seats_adults=bus.capacity_adults
    )
    done_on = today - timedelta(days=number * 13 % 80)
    vehicles.record_maintenance(
        bus=bus,
        by=by,
        reason=REASON,
        kind=MaintenanceKind.ROUTINE,
        done_on=done_on,
        work="更换机油、机滤，检查制动、转向、轮胎",
        workshop="示范汽修厂",
        odometer_km=18_000 + number * 2_350,
        next_due_on=add_months(done_on, 3),
    )
    if number == WITH_DEFECT:
        vehicles.report_defect(
            bus=bus,
            by=by,
            description="右后轮制动片磨损到极限",
            severity=Severity.CRITICAL,
            blocks_dispatch=True,
        )


def add_driver(bus: Bus, number: int, *, by: User, today: date) -> Driver:
    """A driver of a bus, with all that Art 23 and 26 ask for."""
    born_on = add_months(today, -12 * (29 + number % 27) - number % 11)
    licensed = add_months(today, -12 * (6 + number % 4) - 2 - number % 9)
    driver = people.create_driver(
        by=by,
        reason=REASON,
        name=SURNAMES[number % len(SURNAMES)] + GIVEN_NAMES[number % len(GIVEN_NAMES)],
        identity_number=identity_number(born_on, number * 2 + 1),
        telephone=f"1000000{number:04d}",
        operator=bus.operator,
        licence_class=LicenceClass.A1,
        licence_first_issued_on=licensed,
        licence_class_since=add_months(licensed, 12),
        licence_valid_until=add_months(licensed, 12 * 10),
    )
    cycle = current_cycle(licensed, today)
    for condition in Condition:
        people.record_condition(
            driver=driver,
            by=by,
            reason=REASON,
            condition=condition,
            state=State.MET,
            established_on=cycle,
            evidence="公安机关、医院证明材料",
        )
    for years in range(4):
        people.record_points(
            driver=driver,
            by=by,
            reason=REASON,
            cycle_from=add_months(licensed, 12 * (cycle.year - licensed.year - years)),
            points=12 if number == UNQUALIFIED and years == 1 else number * (years + 1) % 4,
            checked_on=today,
        )
    qualify(driver, number, cycle, by=by, today=today)
    return driver


def qualify(driver: Driver, number: int, cycle: date, *, by: User, today: date) -> None:
    """The qualification, and what keeps it alive from year to year."""
    issued_on = add_months(cycle, -14)
    people.record_qualification(
        driver=driver,
        by=by,
        reason=REASON,
        number=f"SX{number:06d}",
        issuer="示范区公安局交通警察大队",
        issued_on=issued_on,
        valid_from=issued_on,
        valid_until=add_months(today, 12 + number % 24),
    )
    people.record_review(
        driver=driver, by=by, reason=REASON, cycle_ended_on=cycle - ONE_DAY, reviewed_on=cycle, passed=True
    )
    people.record_training(
        driver=driver,
        by=by,
        reason=REASON,
        held_on=add_months(cycle, -3),
        hours=Decimal(4),
        subject="道路交通安全法规",
    )
    examined_on = add_months(today, -(number % 5)) - timedelta(days=number % 20)
    people.record_medical(
        driver=driver,
        by=by,
        reason=REASON,
        examined_on=examined_on,
        valid_until=add_months(examined_on, 6),
        fit=True,
        hospital="示范区人民医院",
    )


def add_attendant(bus: Bus, number: int, *, by: User, today: date) -> Attendant:
    """An attendant who has passed every check."""
    born_on = add_months(today, -12 * (30 + number % 22) - number % 7)
    name = (
        SURNAMES[-1 - number % len(SURNAMES)] + ATTENDANTS_GIVEN_NAMES[number % len(ATTENDANTS_GIVEN_NAMES)]
    )
    attendant = people.create_attendant(
        by=by,
        reason=REASON,
        name=name,
        identity_number=identity_number(born_on, number * 2 + 2),
        telephone=f"1000001{number:04d}",
        operator=bus.operator,
    )
    for kind in CheckKind:
        done_on = today - timedelta(days=30 + number * 7 % 200)
        people.record_attendant_check(
            attendant=attendant,
            by=by,
            reason=REASON,
            kind=kind,
            done_on=done_on,
            passed=True,
            valid_until=add_months(done_on, 12),
            evidence="培训、健康、无犯罪记录证明",
        )
    return attendant


def vin(number: int) -> str:
    """A VIN that goes with its check digit, of a maker that does not exist."""
    blank = f"L00SCBUS0N0{number:06d}"
    return blank[:CHECK_POSITION] + check_digit(blank) + blank[CHECK_POSITION + 1 :]


def identity_number(born_on: date, sequence: int) -> str:
    """An identity number that goes with its check character, of a place that does not exist."""
    first = f"329900{born_on:%Y%m%d}{sequence % 1000:03d}"
    return first + check_character(first)

"""A district with one of everything that the API tells, and the ids by which its addresses name them."""

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from django.utils import timezone

from fleet.alarms.models import Alarm
from fleet.dispatch.changes import check_trip
from fleet.dispatch.plan import TripPlan
from fleet.duty.changes import state_activity
from fleet.duty.models import Activity
from fleet.findings.models import Finding, LimitSource, Rule
from fleet.organisations.models import Role
from fleet.people.models import User
from fleet.pupils.absences import report_absence
from fleet.pupils.changes import add_authorised_adult
from fleet.records import Record
from fleet.regulations.models import RegulationProfile
from fleet.routes.calendar_changes import create_exceptional_day, create_term
from fleet.routes.models import HazardKind, MarkingKind, RoutePattern
from fleet.routes.route_changes import add_departure, add_limiter, add_stretch
from fleet.routes.stop_changes import inspect_stop, record_hazard, record_marking
from fleet.routes.weather_changes import declare_low_visibility
from fleet.trips.changes import add_trip
from fleet.vehicles import changes
from fleet.vehicles.models import DeviceAssignment
from fleet.vehicles.upkeep import EquipmentKind, InspectionResult, InsuranceKind, MaintenanceKind, Severity
from tests.alarms.builders import episode, tell
from tests.fleet.builders import device, person
from tests.people.builders import checked_attendant, qualified_driver
from tests.permits.builders import TODAY, District, days
from tests.pupils.builders import assigned, linked, pupil, school_class, teacher
from tests.vehicles.builders import Place


@dataclass(frozen=True)
class World:
    """Who calls, and what there is.

    Attributes:
        administrator: of the district.
        principal: of its school.
        stranger: an administrator elsewhere.
        objects: by the list in an address that they belong to.
        records: of objects, by the lists in an address.
    """

    administrator: User
    principal: User
    stranger: User
    objects: dict[str, Any]
    records: dict[tuple[str, str], Any]

    def path(self, template: str) -> str:
        """An address of the API with the ids of what is there."""
        first, *rest = template.strip("/").split("/")
        path = template.replace("{pk}", str(self.objects[first].pk)) if "{pk}" in template else template
        for parameter in ("{record_pk}", "{document_pk}"):
            if parameter in path:
                path = path.replace(parameter, str(self.records[first, rest[1]].pk))
        return path


def papers_of(bus: Any, by: User) -> dict[str, Record]:
    """One paper of each kind."""
    return {
        "inspections": changes.record_inspection(
            bus=bus, by=by, inspected_on=days(-10), result=InspectionResult.PASSED, valid_until=days(150)
        ),
        "insurances": changes.record_insurance(
            bus=bus, by=by, kind=InsuranceKind.CARRIER_LIABILITY, insurer="人保", policy_number=f"P{bus.pk}",
            valid_from=days(-10), valid_until=days(300),
        ),
        "equipment": changes.record_equipment(bus=bus, by=by, kind=EquipmentKind.ESCAPE_HAMMER, count=4),
        "seat-checks": changes.record_seat_check(bus=bus, by=by, seats_pupils=30, seats_adults=2),
        "maintenance": changes.record_maintenance(
            bus=bus, by=by, kind=MaintenanceKind.ROUTINE, done_on=days(-10), work="oil"
        ),
        "defects": changes.report_defect(
            bus=bus, by=by, description="lamp", severity=Severity.MINOR, blocks_dispatch=False
        ),
    }  # fmt: skip


def records_of(driver: Any) -> dict[str, Record]:
    """The newest record of each kind."""
    return {
        "conditions": driver.drivercondition_set.first(),
        "qualifications": driver.driverqualification_set.first(),
        "reviews": driver.annualreview_set.first(),
        "medicals": driver.medicalcertificate_set.first(),
        "points": driver.pointsrecord_set.first(),
        "training": driver.traininghours_set.first(),
    }


def way_of(there: District, by: User) -> tuple[dict[str, Any], dict[tuple[str, str], Any]]:
    """A pattern with a stop, a departure and a dangerous stretch; the school's calendar."""
    pattern = RoutePattern.objects.get(route=there.route)
    stop = pattern.pattern_stops.get(order=1).stop
    school: dict[str, Any] = {"school": there.school, "by": by}
    inspect_stop(stop=stop, conditions={MarkingKind.ADVANCE_SIGN: "good"}, by=by)
    objects = {
        "patterns": pattern,
        "stops": stop,
        "terms": create_term(name="term", valid_from=days(-30), valid_until=days(90), **school),
        "exceptional-days": create_exceptional_day(day=days(3), note="sports day", **school),
    }
    records = {
        ("patterns", "departures"): add_departure(pattern=pattern, at=time(7, 10), bus=there.bus, by=by),
        ("patterns", "hazardous-stretches"): add_stretch(
            pattern=pattern, kind=HazardKind.WATER, begins_m=10, ends_m=50, by=by
        ),
        ("patterns", "speed-limiters"): add_limiter(
            pattern=pattern, begins_m=10, ends_m=50, limit_kmh=40, by=by
        ),
        ("stops", "markings"): record_marking(stop=stop, kind=MarkingKind.STOP_SIGN, by=by),
        ("stops", "hazards"): record_hazard(stop=stop, kind=HazardKind.CLIFF, by=by),
    }
    return objects, records


def child_of(where: Place, pattern: RoutePattern) -> tuple[dict[str, Any], dict[tuple[str, str], Any]]:
    """A pupil of a class with a stop, an absence, a guardian, and an adult who may collect it."""
    taught = school_class(where, teacher(where))
    child = pupil(where, school_class=taught)
    records = {
        "stops": assigned(where, child, pattern),
        "absences": report_absence(pupil=child, first_day=days(1), by=where.principal),
        "guardians": linked(where, child),
        "adults": add_authorised_adult(pupil=child, name="奶奶", by=where.principal),
    }
    return {"classes": taught, "pupils": child}, {("pupils", name): one for name, one in records.items()}


def world() -> World:
    """Make one of everything."""
    there = District()
    by = there.coordinator
    where = Place(there.district, there.operator, there.school, by, person(Role.PRINCIPAL, there.school))
    bus, unit = there.bus, device()
    changes.give_device_to_bus(device=unit, bus=bus)
    driver, attendant = qualified_driver(where), checked_attendant(where)
    papers = papers_of(bus, by)
    permit = there.permit()
    application = permit.applications.get()
    now = timezone.now()
    finding = Finding.objects.create(
        device=unit, bus=bus, rule=Rule.SPEEDING, started_at=now, last_at=now, peak=20, limit=16, unit="m/s",
        limit_source=LimitSource.ORDINARY, article="第三十五条", profile="cn-2022", found_live=True,
    )  # fmt: skip
    plan = TripPlan(bus=bus, starts_at=now, route=there.route, driver=driver, attendant=attendant)
    objects = {
        "organisations": there.operator,
        "people": by,
        "memberships": by.memberships.get(),
        "buses": bus,
        "drivers": driver,
        "attendants": attendant,
        "permits": permit,
        "applications": application,
        "plate-cards": there.card(permit, there.text(drivers=(driver,)), issued_on=TODAY),
        "routes": there.route,
        "regulation-profiles": RegulationProfile.objects.first(),
        "gate": check_trip(plan=plan, by=by),
        "devices": unit,
        "device-assignments": DeviceAssignment.objects.get(device=unit),
        "findings": finding,
        "low-visibility": declare_low_visibility(organisation=there.operator, weather="fog", by=by),
    }
    records: dict[tuple[str, str], Any] = {("buses", kind): one for kind, one in papers.items()}
    records |= {("drivers", kind): one for kind, one in records_of(driver).items()}
    way, at_way = way_of(there, there.administrator)
    child, of_child = child_of(where, way["patterns"])
    trip = add_trip(
        pattern=way["patterns"], starts_at=now + timedelta(hours=1), bus=bus, reason="test", by=by
    )
    objects |= way | child | {"trips": trip}
    records |= at_way | of_child
    tell(bus, episode(), driver=driver.pk)
    objects["alarms"] = Alarm.objects.get(bus=bus)
    records["drivers", "duty-statements"] = state_activity(
        driver=driver, activity=Activity.WORK, since=now - timedelta(hours=2), until=now, reason="test", by=by
    )
    records["attendants", "checks"] = attendant.checks.first()
    records["applications", "documents"] = application.documents.first()
    stranger = person(Role.ADMINISTRATOR, District().district)
    return World(there.administrator, where.principal, stranger, objects, records)

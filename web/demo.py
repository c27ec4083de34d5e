"""The demo's district: filled from the simulator's, so that what it drives is what the database knows."""

import secrets
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from fleet.organisations.models import Kind, Organisation
from fleet.people.models import Driver, User
from fleet.pupils.models import Pupil
from fleet.routes.models import Area, PostedKind, Road, Route
from fleet.vehicles.changes import give_device_to_bus, register_devices
from fleet.vehicles.models import Bus, Device
from telematics.simulator import model
from telematics.simulator.district import demo_district
from web.demo_dispatch import fill_dispatch
from web.demo_geometry import line, polygon
from web.demo_people import ADMINISTRATOR, Login, appoint, found_organisations
from web.demo_permits import fill_permits
from web.demo_pupils import fill_pupils
from web.demo_registry import fill_registry
from web.demo_riders import give_accounts
from web.demo_routes import draw_routes, hold_terms
from web.demo_trips import fill_trips

LANES = {"expressway": 6, "arterial": 4, "collector": 2, "local": 2}
"""Of both directions together."""


@transaction.atomic
def seed(password: str) -> list[Login]:
    """Fill an empty database with the demo's district; a filled one only gets its passwords set again.

    Args:
        password: of all the demo's accounts.

    Returns:
        One account for each role.
    """
    simulated = demo_district()
    there = found_organisations(simulated)
    schools, operators = there.schools, there.operators
    if not Road.objects.exists():
        lay_out(simulated)
        routes = draw_routes(simulated, there.district, schools)
        hold_terms(schools, timezone.localdate())
        add_buses(simulated, schools, operators, routes)
    if not Driver.objects.exists():
        plates = Bus.objects.in_bulk(field_name="plate")
        administrator, today = User.objects.get(username=ADMINISTRATOR), timezone.localdate()
        crews = fill_registry(
            [plates[one.plate] for one in simulated.buses], simulated, by=administrator, today=today
        )
        fill_permits(crews, by=administrator, today=today)
        fill_dispatch(crews, simulated, by=administrator, today=today)
    fill_trips(simulated, by=User.objects.get(username=ADMINISTRATOR), now=timezone.now())
    logins = appoint(there, password)
    give_accounts()
    if not Pupil.objects.exists():
        fill_pupils(schools, timezone.localdate())
    return logins


def lay_out(simulated: model.District) -> None:
    """Roads, and the land between them."""
    Road.objects.bulk_create(
        Road(
            name=one.name_zh,
            name_en=one.name_en,
            road_class=one.road_class,
            tunnel=one.tunnel,
            line=line(one.line),
            posted=PostedKind.NUMBER,
            forward_kmh=one.speed_limit_kmh,
            backward_kmh=one.speed_limit_kmh,
            lanes=LANES[one.road_class],
            source="demo",
        )
        for one in simulated.network.segments
    )
    Area.objects.bulk_create(
        Area(kind=one.kind, name=one.name_zh, name_en=one.name_en, outline=polygon(one.ring))
        for one in simulated.network.areas
    )


def add_buses(
    simulated: model.District, schools: list[Organisation], operators: list[Organisation], routes: list[Route]
) -> None:
    """Buses, each with its device; the last one's device is left for the coordinator to give."""
    buses = Bus.objects.bulk_create(
        Bus(
            plate=one.plate,
            operator=operators[one.operator],
            school=schools[one.school],
            route=routes[one.route],
        )
        for one in simulated.buses
    )
    register_devices({one.device_id: "" for one in simulated.buses[:-1]})
    devices = Device.objects.in_bulk(field_name="identifier")
    for bus, one in zip(buses[:-1], simulated.buses[:-1], strict=True):
        give_device_to_bus(device=devices[one.device_id], bus=bus)


def add_bus_for_recording(plate: str) -> None:
    """A bus without device or route, which a recording drives."""
    operator = Organisation.objects.filter(kind=Kind.OPERATOR).order_by("pk")[0]
    Bus.objects.get_or_create(plate=plate, defaults={"operator": operator})


def kept_password(data_dir: Path) -> str:
    """The demo's password: made once for each data directory."""
    kept = data_dir / "demo_password"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_hex(5), encoding="ascii")
    return kept.read_text(encoding="ascii").strip()

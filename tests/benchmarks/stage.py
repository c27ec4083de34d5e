"""Where benchmarks play: a fresh database, processes of ours on free ports, and a look into what they stored."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import django

from telematics.simulator.receiver import sentence
from tests.schema_template import start_from_template

START_WITHIN_S = 30
STOP_WITHIN_S = 15
LOG = os.environ.get("BENCH_LOG", os.devnull)
"""Where processes of ours write what they have to say."""


@dataclass
class Process:
    """A process of ours that listens on `port`."""

    process: "subprocess.Popen[bytes]"
    port: int

    def rss_mb(self) -> float:
        """Megabytes resident."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """End it as its supervisor would, and with force where that does not help."""
        self.process.terminate()
        try:
            self.process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.kill()


class Stage:
    """A fresh data directory and migrated database, gone at the end.

    Args:
        sqlite: whether to use SpatiaLite though DATABASE_URL is set.
    """

    def __init__(self, *, sqlite: bool = False) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="schoolrun-bench-")
        os.environ["SCHOOLRUN_DATA_DIR"] = self._folder.name
        os.environ["DJANGO_SETTINGS_MODULE"] = "web.settings"
        if sqlite:
            os.environ.pop("DATABASE_URL", None)

    def __enter__(self) -> "Stage":
        django.setup()
        if "DATABASE_URL" not in os.environ:
            start_from_template(Path(self._folder.name) / "schoolrun.sqlite3")
        self.manage("migrate", "--verbosity", "0")
        return self

    def __exit__(self, *exc: object) -> None:
        from django.db import connections

        connections.close_all()
        self._folder.cleanup()

    def manage(self, *arguments: str) -> None:
        """Run a management command."""
        subprocess.run([sys.executable, "manage.py", *arguments], check=True)

    def add_buses(self, number: int, prefix: str = "load") -> None:
        """Add so many buses, each with the device of that number; those there already stay."""
        from django.utils import timezone

        from fleet.organisations.models import Kind, Organisation
        from fleet.positions.models import LastPosition
        from fleet.vehicles.changes import BEFORE_ALL_REPORTS
        from fleet.vehicles.models import Bus, Device, DeviceAssignment

        operator, _ = Organisation.objects.get_or_create(name="Operator", kind=Kind.OPERATOR)
        names = [f"{prefix}{number:06d}" for number in range(number)]
        known = set(Device.objects.values_list("identifier", flat=True))
        new = [name for name in names if name not in known]
        buses = Bus.objects.bulk_create(Bus(plate=name[:16], operator=operator) for name in new)
        devices = Device.objects.bulk_create(
            Device(identifier=name, first_seen_at=timezone.now()) for name in new
        )
        pairs = list(zip(devices, buses, strict=True))
        LastPosition.objects.bulk_create(LastPosition(device=device, bus=bus) for device, bus in pairs)
        DeviceAssignment.objects.bulk_create(
            DeviceAssignment(device=device, bus=bus, since=BEFORE_ALL_REPORTS) for device, bus in pairs
        )

    def bus_ids(self, prefix: str) -> list[int]:
        """The ids of the buses that `add_buses` added with this prefix, by number."""
        from fleet.vehicles.models import DeviceAssignment

        of_prefix = DeviceAssignment.objects.filter(device__identifier__startswith=prefix)
        return list(of_prefix.order_by("device__identifier").values_list("bus_id", flat=True))

    def sign_in_coordinator(self) -> str:
        """Sign in a coordinator who may see every bus; gives the session's key, as the browser's cookie has it."""
        from django.conf import settings
        from django.test import Client

        from fleet.organisations.models import Membership, Organisation, Role
        from fleet.people.models import User

        person = User.objects.create_user("coordinator")
        Membership.objects.create(
            person=person, organisation=Organisation.objects.get(name="Operator"), role=Role.COORDINATOR
        )
        browser = Client()
        browser.force_login(person)
        return browser.cookies[settings.SESSION_COOKIE_NAME].value

    def start_gateway(self, port: int) -> Process:
        """A gateway process, for the caller to end."""
        environ = os.environ | {"SCHOOLRUN_TCP_PORT": str(port), "SCHOOLRUN_UDP_PORT": str(port)}
        return started([sys.executable, "manage.py", "gateway"], environ, port)

    @contextmanager
    def gateway(self) -> Iterator[Process]:
        """A gateway process for the time of the block."""
        process = self.start_gateway(free_port())
        try:
            yield process
        finally:
            process.stop()

    @contextmanager
    def web(self) -> Iterator[Process]:
        """A web process for the time of the block."""
        port = free_port()
        command = [sys.executable, "-m", "uvicorn", "web.asgi:application", "--port", str(port)]
        command += ["--lifespan", "off", "--ws", "websockets-sansio", "--log-level", "warning"]
        process = started(command, dict(os.environ), port)
        try:
            yield process
        finally:
            process.stop()

    def stored(self) -> int:
        """How many fixes are stored."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM positions_fix")
            return int(cursor.fetchone()[0])

    def stored_since(self, identifier: str, moment: datetime) -> list[datetime]:
        """The event times of a device's stored reports after `moment`."""
        from fleet.positions.models import Fix

        stored = Fix.objects.filter(device__identifier=identifier, time__gt=moment).order_by("time")
        return list(stored.values_list("time", flat=True))

    def wait_for_first(self) -> None:
        """Return when anything is stored."""
        while not self.stored():
            time.sleep(0.1)

    def wait_until_quiet(self) -> None:
        """Return when the number of stored fixes has stopped growing."""
        before = -1
        while (now := self.stored()) != before:
            before = now
            time.sleep(1)

    def burst(self, moment: datetime, number: int) -> bytes:
        """An RMC and a GGA of that moment."""
        clock, where = (
            f"{moment:%H%M%S}.{moment.microsecond // 1000:03d}",
            f"3107.{number:05d},N,12107.00000,E",
        )
        rmc = sentence(f"GNRMC,{clock},A,{where},10.00,90.0,{moment:%d%m%y},,,A")
        return rmc + sentence(f"GNGGA,{clock},{where},1,14,0.80,4.5,M,8.6,M,,")


def started(command: list[str], environ: dict[str, str], port: int) -> Process:
    """A process that listens on `port` by now.

    Raises:
        RuntimeError: it ended, or does not listen in time.
    """
    with Path(LOG).open("ab") as log:
        process = Process(subprocess.Popen(command, env=environ, stderr=log, stdout=log), port)
    try:
        await_port(port, process.process)
    except RuntimeError:
        process.stop()
        raise
    return process


def await_port(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Return when something listens on `port`.

    Raises:
        RuntimeError: the process ended, or nothing listens in time.
    """
    give_up = time.monotonic() + START_WITHIN_S
    while time.monotonic() < give_up and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{process.args!r} does not listen on port {port}")


def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

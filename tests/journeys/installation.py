"""Schoolrun as an administrator runs it: a process of its own, with data, database and ports of its own."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from tests.schema_template import start_from_template

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60
REDIS_DATABASE = "/9"
"""Not the one of the other tests: what they have cached is not true of this installation."""


def where_it_is_noon() -> str:
    """A zone in which it is day now: by night other limits hold, and no journey may hang on the hour."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}"


class Installation:
    """One `manage.py schoolrun` with the demo's district; it can be stopped and started again.

    Attributes:
        address: of its pages.
        gateway_port: where its receivers connect (TCP).
    """

    def __init__(self, data_dir: Path, database_url: str) -> None:
        web_port, self.gateway_port, udp_port = free_ports(3)
        self.address = f"http://127.0.0.1:{web_port}/"
        self._data_dir = data_dir
        self._web_port = web_port
        self._process: subprocess.Popen[bytes] | None = None
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SCHOOLRUN_")}
        redis_url = inherited.get("REDIS_URL", "")
        self._environment = inherited | {
            "DATABASE_URL": database_url,
            "REDIS_URL": urlsplit(redis_url)._replace(path=REDIS_DATABASE).geturl() if redis_url else "",
            "SCHOOLRUN_DATA_DIR": str(data_dir),
            "SCHOOLRUN_TIME_ZONE": where_it_is_noon(),
            "SCHOOLRUN_GATEWAY_HOST": "127.0.0.1",
            "SCHOOLRUN_TCP_PORT": str(self.gateway_port),
            "SCHOOLRUN_UDP_PORT": str(udp_port),
        }
        if not database_url:
            start_from_template(data_dir / "schoolrun.sqlite3")
        self.manage("migrate", "--verbosity", "0")
        self.manage("seed_demo")

    @property
    def password(self) -> str:
        """Of all the demo's accounts."""
        return (self._data_dir / "demo_password").read_text(encoding="ascii").strip()

    def manage(self, *arguments: str) -> None:
        """Run a command of manage.py to its end.

        Raises:
            CalledProcessError: it failed.
        """
        subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self._environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def start(self, **settings: str) -> None:
        """Start the server, and wait until its pages answer.

        Args:
            settings: variables of the environment, beside the usual ones.
        """
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "schoolrun", "--port", str(self._web_port)],
                cwd=ROOT,
                env=self._environment | settings,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + PATIENCE_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"The server did not start:\n{self._log.read_text()[-4000:]}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Ask the server to end, as systemd or Ctrl-C would, and wait until it has."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(PATIENCE_S) == 0, self._log.read_text()[-4000:]
        self._process = None

    @contextmanager
    def restarted(self, **settings: str) -> Iterator[None]:
        """Run with other settings for the time of a `with` block."""
        self.stop()
        self.start(**settings)
        yield
        self.stop()
        self.start()

    @property
    def _log(self) -> Path:
        return self._data_dir / "server.log"

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}health/") as answer:  # noqa: S310  (our own server)
                return bool(answer.status == 200)
        except URLError:
            return False


@contextmanager
def own_database() -> Iterator[str]:
    """A fresh database on the server of DATABASE_URL, dropped at the end; gives its address.

    Without DATABASE_URL it is empty: the installation then keeps a SpatiaLite file in its data directory.
    """
    given = os.environ.get("DATABASE_URL", "")
    if not given:
        yield ""
        return
    maintenance = urlunsplit(("postgresql", *urlsplit(given)[1:]))
    name = f"journeys_{secrets.token_hex(4)}"
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlsplit(given)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def free_ports(count: int) -> list[int]:
    """Ports of this computer that nobody listens on."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports

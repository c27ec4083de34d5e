"""The serial gateway, through pseudo-terminals: a receiver is read through unplugging, plugging and doubt."""

import asyncio
import os
import tty
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import serial
from structlog.testing import capture_logs

from telematics.gateways.intake import Intake
from telematics.gateways.serial import BAUDS, SerialReader, find_baud, open_port, valid_sentences
from tests.telematics.gateways.builders import (
    Store,
    admit_all,
    name,
    report,
    reports,
    rmc,
    sentence,
    storing,
    until,
)


class Receiver:
    """A receiver plugged into a path, as a pseudo-terminal behind a symbolic link."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._master: int | None = None

    def plug_in(self) -> None:
        self._master, slave = os.openpty()
        tty.setraw(slave)
        self.path.symlink_to(os.ttyname(slave))
        os.close(slave)

    def send(self, data: bytes) -> None:
        assert self._master is not None
        os.write(self._master, data)

    def unplug(self) -> None:
        if self._master is not None:
            os.close(self._master)
            self.path.unlink()
            self._master = None


@pytest.fixture
def receiver(tmp_path: Path):
    receiver = Receiver(tmp_path / "ttyGPS")
    receiver.plug_in()
    yield receiver
    receiver.unplug()


@asynccontextmanager
async def reading(intake: Intake, store: Store, receiver: Receiver, **options) -> AsyncIterator[SerialReader]:
    options = {"port": str(receiver.path), "baud": 9600, "device": "bus-1", "admit": admit_all, **options}
    reader = SerialReader(intake, **options)
    async with storing(intake, store):
        reader.start()
        try:
            yield reader
        finally:
            await reader.stop()


@asynccontextmanager
async def driving(receiver: Receiver) -> AsyncIterator[None]:
    """Have a receiver report ten times a second."""

    async def drive() -> None:
        for second in range(10_000):
            receiver.send(report(second))
            await asyncio.sleep(0.1)

    task = asyncio.create_task(drive())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def connected(reader: SerialReader) -> None:
    await until(lambda: reader.snapshot()["receivers"] == 1)


async def test_a_receiver_is_read_and_a_name_in_its_stream_changes_nothing(receiver: Receiver):
    intake, store = Intake(), Store()
    async with reading(intake, store, receiver) as reader:
        await connected(reader)
        receiver.send(report(1) + name("somebody-else") + report(2) + rmc(3))
        await until(lambda: store.by_device() == {"bus-1": [1, 2, 3]})


async def test_without_a_configured_name_the_device_is_called_by_its_port(receiver: Receiver):
    intake, store = Intake(), Store()
    async with reading(intake, store, receiver, device=None) as reader:
        await connected(reader)
        receiver.send(report(1))
        await until(lambda: store.by_device() == {f"serial:{receiver.path}": [1]})


async def test_unplugged_and_plugged_in_again_it_goes_on_and_logs_each_change_once(receiver: Receiver):
    intake, store = Intake(), Store()
    with capture_logs() as logs:
        async with reading(intake, store, receiver) as reader:
            await connected(reader)
            receiver.send(report(1))
            await until(lambda: len(store.arrivals) == 1)
            receiver.unplug()
            await until(lambda: reader.snapshot()["receivers"] == 0)
            await asyncio.sleep(1)
            receiver.plug_in()
            await connected(reader)
            receiver.send(report(2))
            await until(lambda: store.by_device() == {"bus-1": [1, 2]})
    states = [entry["state"] for entry in logs if entry["event"] == "serial_port"]
    assert states == ["reading", "absent", "reading"]


async def test_a_report_in_hand_when_the_receiver_is_unplugged_is_delivered(receiver: Receiver):
    intake, store = Intake(), Store()
    async with reading(intake, store, receiver) as reader:
        await connected(reader)
        receiver.send(rmc(1))
        await until(lambda: reader.bytes_received == len(rmc(1)))
        receiver.unplug()
        await until(lambda: store.by_device() == {"bus-1": [1]})


async def test_a_receiver_plugged_in_after_the_start_is_found(receiver: Receiver):
    intake, store = Intake(), Store()
    receiver.unplug()
    async with reading(intake, store, receiver) as reader:
        await asyncio.sleep(0.1)
        receiver.plug_in()
        await connected(reader)
        receiver.send(report(1))
        await until(lambda: store.by_device() == {"bus-1": [1]})


async def test_with_the_intake_full_the_port_is_not_read_and_nothing_is_lost(receiver: Receiver):
    intake, store = Intake(high_water=3, low_water=2), Store()
    store.open.clear()
    async with reading(intake, store, receiver) as reader:
        await connected(reader)
        receiver.send(reports(range(4)))
        await until(lambda: intake.full)
        read_before = reader.bytes_received
        receiver.send(reports(range(4, 10)))
        await asyncio.sleep(0.3)
        assert reader.bytes_received <= read_before + len(report(1)) * 4
        assert intake.level < 10
        store.open.set()
        await until(lambda: store.by_device() == {"bus-1": list(range(10))})


async def test_it_stops_though_the_intake_is_full_for_ever(receiver: Receiver):
    intake, store = Intake(high_water=1, low_water=1), Store()
    store.open.clear()
    async with reading(intake, store, receiver) as reader:
        await connected(reader)
        receiver.send(report(1))
        await until(lambda: intake.full)
    assert intake.level == 1


async def test_a_device_that_is_not_admitted_is_not_read(receiver: Receiver):
    intake, store, asked = Intake(), Store(), []

    def refuse(device: str, peer: str) -> bool:
        asked.append((device, peer))
        return False

    async with reading(intake, store, receiver, admit=refuse):
        receiver.send(report(1))
        await until(lambda: len(asked) > 0)
    assert asked[0] == ("bus-1", str(receiver.path))
    assert store.arrivals == []


async def test_the_baud_rate_is_found_by_itself(receiver: Receiver):
    intake, store = Intake(), Store()
    async with reading(intake, store, receiver, baud=None), driving(receiver):
        await until(lambda: len(store.arrivals) > 2)


async def test_a_baud_rate_that_is_no_longer_right_is_looked_for_again(receiver: Receiver):
    intake, store, opened = Intake(), Store(), []

    def opener(path: str, baud: int) -> serial.Serial:
        opened.append(path)
        return open_port(path, baud)

    async with reading(intake, store, receiver, baud=None, opener=opener) as reader:
        async with driving(receiver):
            await connected(reader)
        for _ in range(5):
            receiver.send(b"\xff" * 1000)
        await until(lambda: len(opened) > 1)
        async with driving(receiver):
            await until(lambda: len(store.arrivals) > 2)


async def test_of_several_ports_the_one_with_a_receiver_is_found(receiver: Receiver, tmp_path: Path):
    intake, store, silent = Intake(), Store(), Receiver(tmp_path / "ttySilent")
    silent.plug_in()
    paths = [str(tmp_path / "ttyAbsent"), str(silent.path), str(receiver.path)]
    options = {"port": "auto", "device": None, "ports": lambda: paths}
    async with reading(intake, store, receiver, **options), driving(receiver):
        await until(lambda: len(store.arrivals) > 0)
    silent.unplug()
    assert set(store.by_device()) == {f"serial:{receiver.path}"}


async def test_a_url_of_pyserial_is_a_port_too():
    intake, store = Intake(), Store()

    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for second in range(10_000):  # pyserial discards what comes before it has opened
            writer.write(report(second))
            await asyncio.sleep(0.1)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = f"socket://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    reader = SerialReader(intake, admit=admit_all, port=port, baud=9600)
    async with storing(intake, store):
        reader.start()
        await until(lambda: len(store.arrivals) > 2)
        await reader.stop()
    server.close()
    assert set(store.by_device()) == {f"serial:{port}"}


@pytest.mark.parametrize("right", BAUDS)
def test_the_rate_with_valid_sentences_is_the_rate(right: int):
    assert find_baud(lambda baud: reports(range(3)) if baud == right else b"\x80\xf8\x00$\x86" * 50) == right


def test_a_convincing_rate_ends_the_search():
    tried = []

    def sample_at(baud: int) -> bytes:
        tried.append(baud)
        return reports(range(3))

    assert find_baud(sample_at, (4800, 9600)) == 4800
    assert tried == [4800]


def test_of_weak_evidence_the_best_is_taken():
    samples = {4800: report(1)[:-1] + b"\xff", 9600: rmc(1) + sentence("GPGSV,1,1,00")[5:], 38400: b""}
    assert find_baud(samples.__getitem__, samples) == 4800


def test_no_sense_at_any_rate_is_no_rate():
    assert find_baud(lambda _baud: b"$GPRMC,garbled*00\r\n") is None


def test_a_wrong_checksum_is_no_evidence():
    assert valid_sentences(b"\x00\xff" + rmc(1) + rmc(2).replace(b"GPRMC", b"GPRMD") + gga_glued()) == 2


def gga_glued() -> bytes:
    return b"$" + sentence("GPGGA,000001.00,,,,,0,00,,,M,,M,,")

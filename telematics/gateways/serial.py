"""The serial gateway: one receiver on a serial port, read in a thread, into the intake."""

import asyncio
import contextlib
import os
import select
import termios
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import ParamSpec, TypeVar

import serial
import structlog
from serial.tools import list_ports

from telematics.fix import Arrival, Fix
from telematics.gateways.intake import Intake
from telematics.gateways.session import Admit, DecoderFactory, nmea_decoder
from telematics.protocols.base import Message

log = structlog.get_logger(__name__)

AUTO = "auto"
BAUDS = (9600, 4800, 115200, 38400, 57600, 19200, 230400)
"""What receivers are set to, the commonest first."""
SAMPLE_S = 1.2
"""A receiver reports at least once a second."""
CONVINCING_SENTENCES = 3
READ_TIMEOUT_S = 0.2
GATHER_S = 0.02
"""Pause after a first byte, so that a burst costs a few reads and not one for every byte."""
LARGEST_READ_BYTES = 4096
FULL_POLL_S = 0.05
FIRST_RETRY_S = 0.25
LAST_RETRY_S = 5.0
LOST_BAUD_BYTES = 4096
"""Bytes that decode to nothing after which a baud rate found by itself is looked for again."""
PORT_ERRORS = (OSError, termios.error)

P = ParamSpec("P")
T = TypeVar("T")
OpenPort = Callable[[str, int], serial.Serial]
Watch = Callable[[str, bool, datetime], None]


class _PolledSerial(serial.Serial):
    """A port read by poll(2): pyserial's own select(2) fails where a gateway has over 1,024 files open."""

    def read(self, size: int = 1, /) -> bytes:
        poll = select.poll()
        poll.register(self.fileno(), select.POLLIN)
        if not poll.poll((self.timeout or 0) * 1000):
            return b""
        data = os.read(self.fileno(), size)
        if not data:
            raise serial.SerialException("unplugged")
        return data


def open_port(port: str, baud: int) -> serial.Serial:
    """Open a device path, or any URL that pyserial knows (``rfc2217://``, ``socket://``, ``loop://``)."""
    if "://" in port:
        return serial.serial_for_url(port, baudrate=baud, timeout=READ_TIMEOUT_S)
    return _PolledSerial(port, baudrate=baud, timeout=READ_TIMEOUT_S)


def serial_ports() -> list[str]:
    """The paths of all serial ports that there are, those with a USB identity first."""
    ports = sorted(list_ports.comports(), key=lambda port: (port.vid is None, port.device))
    return [port.device for port in ports]


def valid_sentences(sample: bytes) -> int:
    """How many NMEA sentences with the right checksum a sample holds: none at the wrong baud rate."""
    decoder = nmea_decoder()
    decoder.feed(sample)
    return decoder.stats.checksum_right


def find_baud(sample_at: Callable[[int], bytes], bauds: Iterable[int] = BAUDS) -> int | None:
    """The baud rate at which a port makes most sense; None when it makes none at any.

    Args:
        sample_at: reads the port for a while at a baud rate.
        bauds: rates to try, in this order; a convincing one ends the search.
    """
    best, most = None, 0
    for baud in bauds:
        found = valid_sentences(sample_at(baud))
        if found >= CONVINCING_SENTENCES:
            return baud
        if found > most:
            best, most = baud, found
    return best


class SerialReader:
    """Reads a receiver for as long as it runs, through unplugging and plugging in again.

    A name in the stream changes nothing: the device is what is wired to the port.

    Args:
        intake: where its reports go; while it is full the port is not read.
        admit: whether the device may report; asked each time that the port is opened.
        port: path, pyserial URL, or "auto" for the first port on which a receiver is heard.
        baud: baud rate; None to find it.
        device: name of the device; by default ``serial:`` and the port.
        decoder: makes a decoder, afresh each time that the port is opened.
        opener: opens a port at a baud rate.
        ports: lists the paths to try when the port is "auto".
        watch: told on the event loop when a receiver begins to be read, when it is unplugged, and when it is read
            again: its device, whether it is plugged in, and when.
    """

    def __init__(
        self,
        intake: Intake,
        *,
        admit: Admit,
        port: str = AUTO,
        baud: int | None = None,
        device: str | None = None,
        decoder: DecoderFactory = nmea_decoder,
        opener: OpenPort = open_port,
        ports: Callable[[], list[str]] = serial_ports,
        watch: Watch | None = None,
    ) -> None:
        self.bytes_received = 0
        self.reports = 0
        self._intake = intake
        self._admit = admit
        self._port = port
        self._baud = baud
        self._device = device
        self._decoder = decoder
        self._opener = opener
        self._ports = ports
        self._watch = watch
        self._plugged_in: dict[str, bool] = {}
        self._states: dict[str, str] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"serial {port}", daemon=True)

    def start(self) -> None:
        """Begin to read. Call it on the event loop that the intake lives on."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def stop(self) -> None:
        """End the reading and return when the port is closed; what has been read is in the intake."""
        self._stopping.set()
        await asyncio.to_thread(self._thread.join)
        await asyncio.sleep(0)

    def snapshot(self) -> dict[str, int]:
        """Counters for the metrics page."""
        reading = sum(state == "reading" for state in self._states.values())
        return {"receivers": reading, "bytes_received": self.bytes_received, "reports": self.reports}

    def _run(self) -> None:
        retry_s = FIRST_RETRY_S
        while not self._stopping.is_set():
            reports_before = self.reports
            for path in self._ports() if self._port == AUTO else [self._port]:
                try:
                    self._visit(path)
                except PORT_ERRORS as error:
                    self._enter(path, "absent", error=str(error))
            came_to_something = self.reports > reports_before
            retry_s = FIRST_RETRY_S if came_to_something else min(retry_s * 2, LAST_RETRY_S)
            self._stopping.wait(retry_s)

    def _visit(self, path: str) -> None:
        """Read one port until it is unplugged (an OSError), unintelligible, or we stop."""
        device = self._device or f"serial:{path}"
        with contextlib.closing(self._opener(path, self._baud or BAUDS[0])) as port:
            if self._baud is None or self._port == AUTO:
                baud = find_baud(lambda rate: self._sample(port, rate), self._bauds())
                if baud is None:
                    self._enter(path, "unintelligible")
                    return
                port.baudrate = baud
            if not self._on_loop(self._admit, device, path):
                self._enter(path, "not_admitted", device=device)
                return
            self._enter(path, "reading", device=device, baud=port.baudrate)
            self._tell(device, is_plugged_in=True)
            try:
                self._read(port, device)
            except PORT_ERRORS:
                self._tell(device, is_plugged_in=False)
                raise

    def _tell(self, device: str, *, is_plugged_in: bool) -> None:
        """Have the watch know, once, that a receiver is there or has gone."""
        if self._watch is None or self._plugged_in.get(device) == is_plugged_in:
            return
        self._plugged_in[device] = is_plugged_in
        self._on_loop(self._watch, device, is_plugged_in, datetime.now(UTC))

    def _bauds(self) -> tuple[int, ...]:
        return BAUDS if self._baud is None else (self._baud,)

    def _sample(self, port: serial.Serial, baud: int) -> bytes:
        port.baudrate = baud
        port.reset_input_buffer()
        sample = b""
        end = time.monotonic() + SAMPLE_S
        while time.monotonic() < end and valid_sentences(sample) < CONVINCING_SENTENCES:
            if self._stopping.is_set():
                return b""
            sample += self._read_some(port)
        return sample

    def _read(self, port: serial.Serial, device: str) -> None:
        """Read until the port is unplugged, we stop, or the baud rate is no longer right."""
        decoder = self._decoder()
        fruitless_bytes = 0
        try:
            while not self._stopping.is_set():
                data = self._read_some(port)
                messages = decoder.feed(data) if data else decoder.flush()
                self._hand_over(device, messages)
                self.bytes_received += len(data)
                fruitless_bytes = 0 if messages else fruitless_bytes + len(data)
                if self._baud is None and fruitless_bytes > LOST_BAUD_BYTES:
                    return
        finally:
            self._hand_over(device, decoder.end())

    def _read_some(self, port: serial.Serial) -> bytes:
        """The bytes of one burst, or none after the port's timeout.

        An error amid a burst is left for the next read to meet, so that what came before it is not lost.
        """
        data = port.read(1)
        if not data:
            return b""
        self._stopping.wait(GATHER_S)
        with contextlib.suppress(*PORT_ERRORS):
            while len(data) < LARGEST_READ_BYTES and (waiting := port.in_waiting):
                data += port.read(waiting)
        return data

    def _hand_over(self, device: str, messages: list[Message]) -> None:
        """Put reports into the intake, and wait while it is full."""
        now = datetime.now(UTC)
        arrivals = [Arrival(device, message, now) for message in messages if isinstance(message, Fix)]
        if not arrivals:
            return
        self.reports += len(arrivals)
        self._on_loop(self._intake.offer, arrivals)
        while self._intake.full and not self._stopping.wait(FULL_POLL_S):
            pass

    def _on_loop(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Have the event loop call a function, and wait for what it gives."""

        async def call() -> T:
            return function(*args, **kwargs)

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result()

    def _enter(self, path: str, state: str, **fields: object) -> None:
        if self._states.get(path) == state:
            return
        self._states[path] = state
        log.info("serial_port", port=path, state=state, **fields)

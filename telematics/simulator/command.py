"""The command `python -m telematics simulate`: drives the demo district's buses against a gateway."""

import argparse
import asyncio
import itertools
import sys

from telematics.simulator.district import demo_district
from telematics.simulator.fleet import Clock, Fleet, Gateway, buses_for

_FIRST_STATUS_S, _STATUS_EVERY_S = 3.0, 30.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--host", default="127.0.0.1", help="the gateway's host")
    parser.add_argument("--port", type=int, default=5005, help="the gateway's TCP and UDP port")
    parser.add_argument("--buses", type=_positive_int, help="how many buses (default: the district's forty)")
    parser.add_argument("--period", type=_positive, default=2.0, help="seconds from report to report")
    parser.add_argument("--udp-share", type=_share, default=0.1, help="share of the buses that send over UDP")
    parser.add_argument(
        "--speedup",
        type=_positive,
        default=1.0,
        help="begin an hour ago and run this much faster to catch up",
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="another seed gives other streets, routes and drives"
    )
    parser.add_argument("--duration", type=_positive, help="stop after this many seconds")


def run(args: argparse.Namespace) -> int:
    """Drive until interrupted, or for the given duration.

    Returns:
        The process's exit code: 0, or 1 where no bus ever reached the gateway.
    """
    district = demo_district(args.seed)
    gateway = Gateway(args.host, args.port, args.period, args.udp_share)
    fleet = Fleet(district, buses_for(district, args.buses), gateway, args.seed)
    _say(f"Driving {len(fleet.links)} buses of {district.name_en}; reporting to {args.host}:{args.port}.")
    try:
        asyncio.run(_drive(fleet, Clock(args.speedup), args.duration))
    except KeyboardInterrupt:
        _say("Interrupted.")
    reports = sum(link.sent for link in fleet.links)
    _say(f"Stopped after {reports} reports.")
    return 0 if reports else 1


async def _drive(fleet: Fleet, clock: Clock, duration_s: float | None) -> None:
    watching = asyncio.create_task(_watch(fleet))
    try:
        async with asyncio.timeout(duration_s):
            await fleet.drive(clock)
    except TimeoutError:
        return
    finally:
        watching.cancel()


async def _watch(fleet: Fleet) -> None:
    for pause_s in itertools.chain((_FIRST_STATUS_S,), itertools.repeat(_STATUS_EVERY_S)):
        await asyncio.sleep(pause_s)
        connected = sum(link.connected for link in fleet.links)
        reports = sum(link.sent for link in fleet.links)
        _say(f"{connected} of {len(fleet.links)} buses connected, {reports} reports sent.")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _positive(text: str) -> float:
    value = float(text)
    if value <= 0:
        raise argparse.ArgumentTypeError("must be more than 0")
    return value


def _positive_int(text: str) -> int:
    value = int(text)
    if value <= 0:
        raise argparse.ArgumentTypeError("must be more than 0")
    return value


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError("must be between 0 and 1")
    return value

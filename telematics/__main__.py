"""The command line: ``python -m telematics decode ...``, ``python -m telematics simulate ...``."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import NamedTuple


class Command(NamedTuple):
    """A subcommand: a module with `add_arguments(parser)` and `run(args) -> int`, and a line of help."""

    module: str
    help: str


COMMANDS = {
    "decode": Command("telematics.decode", "turn a receiver's log into JSON lines"),
    "duty": Command(
        "telematics.duty.command", "hold a driver's activities against the rules on driving and rest"
    ),
    "evaluate-arrivals": Command(
        "telematics.prediction.evaluate", "learn travel times on recorded days, and predict the days after"
    ),
    "simulate": Command("telematics.simulator.command", "drive simulated buses that report to a gateway"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the subcommand that the arguments name; only its module is loaded.

    Returns:
        The process's exit code.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(
        prog="python -m telematics", description="Vehicle telematics, without a server."
    )
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        subparser = subparsers.add_parser(
            name, help=command.help, description=f"{command.help.capitalize()}."
        )
        if name in arguments[:1]:
            module = importlib.import_module(command.module)
            module.add_arguments(subparser)
            subparser.set_defaults(run=module.run)
    options = parser.parse_args(arguments)
    run: int = options.run(options)
    return run


if __name__ == "__main__":
    raise SystemExit(main())

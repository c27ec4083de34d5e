"""The stage in a process of its own, so that its Django and the tests' Django do not meet."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stage(*, buses: int = 40) -> Iterator[str]:
    """Serves the stage for the time of a `with` block; gives its address."""
    command = [sys.executable, "-m", "tests.frontend.harness.stage", "--buses", str(buses)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()

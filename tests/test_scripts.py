"""The scripts of a fresh machine: what they say and refuse, on the real system."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = sorted(path for path in (ROOT / "script").iterdir() if path.is_file() and path.suffix != ".txt")
LIBRARIES = sorted((ROOT / "script" / "lib").glob("*.sh"))


def run(*command: str | Path, **environment: object) -> subprocess.CompletedProcess[str]:
    """Run a command in the repository and give its result, with its output as text."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=os.environ | {key: str(value) for key, value in environment.items()},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def program(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("script", [*COMMANDS, *LIBRARIES, ROOT / ".ci" / "run"], ids=lambda path: path.name)
def test_shell_script_is_well_formed(script: Path) -> None:
    result = run("bash", "-n", script)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("script", COMMANDS, ids=lambda path: path.name)
def test_command_can_be_run_and_tells_its_use(script: Path) -> None:
    assert os.access(script, os.X_OK)
    assert f"# usage: script/{script.name}" in script.read_text()


def test_python_that_cannot_load_extensions_is_passed_over(tmp_path: Path) -> None:
    crippled = program(
        tmp_path / "python3",
        f"""#!/bin/sh
exec {sys.executable} -c 'import sqlite3, sys; sqlite3.Connection = object; exec(sys.stdin.read())'
""",
    )
    find = "source script/lib/common.sh; source script/lib/python.sh; VENV=/nowhere; find_python"
    result = run("bash", "-c", find, PATH=f"{tmp_path}:{os.environ['PATH']}")
    if not result.stdout:
        pytest.skip("this computer has no other Python that is fit")
    assert Path(result.stdout.strip()) != crippled
    assert (
        run(
            result.stdout.strip(), "-c", "import sqlite3; sqlite3.Connection.enable_load_extension"
        ).returncode
        == 0
    )


@pytest.mark.skipif(not shutil.which("apt-get"), reason="the command named is apt-get's")
def test_missing_package_without_root_gives_the_one_command_to_run(tmp_path: Path) -> None:
    for tool in Path("/usr/bin").iterdir():
        if tool.name not in {"msgfmt", "sudo", "id"}:
            (tmp_path / tool.name).symlink_to(tool)
    program(tmp_path / "id", "#!/bin/sh\necho 1000\n")
    result = run("bash", "script/bootstrap", PATH=tmp_path)
    assert result.returncode == 1
    assert "these system packages are missing: gettext." in result.stderr
    assert result.stderr.count("apt-get install") == 1
    assert 'install -y -qq --no-install-recommends "gettext"' in result.stderr


def test_bench_without_a_name_lists_the_names() -> None:
    result = run("script/bench")
    assert result.returncode == 2
    listed = result.stdout.rpartition("Names:")[2].split()
    assert listed == sorted(listed)
    assert all((ROOT / "tests" / "benchmarks" / f"{name}.py").is_file() for name in listed)


@pytest.mark.parametrize(
    ("variable", "kind"),
    [
        ("PORT", socket.SOCK_STREAM),
        ("SCHOOLRUN_TCP_PORT", socket.SOCK_STREAM),
        ("SCHOOLRUN_UDP_PORT", socket.SOCK_DGRAM),
    ],
)
def test_demo_names_the_variable_of_a_port_that_is_taken(
    variable: str, kind: socket.SocketKind, tmp_path: Path
) -> None:
    with socket.socket(type=kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        port = taken.getsockname()[1]
        free = {name: free_port() for name in ("PORT", "SCHOOLRUN_TCP_PORT", "SCHOOLRUN_UDP_PORT")}
        result = run("script/demo", **free | {variable: port, "SCHOOLRUN_DATA_DIR": tmp_path})
    assert result.returncode == 1
    assert f"port {port} " in result.stderr
    assert f"{variable}={port + 1} script/demo" in result.stderr


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_demo_refuses_a_recording_that_is_not_there() -> None:
    result = run("script/demo", "--replay", "nowhere.nmea")
    assert result.returncode == 1
    assert "nowhere.nmea" in result.stderr


def test_private_servers_and_their_files_end_with_their_command(tmp_path: Path) -> None:
    command = 'echo "$PGDATA"; exec sleep 600'
    with subprocess.Popen(
        ["script/with-servers", "bash", "-c", command],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": "/tmp"},  # noqa: S108  (the servers' own user must be able to enter it)
        stdout=subprocess.PIPE,
        text=True,
    ) as servers:
        assert servers.stdout is not None
        data = Path(servers.stdout.readline().strip())
        postgres = int((data / "postmaster.pid").read_text().splitlines()[0])
        servers.send_signal(signal.SIGTERM)
        assert servers.wait(timeout=60) == 128 + signal.SIGTERM
    assert not data.parent.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(postgres, 0)

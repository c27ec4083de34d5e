# Finds a Python fit for Schoolrun: 3.11 or later, able to make virtual environments, and with an sqlite3 that
# can load SpatiaLite (pyenv's usually cannot). Source it after common.sh.

# Is the Python found as $1 fit?
is_fit_python() {
    "$1" - >/dev/null 2>&1 <<'PYTHON'
import ensurepip, sqlite3, sys, venv

assert sys.version_info >= (3, 11)
assert hasattr(sqlite3.Connection, "enable_load_extension")
PYTHON
}

# Prints the first fit Python of this computer.
find_python() {
    local candidate path
    for candidate in python3 /usr/bin/python3 python3.13 python3.12 python3.11 \
        /opt/homebrew/bin/python3 /usr/local/bin/python3; do
        path=$(command -v "$candidate") || continue
        [[ $path == "$VENV"/* ]] && continue
        if is_fit_python "$path"; then
            say "$path"
            return
        fi
    done
    return 1
}

make_virtual_environment() {
    is_fit_python "$PYTHON" && return
    local base
    base=$(find_python) || fail "no Python 3.11 or later whose sqlite3 can load extensions; $(python_advice)"
    say "Making a virtual environment in .venv with $base"
    rm -rf "$VENV"
    "$base" -m venv "$VENV"
}

python_advice() {
    if [[ $(uname) == Darwin ]]; then
        say "install one with: brew install python"
    else
        say "install Debian 12's or Ubuntu 24.04's python3 and python3-venv, or build one with --enable-loadable-sqlite-extensions"
    fi
}

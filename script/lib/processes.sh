# Starts programs as process groups of their own and ends them whole, so that nothing outlives a script.
# Source it after common.sh.

STARTED=()

# Starts a command beside this script, in a process group of its own; $STARTED_PID is its number.
start() {
    set -m
    "$@" </dev/null &
    STARTED_PID=$!
    set +m
    STARTED+=("$STARTED_PID")
}

# Ends a process group: asks, waits up to ten seconds, then insists.
stop() {
    local group=$1 tries=100
    kill -TERM -- "-$group" 2>/dev/null || return 0
    while kill -0 -- "-$group" 2>/dev/null; do
        if ((tries-- == 0)); then
            kill -KILL -- "-$group" 2>/dev/null || true
            break
        fi
        sleep 0.1
    done
    wait "$group" 2>/dev/null || true
}

# Ends everything that `start` began, the last first.
stop_all() {
    trap '' INT TERM HUP
    local index
    for ((index = ${#STARTED[@]} - 1; index >= 0; index--)); do
        stop "${STARTED[index]}"
    done
    STARTED=()
}

# Runs a command to its end, as `start` does, so that a signal to this script reaches the command at once.
run() {
    local status=0
    start "$@"
    wait "$STARTED_PID" || status=$?
    stop "$STARTED_PID"
    unset "STARTED[${#STARTED[@]}-1]"
    return "$status"
}

# Calls the given function, then ends everything started, however this script ends.
on_exit() {
    # shellcheck disable=SC2064  # the name is meant to be filled in now
    trap "$1" EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exit 129' HUP
}

# A private PostgreSQL with PostGIS and a private Redis, in a folder of their own, on free ports of this computer.
# Source it after common.sh, packages.sh and processes.sh.

SERVERS= # their folder

# Starts both and exports DATABASE_URL, REDIS_URL and PGDATA. "durable" as $1 keeps PostgreSQL's fsync on.
start_servers() {
    local durability=$1 bin password postgres_port redis_port
    bin=$(postgres_bin) || fail "no PostgreSQL with PostGIS here; run script/bootstrap --test"
    password=$(random_secret)
    read -r postgres_port redis_port < <(free_ports 2)
    SERVERS=$(mktemp -d "${TMPDIR:-/tmp}/schoolrun-servers.XXXXXX")
    [[ $(id -u) != 0 ]] || chown postgres "$SERVERS"
    export PGDATA=$SERVERS/postgres
    export DATABASE_URL=postgis://schoolrun:$password@127.0.0.1:$postgres_port/schoolrun
    export REDIS_URL=redis://default:$password@127.0.0.1:$redis_port/0

    make_database_cluster "$bin" "$password" "$postgres_port" "$durability"
    redis_settings "$redis_port" "$password" | as_server tee "$SERVERS/redis.conf" >/dev/null
    start keep_running postgres "$bin/postgres"
    start keep_running redis redis-server "$SERVERS/redis.conf"
    await postgres "$bin/pg_isready" --quiet --host 127.0.0.1 --port "$postgres_port"
    await redis grep -q 'Ready to accept connections' "$SERVERS/redis.log"
    PGPASSWORD=$password "$bin/createdb" --host 127.0.0.1 --port "$postgres_port" --username schoolrun schoolrun
}

# Ends both and removes what they kept.
stop_servers() {
    stop_all
    [[ -z $SERVERS ]] || rm -rf "$SERVERS"
}

# Runs a command in the servers' folder, not as root: PostgreSQL refuses that, and Redis has no need of it.
as_server() {
    local as_user=(env)
    [[ $(id -u) != 0 ]] || as_user=(setpriv --reuid postgres --regid postgres --init-groups --)
    (cd "$SERVERS" && umask 077 && exec "${as_user[@]}" "$@")
}

# Runs a server and starts it again whenever it ends, as a supervisor does: the crash benchmark kills it.
keep_running() {
    local name=$1
    shift
    while true; do
        as_server "$@" >>"$SERVERS/$name.log" 2>&1 || true
        sleep 0.2
    done
}

await() {
    local name=$1 tries=300
    shift
    until "$@" 2>/dev/null; do
        ((tries-- > 0)) || fail "the private $name did not start:
$(tail -n 20 "$SERVERS/$name.log")"
        sleep 0.1
    done
}

make_database_cluster() {
    local bin=$1 password=$2 port=$3 durability=$4
    as_server tee "$SERVERS/password" <<<"$password" >/dev/null
    as_server "$bin/initdb" --username schoolrun --pwfile "$SERVERS/password" --auth scram-sha-256 \
        --encoding UTF8 --locale C --no-sync >/dev/null
    postgres_settings "$port" "$durability" | as_server tee -a "$PGDATA/postgresql.conf" >/dev/null
}

postgres_settings() {
    local port=$1 durability=$2
    cat <<EOF
port = $port
listen_addresses = '127.0.0.1'
unix_socket_directories = '$SERVERS'
max_connections = 200
shared_buffers = 256MB
max_wal_size = 4GB
log_min_messages = fatal
EOF
    [[ $durability == durable ]] || printf '%s = off\n' fsync synchronous_commit full_page_writes
}

redis_settings() {
    cat <<EOF
bind 127.0.0.1
port $1
requirepass $2
dir $SERVERS
save ""
appendonly no
EOF
}

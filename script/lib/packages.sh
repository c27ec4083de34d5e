# The packages that the operating system has to give: which are missing, and how to install them.
# Source it after common.sh and python.sh.

POSTGIS_PACKAGE='^postgresql-[0-9]+-postgis-3$' # a pattern to apt-get: the distribution knows its number
BREW_COMMAND='brew install python gdal geos proj libspatialite gettext node'
BREW_TEST_COMMAND='brew install postgis redis'

# Makes sure that the system's packages are there: installs them where that is allowed, else says the one
# command that does and ends the script. "test" as $1 adds what only the tests need.
require_system_packages() {
    local purpose=$1 missing=() package
    while IFS= read -r package; do
        missing+=("$package")
    done < <(missing_packages "$purpose")
    [[ ${#missing[@]} == 0 ]] && return
    have apt-get || fail "these are missing: ${missing[*]}. $(other_system_advice "$purpose")"

    local as_root=(env)
    if [[ $(id -u) != 0 ]]; then
        as_root=(sudo -n)
        sudo -n true 2>/dev/null || fail "$(command_for_administrator "${missing[@]}")"
    fi
    say "Installing system packages: ${missing[*]}"
    "${as_root[@]}" sh -c "$(apt_command "${missing[@]}")" >/dev/null
}

missing_packages() {
    is_fit_python "$PYTHON" || find_python >/dev/null || say python3-venv
    [[ -n ${GDAL_LIBRARY_PATH:-} ]] || have gdalinfo || say gdal-bin
    have msgfmt || say gettext
    has_spatialite || say libsqlite3-mod-spatialite
    has_chinese_font || say fonts-noto-cjk
    if [[ $1 == test ]]; then
        have redis-server || say redis-server
        postgres_bin >/dev/null || say "$POSTGIS_PACKAGE"
        browser >/dev/null || [[ $(distribution) == ubuntu ]] || say chromium
    fi
}

has_spatialite() {
    [[ -n ${SPATIALITE_LIBRARY_PATH:-} ]] ||
        compgen -G '/usr/lib/*/mod_spatialite.so' >/dev/null ||
        compgen -G '/opt/homebrew/lib/mod_spatialite.*' >/dev/null ||
        compgen -G '/usr/local/lib/mod_spatialite.*' >/dev/null
}

# Prints the folder with the newest PostgreSQL that has PostGIS.
postgres_bin() {
    local bin newest=
    while IFS= read -r bin; do
        [[ -f $("$bin/pg_config" --sharedir 2>/dev/null)/extension/postgis.control ]] && newest=$bin
    done < <(compgen -G '/usr/lib/postgresql/*/bin' | sort -V; dirname "$(command -v initdb)")
    [[ -n $newest ]] && say "$newest"
}

# Prints the Chromium that drives the browser tests.
browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

has_chinese_font() {
    [[ $(uname) == Darwin ]] || compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' >/dev/null
}

distribution() { sed -n 's/^ID=//p' /etc/os-release 2>/dev/null; }

apt_command() {
    local quoted
    quoted=$(printf ' "%s"' "$@")
    say "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends$quoted"
}

command_for_administrator() {
    local switch_user='su -c'
    ! have sudo || switch_user='sudo sh -c'
    say "these system packages are missing: $*. Install them with this command, then start again:"
    say
    say "    $switch_user '$(apt_command "$@")'"
}

other_system_advice() {
    if [[ $(uname) == Darwin ]]; then
        say "Run: $BREW_COMMAND"
        [[ $1 != test ]] || say "and, for the tests: $BREW_TEST_COMMAND"
        say "Libraries kept elsewhere are named by GDAL_LIBRARY_PATH, GEOS_LIBRARY_PATH and SPATIALITE_LIBRARY_PATH."
    else
        say "Install them with your system's package manager; the names above are Debian's."
    fi
}

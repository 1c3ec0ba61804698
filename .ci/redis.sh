# Sourced by run.sh, test.sh and chaos.sh: makes sure that dotnet, redis-server and a C compiler are there, or says what
# to do.

require_dotnet() {
    command -v dotnet >/dev/null && return
    echo "The .NET SDK is missing: install .NET 10 (see global.json for the version), then run this again." >&2
    exit 2
}

require_redis() {
    command -v redis-server >/dev/null && command -v redis-check-aof >/dev/null && return
    echo "redis-server is not installed; installing it from the system's packages." >&2
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || redis_is_missing "installing it needs root, and there is no sudo here"
        as_root=(sudo)
    fi
    if command -v apt-get >/dev/null; then install_with_apt
    elif command -v dnf >/dev/null; then "${as_root[@]}" dnf install -y redis >&2
    elif command -v brew >/dev/null; then brew install redis >&2
    else redis_is_missing "no package manager this script knows (apt-get, dnf, brew)"
    fi || redis_is_missing "the package manager failed, see above"
    command -v redis-server >/dev/null || redis_is_missing "the package brought no redis-server"
}

# Debian starts the server it installs, on the port and without the durability we need: its start is held back, unless
# someone already decides about service starts on this machine.
install_with_apt() {
    local policy=/usr/sbin/policy-rc.d held=
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
        "${as_root[@]}" chmod 755 "$policy"
        held=yes
    fi
    "${as_root[@]}" apt-get update -qq >&2
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq redis-server redis-tools >&2
    local result=$?
    [ -z "$held" ] || "${as_root[@]}" rm -f "$policy"
    if [ -d /run/systemd/system ]; then "${as_root[@]}" systemctl disable redis-server >&2 || true; fi
    return $result
}

# The chaos harness preloads a few lines of C into redis-server and the host, to move their clocks and fail their disks.
require_compiler() {
    printf '#include <time.h>\n' | cc -x c -fsyntax-only - 2>/dev/null && return
    echo "A C compiler is not installed; installing one from the system's packages." >&2
    local as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    if command -v apt-get >/dev/null; then
        "${as_root[@]}" apt-get update -qq >&2
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq gcc libc6-dev >&2 || true
    elif command -v dnf >/dev/null; then "${as_root[@]}" dnf install -y gcc glibc-devel >&2 || true
    fi
    printf '#include <time.h>\n' | cc -x c -fsyntax-only - && return
    echo "The chaos tests need cc and the headers of the C library: install them (packages gcc and libc6-dev)." >&2
    exit 2
}

redis_is_missing() {
    echo "redis-server 7.0 or newer is needed and could not be installed: $1." >&2
    echo "Install it yourself (package redis-server or redis), or name its binary with Redis:ServerPath in appsettings.json." >&2
    exit 2
}

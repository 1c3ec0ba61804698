#!/usr/bin/env bash
# Breaks a pipeline in every way of docs/GUARANTEES.md and looks whether it kept its promises:
#   ./chaos.sh --minutes 20 --seed 7        ./chaos.sh --list        ./chaos.sh --help
# Exit code 0: every promise was kept; 1: one was broken; 2: it could not run.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=.ci/redis.sh
. "$root/.ci/redis.sh"

require_dotnet
require_redis
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Building TradeOs ..." >&2
if ! dotnet build "$root/TradeOs.Tests" -c Release --nologo -v minimal >"$log" 2>&1; then
    cat "$log" >&2
    echo "The build failed, see above." >&2
    exit 2
fi
rm -f "$log"
trap - EXIT
exec dotnet "$root/TradeOs.Tests/bin/Release/net10.0/TradeOs.Tests.dll" "$@"

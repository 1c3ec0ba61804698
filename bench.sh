#!/usr/bin/env bash
# Measures before a release, side by side with Redis itself and with usual consumers: ./bench.sh [--quick]
#   [--compare FILE] [--only PART] [--rounds N] [--json], see docs/BENCHMARKS.md.
# The result is printed, and kept in bench-results as markdown and as JSON. It never fails because something was slow.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=.ci/redis.sh
. "$root/.ci/redis.sh"

require_dotnet
require_redis
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Building TradeOs ..." >&2
if ! dotnet build "$root/TradeOs.Benchmarks" -c Release --nologo -v minimal >"$log" 2>&1; then
    cat "$log" >&2
    echo "The build failed, see above." >&2
    exit 2
fi
rm -f "$log"
trap - EXIT
exec dotnet "$root/TradeOs.Benchmarks/bin/Release/net10.0/TradeOs.Benchmarks.dll" pipeline \
    --results "$root/bench-results" "$@"

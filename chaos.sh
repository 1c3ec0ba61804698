#!/usr/bin/env bash
# Breaks everything and looks whether the guarantees hold: ./chaos.sh [--minutes 20] [--seed S] [--only NAME,...]
#   [--rounds N] [--caps N] [--short] [--controls] [--json], see docs/TESTING.md.
# The exit code is 0 when every promise was kept, 1 when one was not, 2 when it could not run.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=.ci/redis.sh
. "$root/.ci/redis.sh"

require_dotnet
require_compiler
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
# Hosts live for seconds here: what the compiler would measure for later is a fifth of what they cost.
export DOTNET_TieredPGO=0
exec dotnet "$root/TradeOs.Tests/bin/Release/net10.0/TradeOs.Tests.dll" "$@"

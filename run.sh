#!/usr/bin/env bash
# Builds TradeOs and runs the pipeline: ./run.sh [arguments of tradeos run]
# Without --feed it runs on the feeds of appsettings.json, as shipped simulated market data, until Ctrl-C.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=.ci/redis.sh
. "$root/.ci/redis.sh"

require_dotnet
case " $* " in
    *" --bus memory "*|*" --bus=memory "*|*" --help "*|*" -h "*) ;;
    *) require_redis ;;
esac

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Building TradeOs ..." >&2
if ! dotnet build "$root/TradeOs.Host" -c Release --nologo -v minimal >"$log" 2>&1; then
    cat "$log" >&2
    echo "The build failed, see above." >&2
    exit 1
fi
rm -f "$log"
trap - EXIT

export TRADEOS_Data__Directory="${TRADEOS_Data__Directory:-$root/data}"
exec "$root/TradeOs.Host/bin/Release/net10.0/tradeos" run "$@"

#!/usr/bin/env bash
# Builds everything, warnings being errors, and runs every test: ./test.sh [arguments of dotnet test]
# TRADEOS_TEST_REDIS runs them on a Redis of another kind, see docs/TESTING.md.
# The last line is "N passed, N failed"; the exit code is 1 when a test failed or, with CI=true, was skipped.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=.ci/redis.sh
. "$root/.ci/redis.sh"

require_dotnet
require_compiler
[ -n "${TRADEOS_TEST_REDIS:-}" ] || require_redis
# Hosts of tests live for seconds: what the compiler would measure for later is a fifth of what they cost.
export DOTNET_TieredPGO=0
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

dotnet build "$root/TradeOs.sln" -c Release --nologo -v minimal
status=0
dotnet test "$root/TradeOs.Tests" -c Release --no-build --nologo \
    --logger "console;verbosity=normal" --logger "trx;LogFileName=results.trx" --results-directory "$results" "$@" || status=1

count() { grep -o "<Counters [^>]*" "$results/results.trx" | grep -o " $1=\"[0-9]*\"" | grep -o "[0-9]*"; }
if [ ! -f "$results/results.trx" ]; then
    echo "The tests did not run to their end, see above." >&2
    exit 1
fi
# Name of each test that failed, and the first lines of what it said.
failures() {
    awk '/<UnitTestResult / { failed = 0 }
        /<UnitTestResult .* outcome="Failed"/ { failed = 1; sub(/.* testName="/, ""); sub(/" .*/, ""); print "  " $0; next }
        failed && /<Message>/ { left = 20; sub(/.*<Message>/, "") }
        left > 0 { left = /<\/Message>/ ? 0 : left - 1; sub(/<\/Message>.*/, ""); print "    " substr($0, 1, 400) }' \
        "$results/results.trx" | sed 's/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&#xD;//g; s/&amp;/\&/g'
}
total=$(count total) passed=$(count passed) failed=$(count failed)
skipped=$((total - passed - failed))
if [ "$skipped" -gt 0 ]; then
    echo "$skipped skipped, see above for the reasons."
    [ "${CI:-}" != true ] || { echo "Skipped tests are not accepted here."; status=1; }
fi
[ "$failed" -eq 0 ] || { echo "Failed:"; failures; }
[ "$passed" -gt 0 ] || { echo "No test ran."; status=1; }
echo "$passed passed, $failed failed"
exit $status

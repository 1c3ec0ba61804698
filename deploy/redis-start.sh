#!/bin/sh
# Repairs the append-only files of a Redis, then becomes it: redis-start.sh DIRECTORY [arguments of redis-server]
#
# What a crash has torn off their end must be gone before the first write, or a later restart loses what follows it.
# redis-check-aof only finds the place. With --fix it would cut a file damaged in its middle alike, and with it all
# that was acknowledged behind the damage: that is refused here, by the rule of TradeOs.Host/Redis/TornTail.cs.
set -eu
directory=$1
shift
files=$directory/appendonlydir
manifest=$files/appendonly.aof.manifest

# Whether standard input, the bytes behind the last good command, holds nothing that was acknowledged: the beginning of
# commands and then nothing, or zeros where the disk had made room. Exit code 0 when so, 1 when not, else when it could
# not tell, as when the disk does not give all of them: is_torn BYTES
is_torn() {
    od -An -v -tu1 | awk -v expected="$1" '
        function damaged() { verdict = 1; exit }
        function take(c) {
            if (state == "sign") {
                if (c != (words ? 36 : 42)) damaged()       # $ or *
                number = ""; state = "digits"
            } else if (state == "digits") {
                if (c >= 48 && c <= 57 && length(number) < 10) number = number (c - 48)
                else if (c == 13 && number != "") state = "line"
                else damaged()
            } else if (state == "line") {
                if (c != 10) damaged()
                if (!words) { words = number + 0; first = 1; inside = 0; state = "sign" }
                else { left = number + 0; word = ""; start = 0; inside = 0; state = left ? "word" : "return" }
            } else if (state == "word") {
                if (first && length(word) < 5) word = word sprintf("%c", c)
                look(c)
                if (--left == 0) state = "return"
            } else if (state == "return") {
                if (c != 13) damaged()
                state = "end"
            } else {
                if (c != 10) damaged()
                if (first) exec = toupper(word) == "EXEC"
                first = 0
                if (--words == 0 && exec) damaged()         # a finished transaction was acknowledged
                state = "sign"
            }
        }
        # A word that does not end and holds the start of another command: its length is what is damaged.
        function look(c) {
            if (start == 3 && c >= 48 && c <= 57) return
            if (c == substr("13 10 42 13 10 36", start * 3 + 1, 2) + 0) start++
            else start = c == 13
            if (start == 6) { inside = 1; start = 0 }
        }
        BEGIN { state = "sign"; words = 0 }
        {
            count += NF
            for (byte = 1; byte <= NF; byte++) {
                if ($byte == 0) { zeros++; continue }
                for (; zeros > 0; zeros--) take(0)
                take($byte + 0)
            }
        }
        END {
            if (!verdict && count != expected) exit 2
            exit verdict || (inside && state != "sign")
        }'
}

refuse() {
    echo "$manifest: the append-only file is damaged, expected at most an unfinished write at its end: $1" >&2
    echo "redis-check-aof says:" >&2
    printf '%s\n' "$said" | tail -n 4 >&2
    echo "Restore $directory from a backup, or cut the damage and all behind it with:" \
        "docker compose run --rm redis redis-check-aof --fix $manifest" >&2
    exit 1
}

# A crash during a rewrite can leave a torn file that is not the last one, hence one file after the other.
checks=0
while [ -f "$manifest" ] && ! said=$(redis-check-aof "$manifest" 2>&1); do
    checks=$((checks + 1))
    [ "$checks" -le 16 ] || refuse "it is torn in over 16 files"
    found=$(printf '%s\n' "$said" | sed -n 's/^AOF analyzed: filename=\([^,]*\), .*ok_up_to=\([0-9]*\), .*/\1 \2/p' | tail -n 1)
    file=${found% *}
    good=${found##* }
    # A base file is written whole before the manifest names it: it is never torn.
    case $file in '' | *.base.*) refuse "no place to cut it was found" ;; esac
    torn=$(($(wc -c <"$files/$file") - good))
    [ "$torn" -gt 0 ] || refuse "no place to cut it was found"
    verdict=0
    tail -c "+$((good + 1))" "$files/$file" | is_torn "$torn" || verdict=$?
    [ "$verdict" -le 1 ] || refuse "the $torn bytes behind byte $good of $files/$file cannot be judged, see above"
    [ "$verdict" -eq 0 ] || refuse \
        "$files/$file is good up to byte $good, and the $torn bytes behind hold commands that were acknowledged"
    truncate -s "$good" "$files/$file"
    sync
    echo "Repaired $files/$file: cut $torn bytes of an unfinished write, kept $good." >&2
done

# Redis' own image gives up root in its entry point.
cd "$directory"
entry=
if command -v docker-entrypoint.sh >/dev/null; then entry=docker-entrypoint.sh; fi
if [ -z "${REDISCLI_AUTH-}" ]; then exec $entry redis-server --dir "$directory" "$@"; fi

# The password that redis-cli takes is the server's too, read from standard input: no list of processes shows it.
quoted=$(printf %s "$REDISCLI_AUTH" | sed 's/[\\"]/\\&/g')
exec $entry redis-server - --dir "$directory" "$@" <<END
requirepass "$quoted"
END

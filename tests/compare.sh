#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Other projects' captures against what tshark saw in them, when they are there
# (../shared/pcaps beside the source tree): at least 97 of 100 hellos are equal.
. "${srcdir:=.}/tests/tap.sh"
shared="$srcdir/../shared/pcaps"
[ -d "$shared/dev" ] || skip_all "no ../shared/pcaps beside the source tree"
command -v python3 >/dev/null 2>&1 || skip_all "python3 is not installed"
out=$(mktemp) && trap 'rm -f "$out"' EXIT

python3 "$srcdir/tests/compare.py" "$HELLOTAP" "$shared/dev" "$shared/oracle" > "$out" 2>&1
tail -n 1 "$out" | sed 's/^/# /'
tail -n 1 "$out" | awk '{ exit !($1 == "matched" && 100 * $2 >= 97 * $4 && 100 * $7 >= 97 * $9) }'
ok $? "at least 97 of 100 hellos are as tshark sees them" "$out"
! grep -q ': exit ' "$out"
ok $? "every capture is read to its end" "$out"
tap_end

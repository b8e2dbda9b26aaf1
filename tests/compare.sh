#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Other projects' captures against what tshark saw in them, when they are there
# (../shared/pcaps beside the source tree).
. "${srcdir:=.}/tests/tap.sh"
shared="$srcdir/../shared/pcaps"
[ -d "$shared/dev" ] || skip_all "no ../shared/pcaps beside the source tree"
command -v python3 >/dev/null 2>&1 || skip_all "python3 is not installed"
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
out="$dir/out" known="$dir/known" why="$dir/why"

python3 "$srcdir/tests/compare.py" "$HELLOTAP" "$shared/dev" "$shared/oracle" > "$out" 2>&1
tail -n 1 "$out" | sed 's/^/# /'
grep -v '^#' "$srcdir/tests/compare-known.txt" > "$known"
sed '$d' "$out" | grep -vFf "$known" > "$why"
! [ -s "$why" ]
ok $? "nothing differs but what docs/differences.md explains" "$why"
tail -n 1 "$out" | awk '{ exit !($1 == "matched" && $2 > 1500 && $7 > 1400) }'
ok $? "the comparison ran over all captures" "$out"
! grep -q ': exit ' "$out"
ok $? "every capture is read to its end" "$out"
tap_end

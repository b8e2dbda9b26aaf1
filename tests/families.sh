#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each client family that Microsoft's articles name ends in the right stack, verdict and
# fix: tests/families.py makes its capture and says which.
. "${srcdir:=.}/tests/tap.sh"
command -v python3 > /dev/null || skip_all "no python3"
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
why=$dir/why
HELLOTAP_DATADIR=$srcdir/rules
export HELLOTAP_DATADIR

cat > "$dir/ends.py" <<'PY'
import json, sys

host = [r["hellotap"] for r in map(json.loads, sys.stdin)
        if r["event"]["dataset"] == "hellotap.host"]
assert len(host) == 1, "%d hosts" % len(host)
print(" ".join(s["id"] for s in host[0]["stacks"]) or "-", host[0]["verdict"],
      " ".join(host[0]["fixes"]) or "-", sep="\t")
PY

python3 "$srcdir/tests/families.py" "$dir" > "$dir/table" 2> "$why" && [ -s "$dir/table" ]
ok $? "the captures are made" "$why"
while IFS='	' read -r name stack verdict fixes; do
	printf '%s\t%s\t%s\n' "$stack" "$verdict" "$fixes" > "$dir/expected"
	"$HELLOTAP" read -o json "$dir/$name.pcap" 2> "$dir/err" | python3 "$dir/ends.py" \
		> "$dir/seen" 2>> "$dir/err"
	{ diff "$dir/expected" "$dir/seen" || cat "$dir/err"; } > "$why"
	! [ -s "$why" ]; ok $? "$name: $verdict, $fixes" "$why"
done < "$dir/table"

# Rows of docs/coverage.md that a hello can show.
for row in W1 W2 W3 W4 W5 W10 D5 D6 D8 S2 N2 K1 K2 K3 K4 K5 K14 B3; do
	grep -q "^$row-" "$dir/table" && grep -q "^| $row |" "$srcdir/docs/coverage.md" || echo "$row"
done > "$why"
! [ -s "$why" ]; ok $? "every row of docs/coverage.md that a hello can show has one" "$why"
tap_end

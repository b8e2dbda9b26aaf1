#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is said of hosts holds over all captures, those beside the source tree too: no host
# that ever offers TLS 1.2 or is answered with it is called legacy; and in ours every
# finding's filter opens in tshark and selects the frames that are named.
. "${srcdir:=.}/tests/tap.sh"
command -v python3 > /dev/null || skip_all "no python3"
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
why=$dir/why
HELLOTAP_DATADIR=$srcdir/rules
export HELLOTAP_DATADIR

# Says every host whose verdict contradicts its handshakes.
cat > "$dir/verdicts.py" <<'PY'
import collections, json, subprocess, sys

HIGH = ("tls1.2", "tls1.3", "dtls1.2", "dtls1.3")


def contradictions(records):
    high, low, verdicts = set(), collections.Counter(), {}
    for r in records:
        own = r["hellotap"]
        if r["event"]["dataset"] == "hellotap.handshake":
            ip = r["source"]["ip"]
            best = own.get("offer", {}).get("max")
            if best in HIGH or own.get("answer", {}).get("version") in HIGH:
                high.add(ip)
            elif best:
                low[ip] += 1
        elif r["event"]["dataset"] == "hellotap.host":
            verdicts.setdefault(r["host"]["ip"], []).append(own["verdict"])
    for ip, told in sorted(verdicts.items()):
        if ip in high and set(told) & {"legacy", "masked"}:
            yield "%s offers TLS 1.2 and is called %s" % (ip, told)
        if "legacy" in told and low[ip] < 2:
            yield "%s is called legacy after %d low offers" % (ip, low[ip])
        if ip in low and told == ["modern"]:
            yield "%s offers less than TLS 1.2 and is called modern" % ip
    if (high or low) and not verdicts:
        yield "handshakes, and no verdict"


for path in sys.argv[3:]:
    said = subprocess.run([sys.argv[1], "read", "--scope", sys.argv[2], "-o", "json", path],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    for what in contradictions(map(json.loads, said.splitlines())):
        print(path, what)
PY

hold() {
	scope=$1
	shift
	python3 "$dir/verdicts.py" "$HELLOTAP" "$scope" "$@" > "$why" 2>&1
	! [ -s "$why" ]; ok $? "--scope $scope, $# captures: no verdict contradicts them" "$why"
}

set -- "$srcdir"/pcaps/*.pcap*
hold m365 "$@"
[ -d "$srcdir/../shared/pcaps/dev" ] && set -- "$@" "$srcdir"/../shared/pcaps/dev/*.pcap*
hold all "$@"

command -v tshark > /dev/null || { skip "filters open in tshark" "no tshark"; tap_end; exit; }

# Evidence of all findings: a file, a frame and the filter a line.
cat > "$dir/filters.py" <<'PY'
import json, sys

for line in sys.stdin:
    r = json.loads(line)
    if r["event"]["dataset"] == "hellotap.finding":
        for e in r["hellotap"]["evidence"]:
            for frame in e["frames"]:
                print(frame, e["display_filter"], sep="\t")
PY

# tshark must be told what lies under these labels (pcaps/README.md).
pseudowires="-d mpls.label==400,pwethnocw -d mpls.label==401,pwethnocw
	-d mpls.label==500,pwethcw -d mpls.label==501,pwethcw"

# one NAME FILE: the filters in $dir/one select the frames in it.
one() {
	cut -f 1 "$dir/one" | sort -u > "$dir/named"
	filter=$(cut -f 2 "$dir/one" | sort -u | sed 's/.*/(&)/' | paste -sd '|' | sed 's/|/ || /g')
	# shellcheck disable=SC2086
	timeout 120 tshark -n $pseudowires -r "$2" -Y "$filter" -T fields -e frame.number 2> "$dir/err" |
		sort -u > "$dir/selected"
	comm -23 "$dir/named" "$dir/selected" | sed "s|^|$1: not selected: |"
	grep -i 'tshark:.*filter' "$dir/err"
}

n=0
for f in "$srcdir"/pcaps/*.pcap "$srcdir"/pcaps/*.pcapng; do
	"$HELLOTAP" read -o json "$f" 2> /dev/null | python3 "$dir/filters.py" > "$dir/all"
	[ -s "$dir/all" ] || continue
	n=$((n + 1))
	cp "$dir/all" "$dir/one"
	one "$(basename "$f")" "$f"
done > "$why" 2>&1
! [ -s "$why" ] && [ $n -gt 40 ]; ok $? "filters select the frames of $n captures" "$why"

# One by one, and nothing else: each filter selects the packets of one connection.
"$HELLOTAP" read -o json "$srcdir/pcaps/demo.pcapng" | python3 "$dir/filters.py" > "$dir/all"
cut -f 2 "$dir/all" | sort -u | head -12 > "$dir/each"
while read -r filter; do
	grep -F "	$filter" "$dir/all" > "$dir/one"
	one demo "$srcdir/pcaps/demo.pcapng"
	streams=$(timeout 60 tshark -n -r "$srcdir/pcaps/demo.pcapng" -Y "$filter" -T fields \
		-e tcp.stream 2> /dev/null | sort -u | wc -l)
	[ "$streams" -eq 1 ] || echo "$streams connections: $filter"
done < "$dir/each" > "$why" 2>&1
! [ -s "$why" ] && [ -s "$dir/each" ]
ok $? "in the demo each selects one connection, with the frames that are named" "$why"
tap_end

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `hellotap trace`: the stories of tests/trace/NAME.args are told as in NAME.out, which
# was read and found right; and what its options promise.
#
# `make golden` writes the .out files anew: read the difference before you commit it.
. "${srcdir:=.}/tests/tap.sh"
here=$(pwd)
case $HELLOTAP in /*) ;; *) HELLOTAP=$here/$HELLOTAP ;; esac
cd "$srcdir" || exit 1
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
COLUMNS=80 TZ=UTC NO_COLOR=1 LC_ALL=C HELLOTAP_DATADIR=rules
export COLUMNS TZ NO_COLOR LC_ALL HELLOTAP_DATADIR
out=$tmp/out why=$tmp/why

trace() { "$HELLOTAP" trace "$@" > "$out" 2> "$why"; }

steady() {
	sed -e 's/^hellotap [0-9][0-9.]*:/hellotap:/' -e '/"dataset":"hellotap.summary"/d' \
	    -e 's/\("product":"hellotap"\),"version":"[^"]*"/\1/' "$1"
}

for args in tests/trace/*.args; do
	name=$(basename "$args" .args)
	# shellcheck disable=SC2046
	(set -f; trace $(cat "$args")) || echo "exit $?" >> "$out"
	steady "$out" > "$tmp/told"
	if [ -n "${GOLDEN_WRITE:-}" ]; then
		cp "$tmp/told" "tests/trace/$name.out"
		continue
	fi
	diff -u "tests/trace/$name.out" "$tmp/told" > "$why"
	ok $? "trace: $name" "$why"
done
[ -z "${GOLDEN_WRITE:-}" ] || exit 0

# has PATTERN WHAT: the last output has such a line.
has() { grep -qE -e "$1" "$out"; ok $? "$2" "$out"; }
has_no() { ! grep -qE -e "$1" "$out"; ok $? "$2" "$out"; }
fails() {
	want=$1
	shift
	"$HELLOTAP" trace "$@" > "$out" 2> "$why"
	[ $? -eq "$want" ]; ok $? "trace $(echo "$*" | cut -c 1-50) exits $want" "$why"
}

# ---- options ----------------------------------------------------------------------------

demo=pcaps/lab-squid-bump-tls10-inside.pcap
fails 2 "$demo"
fails 2 --client 10.1.4.21
fails 2 --client nobody "$demo"
fails 2 --client 10.1.4.21 --around noon "$demo"
fails 2 --client 10.1.4.21 --around 2026-11-20 "$demo"
fails 2 --client 10.1.4.21 --around 25:00 "$demo"
fails 2 --client 10.1.4.21 --within 0 "$demo"
fails 2 --client 10.1.4.21 --most 0 "$demo"
fails 2 --client 10.1.4.21 -o csv "$demo"
fails 3 --client 10.1.4.21 "$tmp/none.pcap"
fails 0 -T --client 10.1.4.21

trace --client 10.1.4.21 "$demo"
has '^Told +2 of 2 handshakes' 'all of a client is told'
trace --client 10.1.4.21 --name 'CONTOSO.share*' "$demo"
has '^Told +1 of 2 handshakes.*; 1 with another name' '--name takes wildcards, and no heed of case'
has '^1\. .* contoso\.sharepoint\.com' 'and tells that one'
trace --client 10.1.4.21 --name 'outlook.office365.co' "$demo"
has 'no TLS handshake of this client that --name' '--name wants the whole name'
trace --client 10.1.4.21 --around 11:03 "$demo"
has '^Told +2 of 2' '--around takes a time of day, within five minutes'
trace --client 10.1.4.21 --around 11:03 --within 1 "$demo"
has '; 2 at another time' '--within says how many minutes'
trace --client 10.1.4.21 --around 2026-11-20T11:01:30 --within 1 "$demo"
has '^Told +2 of 2' '--around takes a date'
trace --client 10.1.4.21 --around '2026-11-21 11:01' "$demo"
has '; 2 at another time' 'which must be that day'
trace --client 10.1.4.21 --most 1 "$demo"
has '; 1 more left out' '--most says what it left out'
has_no '^2\. ' 'and tells no more'
trace --client 10.1.9.8 "$demo"
has 'The address is the server.s in 5' 'an address that is only asked is said to be so'
trace --client 10.1.4.21 -o "json:$tmp/story.json" -o text "$demo"
has '^2\. ' 'two outputs tell the same'
[ "$(grep -c '"dataset":"hellotap.trace"' "$tmp/story.json")" -eq 2 ]
ok $? "of which one went to a file" "$tmp/story.json"

# ---- form -------------------------------------------------------------------------------

both="$demo pcaps/lab-squid-bump-tls10-outside.pcap"
for columns in 80 200; do
	# shellcheck disable=SC2086
	COLUMNS=$columns trace --client 10.1.4.21 $both
	grep -v '^Wireshark ' "$out" | awk -v n=$columns 'length > n' > "$why"
	! [ -s "$why" ]; ok $? "no line is over $columns columns, but what is to be copied" "$why"
done
has 'client > proxy ' 'in a wide window, who speaks to whom is said in words'
# shellcheck disable=SC2086
for workers in 0 2; do
	trace --client 10.1.4.21 --workers $workers $both
	cp "$out" "$tmp/workers-$workers"
done
cmp -s "$tmp/workers-0" "$tmp/workers-2"; ok $? "any number of workers tells the same"

# Names from the wire are escaped: a server name with an escape sequence in it.
if command -v python3 > /dev/null 2>&1; then
	# shellcheck disable=SC2016
	python3 -c '
import sys
data = open(sys.argv[1], "rb").read()
sys.stdout.buffer.write(data.replace(b"outlook.office365.com", b"\x1b[31mok.office365.com"))
' "$demo" > "$tmp/hostile.pcap"
	trace --client 10.1.4.21 --scope all "$tmp/hostile.pcap"
	! grep -q "$(printf '\033')" "$out" && grep -qF '\x1b[31mok.office365.com' "$out"
	ok $? "control characters of names do not reach the terminal" "$out"
	trace -o json --client 10.1.4.21 --scope all "$tmp/hostile.pcap"
	python3 -c 'import json, sys
for line in open(sys.argv[1]): json.loads(line)' "$out" > "$why" 2>&1
	ok $? "and JSON stays JSON" "$why"
else
	skip "control characters of names" "no python3"
fi
tap_end

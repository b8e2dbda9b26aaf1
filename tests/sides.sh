#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `hellotap compare`: both sides of the proxy laboratory's stories give the verdict of
# pcaps/lab/truth.tsv and its clocks; tests/sides/NAME.args as in NAME.out, which was read
# and found right; of findings, which are told as by `hellotap read`, their heads alone.
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

compare() { "$HELLOTAP" compare "$@" > "$out" 2> "$why"; }

steady() {
	sed -e 's/^hellotap [0-9][0-9.]*:/hellotap:/' \
	    -e 's/\("product":"hellotap"\),"version":"[^"]*"/\1/' "$1" |
	sed -E 's/("fix":\{"id":"[^"]*").*("evidence":\[)/\1},\2/' |
	awk '/^FINDINGS$/ { found = 1 } !found || /^(FINDINGS|critical |high |medium |low |info )/'
}

for args in tests/sides/*.args; do
	name=$(basename "$args" .args)
	# shellcheck disable=SC2046
	compare $(cat "$args") || echo "exit $?" >> "$out"
	steady "$out" > "$tmp/told"
	if [ -n "${GOLDEN_WRITE:-}" ]; then
		cp "$tmp/told" "tests/sides/$name.out"
		continue
	fi
	diff -u "tests/sides/$name.out" "$tmp/told" > "$why"
	ok $? "compare: $name" "$why"
done
[ -z "${GOLDEN_WRITE:-}" ] || exit 0

has() { grep -qE -e "$1" "$out"; ok $? "$2" "$out"; }
fails() {
	want=$1
	shift
	"$HELLOTAP" compare "$@" > "$out" 2> "$why"
	[ $? -eq "$want" ]; ok $? "compare $(echo "$*" | cut -c 1-60) exits $want" "$why"
}

# ---- the truth --------------------------------------------------------------------------

# Story, culprits, their addresses, verdict, seconds ahead: what JSON says of them.
grep -v '^#' pcaps/lab/truth.tsv | cut -f 1,2,4,5 > "$tmp/truth"
while IFS='	' read -r story culprit verdict ahead; do
	compare -o json "pcaps/lab-$story-inside.pcap" "pcaps/lab-$story-outside.pcap"
	case $story-$verdict in chain*) verdict= ;; esac	# two boxes: what each does is not seen
	case $verdict in
	lowers | raises | mimics | re-originates)
		case $culprit in *proxy*) has "\"verdict\":\"$verdict\"" "$story: $verdict" ;; esac ;;
	none | fallback | tunnels)
		! grep -qE '"verdict":"(lowers|raises)"' "$out"
		ok $? "$story: no proxy is said to change versions" "$out" ;;
	esac
	said=$(sed -n 's/.*"ahead_ms":\(-\{0,1\}[0-9]*\).*/\1/p' "$out" | head -1)
	awk -v said="$said" -v ahead="$ahead" 'BEGIN {
		off = said - 1000 * ahead
		exit !(off < 60 && off > -60)
	}'
	ok $? "$story: outside's clock is $ahead s ahead, and was found to be" "$out"
done < "$tmp/truth"

# ---- options ----------------------------------------------------------------------------

in=pcaps/lab-stunnel-tls10-inside.pcap outside=pcaps/lab-stunnel-tls10-outside.pcap
fails 2
fails 2 $in
fails 2 $in $outside $in
fails 2 - $outside
fails 2 --offset soon $in $outside
fails 2 -o csv $in $outside
fails 3 $in "$tmp/none.pcap"
fails 1 --fail-on high $in $outside
fails 0 -T
compare --offset -3.4 $in $outside
has 'as --offset says' 'an offset that is given is taken'
compare --offset 1000 $in $outside
has 'The captures do not overlap' 'and a wrong one leaves nothing in common'
compare -o "json:$tmp/sides.json" -o text $in $outside
has '^Clocks ' 'two outputs tell the same'
grep -q '"dataset":"hellotap.comparison"' "$tmp/sides.json"
ok $? "of which one went to a file" "$tmp/sides.json"
head -c 2000 $outside > "$tmp/cut.pcap"
fails 4 $in "$tmp/cut.pcap"
tap_end

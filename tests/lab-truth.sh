#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# pcaps/lab/truth.tsv says who is at fault in each capture of the proxy laboratory; the bytes
# have to agree, and a lie has to be noticed.
. "${srcdir:=.}/tests/tap.sh"
command -v python3 >/dev/null 2>&1 || skip_all "python3 is not installed"
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
HELLOTAP_DATADIR=$srcdir/rules
export HELLOTAP_DATADIR

hold() { python3 "$srcdir/tests/lab_truth.py" "$HELLOTAP" "$1" > "$tmp/why" 2>&1; }

hold "$srcdir/pcaps"; ok $? "the captures are what truth.tsv says" "$tmp/why"

# lie STORY FROM TO: in that story's line.
mkdir -p "$tmp/pcaps/lab"
cp "$srcdir/pcaps/lab/make" "$tmp/pcaps/lab"
for capture in "$srcdir"/pcaps/lab-*.pcap; do
	case $capture in /*) ;; *) capture=$PWD/$capture ;; esac
	ln -s "$capture" "$tmp/pcaps"
done
lie() {
	sed "/^$1	/s/$2/$3/" "$srcdir/pcaps/lab/truth.tsv" > "$tmp/pcaps/lab/truth.tsv"
	! hold "$tmp/pcaps" && grep -q "^$1: " "$tmp/why"; ok $? "noticed: $1, $3 for $2" "$tmp/why"
}
lie nat tunnels re-originates
lie squid-bump re-originates tunnels
lie masked raises lowers
lie squid-tunnel host none
lie path-reset 10.1.4.22 10.1.4.24
lie stunnel-tls10 -3.4 0
tap_end

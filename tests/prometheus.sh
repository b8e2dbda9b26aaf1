#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# -o prometheus: what promtool says of it, and that no label comes from the wire.
. "${srcdir:=.}/tests/tap.sh"
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT

for c in demo.pcapng fallback-dance.pcap; do
	"$HELLOTAP" read -o "prometheus:$dir/metrics" "$srcdir/pcaps/$c" 2> "$dir/why"
	[ -s "$dir/metrics" ]; ok $? "$c: there are figures" "$dir/why"
	sed -n 's/.*{\([^}]*\)}.*/\1/p' "$dir/metrics" |
		grep -vE '^(version|by|cause|result|grade|level)="[a-z0-9. _-]*"$' > "$dir/why"
	! [ -s "$dir/why" ]; ok $? "$c: labels are our own words" "$dir/why"
	sed 's/{.*//; s/ .*//' "$dir/metrics" | grep -v '^#' | sort -u > "$dir/samples"
	sed -n 's/^# TYPE \([a-z0-9_]*\) .*/\1/p' "$dir/metrics" | sort -u > "$dir/types"
	diff "$dir/samples" "$dir/types" > "$dir/why"
	ok $? "$c: each family has its type and its samples" "$dir/why"
	if command -v promtool > /dev/null 2>&1; then
		promtool check metrics < "$dir/metrics" > "$dir/why" 2>&1
		ok $? "$c: promtool finds nothing" "$dir/why"
	else
		skip "$c: promtool finds nothing" "promtool is not installed"
	fi
done

"$HELLOTAP" read -o prometheus:127.0.0.1:9464 "$srcdir/pcaps/demo.pcapng" 2> "$dir/why"
[ $? -eq 3 ] && grep -q 'only while a capture goes on' "$dir/why"
ok $? "read does not listen" "$dir/why"
tap_end

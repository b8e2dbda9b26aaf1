#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Records are the same, byte for byte and in the same order, whatever --workers says: over
# every capture of ours, and over all of them as one stream.
. "${srcdir:=.}/tests/tap.sh"
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT

same() {	# NAME, NUMBERS OF WORKERS, FILE ...
	name=$1 numbers=$2
	shift 2
	"$HELLOTAP" read --scope all -o json "$@" > "$dir/alone" 2> "$dir/alone.err"
	alone=$?
	: > "$dir/why"
	for n in $numbers; do
		"$HELLOTAP" read --scope all -o json --workers $n "$@" > "$dir/shared" \
			2> "$dir/shared.err"
		status=$?
		[ $status -eq $alone ] || echo "--workers $n: status $status, not $alone" >> "$dir/why"
		cmp "$dir/alone" "$dir/shared" >> "$dir/why" 2>&1
		cmp "$dir/alone.err" "$dir/shared.err" >> "$dir/why" 2>&1
	done
	[ -s "$dir/alone" ] && ! [ -s "$dir/why" ]; ok $? "$name" "$dir/why"
}

for f in "$srcdir"/pcaps/*.pcap*; do
	same "$(basename "$f")" 3 "$f"
done
same "all of them as one stream" "1 2 3 8" "$srcdir"/pcaps/*.pcap*
same "the first 200 packets of them" "1 2 5" -c 200 "$srcdir"/pcaps/*.pcap*

# A limit is shared out: what was let go is counted, and nothing hangs.
for n in 0 2; do
	"$HELLOTAP" read --max-flows 16 --workers $n -o json "$srcdir/pcaps/demo.pcapng" |
		tail -n 1 > "$dir/last"
	grep -q '"dataset":"hellotap.summary"' "$dir/last"
	ok $? "--max-flows 16 --workers $n comes to an end" "$dir/last"
done
tap_end

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# INT and TERM end the reading, also of a pipe that says nothing more: what was read is
# reported, and said to be a part.
. "${srcdir:=.}/tests/tap.sh"
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
mkfifo "$dir/pipe"

for signal in INT TERM; do
	"$HELLOTAP" read -o text:"$dir/report" - < "$dir/pipe" 2> "$dir/err" &
	reader=$!
	exec 3> "$dir/pipe"
	cat "$srcdir/pcaps/tls10-established.pcap" >&3
	n=0
	# The reader is waiting for more once it has opened its output and slept.
	while [ $n -lt 50 ]; do
		state=$(sed -n 's/^State:[^A-Z]*\([A-Z]\).*/\1/p' /proc/$reader/status 2>/dev/null)
		{ [ "$state" = S ] && [ $n -gt 10 ]; } && break
		sleep 0.1
		n=$((n + 1))
	done
	kill -$signal $reader
	wait $reader
	[ $? -eq 4 ]; ok $? "$signal: exit status 4" "$dir/err"
	exec 3>&-
	grep -q 'reading stopped before the end' "$dir/report"
	ok $? "$signal: the report says that it is a part" "$dir/report"
	grep -q '1 of 1 host' "$dir/report"
	ok $? "$signal: and has what was read" "$dir/report"
done
tap_end

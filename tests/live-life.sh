#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The long life of `hellotap live`, in namespaces of its own: a disk that is full and is not any
# more, a death without notice, and memory under many hosts and connections.
. "${srcdir:=.}/tests/tap.sh"
# Behind the fence a leak checker cannot start what it looks with; freed memory is not kept.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0:quarantine_size_mb=0"
if [ "${1:-}" != inside ]; then
	for tool in unshare ip tcpreplay tcprewrite python3; do
		command -v $tool >/dev/null 2>&1 || skip_all "$tool is not installed"
	done
	unshare -n -m ip link add va type veth peer name vb 2>/dev/null ||
		skip_all "network namespaces cannot be made here"
	exec unshare -n -m "$0" inside
fi
dir=$(mktemp -d) && trap 'umount "$dir/small" 2>/dev/null; rm -rf "$dir"' EXIT
chmod 1777 "$dir"
ip link add va type veth peer name vb
for i in va vb; do
	echo 1 > /proc/sys/net/ipv6/conf/$i/disable_ipv6
	ip link set $i mtu 9000 up
done
${CC:-cc} -O1 -o "$dir/gen" "$srcdir/bench/gen.c"
demo=$dir/demo.pcap
tcprewrite -i "$srcdir/pcaps/demo.pcapng" -o "$demo" > /dev/null 2>&1 ||
	demo=$srcdir/pcaps/demo.pcapng

wait_for() {	# SECONDS COMMAND ...: until it succeeds
	tries=$(($1 * 10))
	shift
	while ! "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

start() {	# OUTPUT, OPTIONS ...
	out=$1
	shift
	"$HELLOTAP" live -o json:"$out" -i vb "$@" 2> "$dir/err" &
	live=$!
	wait_for 5 grep -q 'capturing on' "$dir/err" || echo "no start" >> "$dir/why"
	sleep 0.3
}

send() {
	tcpreplay -q -i va --pps=3000 "$1" > "$dir/sent" 2>&1 || cat "$dir/sent" >> "$dir/why"
}

stop() {
	sleep 0.3
	kill -INT $live
	wait $live
}

# Each line whole; prints how many there are of each kind.
whole() {
	python3 - "$1" <<-'EOF'
		import collections, json, sys
		seen = collections.Counter()
		for n, line in enumerate(open(sys.argv[1], "rb"), 1):
		    try: seen[json.loads(line)["event"]["dataset"]] += line.endswith(b"\n")
		    except ValueError: print("line %d is not whole: %r" % (n, line[:60]))
		for kind in sorted(seen): print(kind, seen[kind])
	EOF
}

# A disk that is full: told, capture goes on; room again: what was lost is told, lines are whole.
: > "$dir/why"
mkdir "$dir/small"
if mount -t tmpfs -o size=128m,mode=1777 tmpfs "$dir/small" 2>/dev/null; then
	head -c 134000000 /dev/zero > "$dir/small/ballast"
	start "$dir/small/out.json" --kernel-filter off
	"$dir/gen" hellos -s 1 -n 10000 -o "$dir/hellos.pcap" > /dev/null 2>&1
	tcpreplay -q -i va --pps=15000 "$dir/hellos.pcap" > "$dir/sent" 2>&1
	wait_for 5 grep -q 'No space left' "$dir/err" ||
		{ echo "not told:"; cat "$dir/err"; } >> "$dir/why"
	kill -0 $live || echo "it ended" >> "$dir/why"
	rm "$dir/small/ballast"
	sleep 1
	send "$demo"
	stop
	whole "$dir/small/out.json" > "$dir/kinds"
	grep -q 'not whole' "$dir/kinds" && cat "$dir/kinds" >> "$dir/why"
	# Of 10,000 handshakes, 16 MiB waited; the rest is counted, in the records and on stderr.
	python3 -c '
import json, sys
seen = {}
for line in open(sys.argv[1]):
    o = json.loads(line)
    seen.setdefault(o["event"]["dataset"], []).append(o["hellotap"])
if "hellotap.lost" not in seen: print("no record of what was lost", list(seen))
if seen["hellotap.summary"][0]["handshakes"] != 10047: print("capture did not go on")
if not 1000 < len(seen["hellotap.handshake"]) < 10047: print(len(seen["hellotap.handshake"]))
' "$dir/small/out.json" >> "$dir/why" 2>&1
	! [ -s "$dir/why" ]; ok $? "a full disk stops no capture, and no line is broken" "$dir/why"
else
	skip "a full disk stops no capture, and no line is broken" "no tmpfs can be mounted"
fi

# Killed, and started again on the same file: old lines and new ones, all whole.
: > "$dir/why"
start "$dir/out.json"
send "$demo"
wait_for 5 sh -c "[ \$(wc -l < '$dir/out.json') -ge 40 ]" || echo "nothing written" >> "$dir/why"
kill -KILL $live
wait $live 2>/dev/null
before=$(wc -l < "$dir/out.json")
start "$dir/out.json"
send "$demo"
stop
whole "$dir/out.json" > "$dir/kinds"
grep 'not whole' "$dir/kinds" >> "$dir/why"
[ "$(wc -l < "$dir/out.json")" -gt $((before + 40)) ] || echo "not appended" >> "$dir/why"
! [ -s "$dir/why" ]; ok $? "killed and started again: whole lines, old and new" "$dir/why"

# Connections without end: once its tables are full, memory does not grow any more.
: > "$dir/why"
rss() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' /proc/$live/status; }
start /dev/null --max-flows 1000 --max-hosts 500
i=0
while [ $i -lt 6 ]; do
	"$dir/gen" mix -s $i -n 4000 -b 20000000 -o "$dir/mix.pcap" > /dev/null 2>&1
	tcpreplay -q -i va --pps=30000 "$dir/mix.pcap" > "$dir/sent" 2>&1 ||
		cat "$dir/sent" >> "$dir/why"
	sleep 0.3
	rss >> "$dir/rss"
	i=$((i + 1))
done
stop
# The first two rounds fill what there is to fill.
python3 -c '
import sys
v = [int(x) for x in open(sys.argv[1])]
if len(v) != 6 or v[-1] > v[1] * 1.15 + 1024: print("resident KiB:", v)
' "$dir/rss" >> "$dir/why"
! [ -s "$dir/why" ]; ok $? "memory stays flat under ever new connections" "$dir/why"
echo "# resident KiB: $(tr '\n' ' ' < "$dir/rss")"
tap_end

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `hellotap live` in a network namespace of its own: the same handshakes as `read` finds in
# what was sent, signals, interfaces that go and come back, and honest counting of what was
# lost.  Nothing leaves the namespace: its two interfaces are the ends of one cable.
. "${srcdir:=.}/tests/tap.sh"
# Behind the fence a leak checker cannot start what it looks with.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
if [ "${1:-}" != inside ]; then
	for tool in unshare ip tcpreplay python3; do
		command -v $tool >/dev/null 2>&1 || skip_all "$tool is not installed"
	done
	unshare -n ip link add va type veth peer name vb 2>/dev/null ||
		skip_all "network namespaces cannot be made here"
	exec unshare -n "$0" inside
fi
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
chmod 1777 "$dir"		# privileges are given up, outputs opened again
live=

cable() {
	ip link add va type veth peer name vb
	for i in va vb; do
		echo 1 > /proc/sys/net/ipv6/conf/$i/disable_ipv6
		ip link set $i mtu 9000 up
	done
}

# wait_for SECONDS COMMAND ...: until it succeeds
wait_for() {
	tries=$(($1 * 10))
	shift
	while ! "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

start() {	# OPTIONS ...
	rm -f "$dir/out.json" "$dir/report" "$dir/err"
	"$HELLOTAP" live -o json:"$dir/out.json" -o text:"$dir/report" "$@" 2> "$dir/err" &
	live=$!
	wait_for 5 grep -q 'capturing on' "$dir/err"
}

finish() {	# SIGNAL, EXPECTED STATUS
	sleep 0.3
	kill -"$1" $live
	wait $live
	status=$?
	[ $status -eq "$2" ] || { echo "status $status, not $2"; cat "$dir/err"; } >> "$dir/why"
}

send() {	# CAPTURE, PACKETS A SECOND
	tcpreplay -q -i va --pps="$2" "$1" > "$dir/sent" 2>&1 || cat "$dir/sent" >> "$dir/why"
}

# Who offered what to whom, what was chosen, and how it ended.
told() {
	python3 - "$1" <<-'EOF' | sort
		import json, sys
		for line in open(sys.argv[1]):
		    r = json.loads(line)
		    if r["event"]["dataset"] != "hellotap.handshake": continue
		    h = r["hellotap"]
		    print(r["network"]["community_id"], h.get("offer", {}).get("max"),
		          h.get("answer", {}).get("version"), h["outcome"]["result"],
		          r["source"]["ip"], r.get("rule", {}).get("id"))
	EOF
}

# same NAME CAPTURE PPS OPTIONS ...: live and read tell the same
same() {
	name=$1 capture=$2 pps=$3
	shift 3
	: > "$dir/why"
	"$HELLOTAP" read --scope all -o json "$capture" 2>/dev/null > "$dir/read.json"
	start --scope all -i vb "$@"
	send "$capture" "$pps"
	finish INT 0
	told "$dir/read.json" > "$dir/want"
	told "$dir/out.json" > "$dir/have"
	diff "$dir/want" "$dir/have" >> "$dir/why"
	[ -s "$dir/want" ] && ! [ -s "$dir/why" ]; ok $? "$name" "$dir/why"
}

cable
demo=$dir/demo.pcap
tcprewrite -i "$srcdir/pcaps/demo.pcapng" -o "$demo" >/dev/null 2>&1 || demo=$srcdir/pcaps/demo.pcapng

# The same from other clients: the same connections again would be no new ones.
others=$dir/others.pcap
tcprewrite --pnat=10.0.0.0/8:11.0.0.0/8 -i "$demo" -o "$others" > /dev/null 2>&1

for n in 0 1 3; do
	same "demo with --workers $n" "$demo" 1500 --workers $n
done
same "demo in immediate mode" "$demo" 1500 --immediate-mode --time-stamp-precision micro
# A connection's two sides reach one worker, whatever it is wrapped in.
for f in vlan qinq qinq-8100 fragments fragments-order fragments-ipv6 ipv6 erspan2 gre vxlan \
	 fragments-vxlan mpls pppoe ipip; do
	same "$f with --workers 5" "$srcdir/pcaps/$f.pcap" 500 --workers 5
done

# What the kernel leaves out is nothing that is told.
same "demo with everything handed over" "$demo" 1500 --kernel-filter off
for f in alert-70 reset-path resumed-ticket smtp-starttls connect-proxy fallback-dance doubled \
	 doubled-routed servers-postfix http-first hello-retry fast-open rst-then-data closed; do
	same "$f with the kernel's filter" "$srcdir/pcaps/$f.pcap" 200
done
if grep -q 'no kernel filter' "$dir/err"; then
	skip "the kernel leaves out what was decided" "$(head -n 1 "$dir/err")"
else
	${CC:-cc} -O1 -o "$dir/gen" "$srcdir/bench/gen.c" 2> "$dir/why" &&
		"$dir/gen" mix -s 1 -n 300 -b 30000000 -o "$dir/mix.pcap" > /dev/null 2>&1
	same "a mix of traffic with the kernel's filter" "$dir/mix.pcap" 8000
	sent=$(sed -n 's/^Actual: \([0-9]*\) packets.*/\1/p' "$dir/sent")
	got=$(tail -n 1 "$dir/out.json" | sed 's/.*"packets":\([0-9]*\),.*/\1/')
	echo "$got of $sent packets came" > "$dir/why"
	[ "$got" -gt 0 ] && [ $((got * 2)) -lt "$sent" ]
	ok $? "the kernel leaves out what was decided" "$dir/why"
fi

# A filter, behind the options.
: > "$dir/why"
start -i vb tcp port 443 and host 10.1.4.23
send "$demo" 1500
finish TERM 0
grep -q '"dataset":"hellotap.summary"' "$dir/out.json" || echo "no summary" >> "$dir/why"
told "$dir/out.json" | grep -v '10\.1\.4\.23 ' >> "$dir/why"
! [ -s "$dir/why" ]; ok $? "a filter behind the options" "$dir/why"

# Longer than the kernel takes: refused, and the reason given.
python3 -c "print(' or '.join('host 10.%d.%d.%d' % (i >> 16, i >> 8 & 255, i & 255)
                              for i in range(1, 400)))" > "$dir/filter"
"$HELLOTAP" live -i vb -F "$dir/filter" > "$dir/why" 2>&1
[ $? -eq 3 ] && grep -q 'the kernel takes 4096' "$dir/why"
ok $? "a filter that the kernel does not take is refused" "$dir/why"
"$HELLOTAP" live -i no-such-port > "$dir/why" 2>&1
[ $? -eq 3 ] && grep -q '^hellotap: no-such-port: ' "$dir/why"
ok $? "an interface that is not there" "$dir/why"

# -c: as many packets, to the packet.
: > "$dir/why"
start -c 200 -i vb --workers 2 --kernel-filter off
send "$demo" 1500
wait_for 5 grep -q '"packets":200,' "$dir/out.json" || cat "$dir/err" >> "$dir/why"
wait $live || echo "status $?" >> "$dir/why"
! [ -s "$dir/why" ]; ok $? "-c ends after so many packets" "$dir/why"

# Signals.
: > "$dir/why"
mkdir "$dir/rules" && cp "$srcdir"/rules/*.yaml "$dir/rules"
start -i vb --rules "$dir/rules" --workers 2 --kernel-filter off
send "$demo" 1500
sleep 0.3
kill -USR1 $live
wait_for 3 grep -q '854 packets' "$dir/err" || echo "USR1: no counters" >> "$dir/why"
echo 'rules: [' > "$dir/rules/mine.yaml"
kill -HUP $live
wait_for 3 grep -q 'mine.yaml:.*' "$dir/err" || echo "HUP: a bad file is not told" >> "$dir/why"
wait_for 3 grep -q 'stay in use' "$dir/err" || echo "HUP: nothing stays" >> "$dir/why"
cat > "$dir/rules/mine.yaml" <<'EOF'
version: 1
rules:
  - id: mine
    title: Anything
    level: info
    culprit: host
    when: {server.port: 443}
    message: "{client.ip}"
    tests:
      - given: {server.port: 443}
        expect: match
EOF
mv "$dir/out.json" "$dir/old.json"
kill -HUP $live
wait_for 3 grep -q 'loaded anew' "$dir/err" || echo "HUP: not loaded" >> "$dir/why"
send "$others" 1500
finish INT 0
told "$dir/old.json" | grep -q mine && echo "the new rule was there before" >> "$dir/why"
told "$dir/out.json" | grep -q "'mine'" || echo "the new rule is not used" >> "$dir/why"
told "$dir/old.json" > "$dir/have"
told "$dir/out.json" >> "$dir/have"
[ "$(wc -l < "$dir/have")" -eq 94 ] || echo "handshakes were lost" >> "$dir/why"
! [ -s "$dir/why" ]; ok $? "USR1 counts; HUP loads anew, keeps what is good, reopens" "$dir/why"

# HUP again and again under traffic: not a packet, not a connection is lost.
: > "$dir/why"
start -i vb --workers 3 --kernel-filter off
tcpreplay -q -i va --pps=800 "$demo" > "$dir/sent" 2>&1 &
sender=$!
while kill -0 $sender 2>/dev/null; do kill -HUP $live; sleep 0.05; done
wait $sender
finish INT 0
tail -n 1 "$dir/out.json" | grep -q '"packets":854,.*"connections":52,' ||
	tail -n 1 "$dir/out.json" >> "$dir/why"
! [ -s "$dir/why" ]; ok $? "HUP under traffic loses nothing" "$dir/why"

# Down and up, gone and back.
for how in down gone; do
	: > "$dir/why"
	keep=				# opening another interface takes privileges
	[ $how = down ] || keep='-Z root --sandbox off'
	# shellcheck disable=SC2086
	start -i vb --workers 2 --kernel-filter off $keep
	send "$demo" 3000
	if [ $how = down ]; then
		ip link set vb down
		wait_for 5 grep -q 'vb: is down' "$dir/err" || echo "not told" >> "$dir/why"
		ip link set vb up
		wait_for 5 grep -q 'vb: is up again' "$dir/err" || echo "not up" >> "$dir/why"
	else
		ip link del va
		wait_for 5 grep -q 'vb: went away' "$dir/err" || echo "not told" >> "$dir/why"
		cable
		wait_for 5 grep -q 'vb: is back' "$dir/err" || echo "not back" >> "$dir/why"
	fi
	sleep 0.3
	send "$demo" 3000
	finish INT 0
	tail -n 1 "$dir/out.json" | grep -q '"packets":1708,' ||
		tail -n 1 "$dir/out.json" | cut -c1-800 >> "$dir/why"
	[ "$(grep -c 'vb: ' "$dir/err")" -eq 2 ] || cat "$dir/err" >> "$dir/why"
	! [ -s "$dir/why" ]; ok $? "$how and back" "$dir/why"
done

# Both ends of the cable, and any: one connection's packets from several interfaces.
: > "$dir/why"
start -i va -i vb --workers 3 --kernel-filter off
send "$demo" 1500
finish INT 0
told "$dir/out.json" | sort -u > "$dir/have"
"$HELLOTAP" read -o json "$demo" > "$dir/read.json" 2>/dev/null
told "$dir/read.json" | diff - "$dir/have" >> "$dir/why"
tail -n 1 "$dir/out.json" | grep -q '"packets":1708,' || echo "not both" >> "$dir/why"
! [ -s "$dir/why" ]; ok $? "two interfaces, the same connections" "$dir/why"
: > "$dir/why"
start -i any
send "$demo" 1500
finish INT 0
[ "$(told "$dir/out.json" | wc -l)" -eq 47 ] || cat "$dir/err" >> "$dir/why"
! [ -s "$dir/why" ]; ok $? "-i any" "$dir/why"

# A stopped reader loses packets; what was handed out and what was lost come to what was sent.
: > "$dir/why"
start -i vb -B 1024 --workers 1 --kernel-filter off
kill -STOP $live
i=0
while [ $i -lt 12 ]; do
	send "$demo" 20000
	i=$((i + 1))
done
kill -CONT $live
finish INT 4
python3 - "$dir/out.json" >> "$dir/why" <<'EOF'
import json, sys
h = json.loads(open(sys.argv[1]).readlines()[-1])["hellotap"]
if h["drops"]["kernel"] == 0: print("nothing was lost", h["packets"])
if h["packets"] + h["drops"]["kernel"] != 12 * 854: print(h["packets"], h["drops"])
if not h["loss_is_high"]: print("no word of it")
EOF
grep -q 'of the packets were lost' "$dir/report" || cat "$dir/report" >> "$dir/why"
! [ -s "$dir/why" ]; ok $? "what is lost is counted, told, and is exit status 4" "$dir/why"

# Who reads standard output has left: an end, and no message about it.
: > "$dir/why"
mkfifo "$dir/pipe"
"$HELLOTAP" live -q -i vb --scope all -o json > "$dir/pipe" 2> "$dir/err" &
live=$!
head -n 1 < "$dir/pipe" > "$dir/first" &
sleep 0.5
send "$demo" 1500
send "$demo" 1500
wait_for 5 sh -c "! kill -0 $live 2>/dev/null" || { echo "still there" >> "$dir/why"; kill $live; }
wait $live
grep -q '"dataset":"hellotap.handshake"' "$dir/first" || echo "nothing came" >> "$dir/why"
! [ -s "$dir/why" ]; ok $? "a reader that leaves ends it" "$dir/why"
tap_end

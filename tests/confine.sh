#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A running `hellotap live`: who it is, what it may still do, and what it tells the service
# manager.  In a network namespace of its own.
. "${srcdir:=.}/tests/tap.sh"
# Behind the fence a leak checker cannot start what it looks with.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
if [ "${1:-}" != inside ]; then
	for tool in unshare ip python3; do
		command -v $tool > /dev/null 2>&1 || skip_all "$tool is not installed"
	done
	unshare -n ip link add va type veth peer name vb 2> /dev/null ||
		skip_all "network namespaces cannot be made here"
	exec unshare -n "$0" inside
fi
dir=$(mktemp -d) && trap 'kill "$live" "$listener" 2>/dev/null; rm -rf "$dir"' EXIT
chmod 1777 "$dir"
live= listener=
ip link add va type veth peer name vb && ip link set va up && ip link set vb up

wait_for() {	# TENTHS COMMAND ...
	tries=$1
	shift
	while ! "$@" > /dev/null 2>&1; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}
status() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$live/status"; }

# Everything the service manager would hear, a line each.
python3 - "$dir/notify" > "$dir/heard" <<'EOP' &
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
import os
os.chmod(sys.argv[1], 0o777)
while True:
    print(s.recv(4096).decode().replace("\n", " "), flush=True)
EOP
listener=$!
wait_for 50 test -S "$dir/notify"

NOTIFY_SOCKET="$dir/notify" WATCHDOG_USEC=400000 "$HELLOTAP" live -i vb --workers 2 \
	-o json:"$dir/out.json" 2> "$dir/err" &
live=$!
wait_for 100 grep -q READY=1 "$dir/heard"; ok $? "the manager hears that it is ready" "$dir/err"
grep -q '^hellotap: running ' "$dir/err"; ok $? "what holds is said" "$dir/err"
if [ "$(id -u)" -eq 0 ]; then
	[ "$(status Uid | cut -f1)" != 0 ] && [ "$(status Gid | cut -f1)" != 0 ]
	ok $? "it is not root any more"
fi
[ "$(status CapEff)" = 0000000000000000 ] && [ "$(status CapPrm)" = 0000000000000000 ] &&
	[ "$(status CapBnd)" = 0000000000000000 ]
ok $? "no capability is left"
[ "$(status NoNewPrivs)" = 1 ]; ok $? "nor to be had"
if "$HELLOTAP" --version | grep -q seccomp; then
	[ "$(status Seccomp)" = 2 ]; ok $? "system calls are filtered"
	for task in /proc/"$live"/task/*; do
		sed -n 's/^Seccomp:[[:space:]]*//p' "$task/status"
	done | grep -qv 2
	[ $? -eq 1 ]; ok $? "of every thread"
fi
wait_for 50 grep -q WATCHDOG=1 "$dir/heard"; ok $? "the manager hears that it lives"
rm "$dir/out.json"
kill -HUP $live
wait_for 50 grep -q RELOADING=1 "$dir/heard"; ok $? "the manager hears of a reload" "$dir/heard"
wait_for 50 grep -q 'loaded anew' "$dir/err" && wait_for 50 test -e "$dir/out.json"
ok $? "rules are read and outputs opened again behind the fence" "$dir/err"
kill -TERM $live
wait $live; ok $? "it ends well" "$dir/err"
wait_for 50 grep -q STOPPING=1 "$dir/heard"; ok $? "the manager hears that it stops"
[ "$(wc -l < "$dir/err")" -eq 4 ]; ok $? "no other message" "$dir/err"

"$HELLOTAP" live -i vb -Z no-such-user 2> "$dir/err"
[ $? -eq 2 ] && grep -q "no user 'no-such-user'" "$dir/err"
ok $? "a user that is none is said" "$dir/err"
"$HELLOTAP" live -i vb --sandbox maybe 2> "$dir/err"
[ $? -eq 2 ] && grep -q 'wants one of: on, off' "$dir/err"
ok $? "a wrong word is said" "$dir/err"
"$HELLOTAP" live -i vb --sandbox off -o json:"$dir/two.json" 2> "$dir/err" &
live=$!
wait_for 50 grep -q 'no fences' "$dir/err"; ok $? "--sandbox off is said" "$dir/err"
kill -TERM $live
wait $live; ok $? "and ends well" "$dir/err"
tap_end

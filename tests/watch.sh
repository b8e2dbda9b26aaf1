#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# hellotap watch in a terminal (tmux), by keys and what is then on the screen; and --plain.
. "${srcdir:=.}/tests/tap.sh"
# Behind the fence a leak checker cannot start what it looks with.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
dir=$(mktemp -d)
socket="hellotap-$$"
trap 'tmux -L "$socket" kill-server 2>/dev/null; rm -rf "$dir"' EXIT
hellotap=$(realpath "$HELLOTAP")
demo=$(realpath "$srcdir/pcaps/demo.pcapng")
HELLOTAP_DATADIR=$(realpath "${HELLOTAP_DATADIR:-$srcdir/rules}")
export HELLOTAP_DATADIR

"$hellotap" watch --plain --speed 0 "$demo" > "$dir/plain" 2> "$dir/why"
[ $? -eq 0 ] && grep -q ' host    10.1.20.31 ' "$dir/plain" && grep -q ' finding ' "$dir/plain" &&
	grep -q ' counts  packets [0-9]' "$dir/plain"
ok $? "--plain tells hosts, findings and counts" "$dir/plain"
awk '/ host    / && length($0) > 120 { bad = 1 } END { exit bad }' "$dir/plain"
ok $? "rows of hosts are 120 columns wide" "$dir/plain"
timeout 3 "$hellotap" watch --plain --speed 1 "$demo" > "$dir/slow" 2> "$dir/why"
grep -q '^08:55:0. counts ' "$dir/slow" && ! grep -q '^00:00:00' "$dir/slow"
ok $? "before the first packet there is no line" "$dir/slow"
! LC_ALL=C grep -q '[^ -~]' "$dir/plain"; ok $? "--plain is printable ASCII" "$dir/plain"
"$hellotap" watch --speed 0 "$demo" < /dev/null 2> "$dir/why" | cat > "$dir/piped"
cmp -s "$dir/plain" "$dir/piped"; ok $? "into a pipe it is plain" "$dir/why"
"$hellotap" watch --speed fast "$demo" 2> "$dir/why"
[ $? -eq 2 ]; ok $? "a speed that is none is said" "$dir/why"
"$hellotap" watch "$dir/none.pcap" > /dev/null 2> "$dir/why"
[ $? -eq 3 ]; ok $? "a capture that is not there is said" "$dir/why"

command -v tmux > /dev/null 2>&1 || { skip "the screen" "tmux is not installed"; tap_end; }
"$hellotap" --version | grep -q 'ncurses' || { skip "the screen" "no ncurses"; tap_end; }

t() { tmux -L "$socket" "$@"; }
screen() { t capture-pane -p > "$dir/screen"; }

# Until the screen shows the pattern, four seconds at most.
shows() {
	i=0
	while [ $i -lt 40 ]; do
		screen
		grep -q -e "$1" "$dir/screen" && return 0
		sleep 0.1
		i=$((i + 1))
	done
	return 1
}
key() { t send-keys "$@"; }

start() {	# columns, rows, arguments
	columns=$1 rows=$2
	shift 2
	t new-session -d -x "$columns" -y "$rows" \
		"cd $dir && $hellotap watch $* 2> $dir/err; echo ended; sleep 100"
}

start 80 24 --speed 0 "$demo"
shows 'at its end'; ok $? "a file is replayed to its end" "$dir/screen"
[ "$(wc -l < "$dir/screen")" -eq 24 ] && grep -q '^HOST  *TLS STACK' "$dir/screen" &&
	grep -q '^LATEST FINDINGS' "$dir/screen" && sed -n '$p' "$dir/screen" | grep -q '? help'
ok $? "80x24: counters, hosts, findings, keys" "$dir/screen"
awk 'length($0) > 80 { bad = 1 } END { exit bad }' "$dir/screen"
ok $? "no line is longer than the screen" "$dir/screen"
sed -n '5p' "$dir/screen" | grep -q 'legacy'; ok $? "the worst host is first" "$dir/screen"
key s; shows 'sort: last seen'; ok $? "s sorts by last seen" "$dir/screen"
key s s; shows 'sort: address'; ok $? "and by address" "$dir/screen"
key s; shows 'sort: severity'; ok $? "and by severity again" "$dir/screen"
key f; shows 'f exchange'; ok $? "f shows one service" "$dir/screen"
key f f f f f; shows 'f all services'; ok $? "and all again" "$dir/screen"
key Space; shows 'table frozen'; ok $? "space freezes" "$dir/screen"
key Space; shows '(at its end)'; ok $? "and lets go" "$dir/screen"
key '?'; shows 'write the chosen host'; ok $? "? explains the keys" "$dir/screen"
key x; shows '^HOST'; ok $? "any key leaves the help" "$dir/screen"
key Down Down Enter; shows 'w write packets'; ok $? "Enter opens a host's evidence" "$dir/screen"
key q; shows '^HOST'; ok $? "q goes back" "$dir/screen"
key Home w; shows 'packets written to hellotap-'; ok $? "w writes its packets" "$dir/screen"
file=$(ls "$dir"/hellotap-*.pcap 2> /dev/null)
"$hellotap" read "$file" > "$dir/why" 2>&1 && grep -q "$(basename "$file" -1.pcap |
	sed 's/hellotap-//')" "$dir/why"
ok $? "what was written can be read and tells of the host" "$dir/why"
t resize-window -x 160 -y 48; shows 'at its end'; sleep 0.5; screen
[ "$(wc -l < "$dir/screen")" -eq 48 ] && sed -n '$p' "$dir/screen" | grep -q '? help'
ok $? "160x48 after a resize" "$dir/screen"
t resize-window -x 40 -y 8; sleep 0.5; screen; shows 'hellotap'
ok $? "40x8 is no reason to fall over" "$dir/screen"
t resize-window -x 80 -y 24; shows '^HOST'; key q; shows '^ended'
ok $? "q leaves, and the terminal is as it was" "$dir/screen"
! [ -s "$dir/err" ]; ok $? "no message" "$dir/err"
t kill-server
socket="$socket-2"

start 80 24 --speed 1 "$demo"
shows '(x1)'; ok $? "a file is replayed at its own speed" "$dir/screen"
key + + +; shows '(x8)'; ok $? "+ makes it faster" "$dir/screen"
key -; shows '(x4)'; ok $? "- makes it slower" "$dir/screen"
key q; shows '^ended'; ok $? "q leaves in the middle" "$dir/screen"
t kill-server

# The same of an interface: the ends of a cable in a namespace that is gone afterwards.
ns="ht$$"
for tool in ip tcpreplay; do
	command -v $tool > /dev/null 2>&1 || { skip "an interface" "$tool is not installed"; tap_end; }
done
ip netns add "$ns" 2> /dev/null || { skip "an interface" "no network namespaces here"; tap_end; }
trap 'tmux -L "$socket" kill-server 2>/dev/null; ip netns del "$ns"; rm -rf "$dir"' EXIT
ip -n "$ns" link add va type veth peer name vb
ip -n "$ns" link set va up && ip -n "$ns" link set vb up
chmod 1777 "$dir"
socket="$socket-3"
t new-session -d -x 160 -y 48 "cd $dir && ip netns exec $ns $hellotap watch -i vb 2> $dir/err
	echo ended; sleep 100"
shows '(live)'; ok $? "an interface is watched" "$dir/screen"
ip netns exec "$ns" tcpreplay -q -i va --pps=2000 "$demo" > /dev/null 2>&1
shows '^10.1.20.31 .*legacy'; ok $? "a host shows as its packets come" "$dir/screen"
key Enter; shows 'w write packets'; ok $? "its evidence opens" "$dir/screen"
key q; shows '^HOST'; key w; shows 'packets written to'
ok $? "its packets are written by who has no privileges" "$dir/screen"
key q; shows '^ended'; ok $? "q leaves" "$dir/screen"
tap_end

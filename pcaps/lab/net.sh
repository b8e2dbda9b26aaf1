# SPDX-License-Identifier: Apache-2.0
# net: the namespaces of one story.  Sourced by pcaps/lab/make.
#
#	clients -- c0 p0 | middle | p1 d0 | wan | d1 s0 -- servers
#	10.1.4.0/24        routes            4 ms each way     10.9.0.0/16, fd00:9::/32
#
# "inside" is recorded at p0, "outside" at p1, by tcpdump of one machine: one clock.  The
# middle routes, and programs in it are the proxies (10.1.9.7 to 10.1.9.9); or it is a wire
# (wire.py) that does not let everything pass.  The wan is a wire that takes its time, since
# the kernel's own (netem) is not everywhere.  No namespace has a way out.
#
# Rewritten afterwards (rewrite.py) are the servers' addresses and the clients' MAC alone.
# shellcheck shell=bash

C=hellotap-lab-c$$ P=hellotap-lab-p$$ D=hellotap-lab-d$$ S=hellotap-lab-s$$ Q=hellotap-lab-q$$
CLIENT_MAC=02:4a:00:00:00:c0
CLIENTS='10.1.4.21 10.1.4.22 10.1.4.23 10.1.4.24 10.1.4.25 10.1.4.26'
RECORDERS=()

# Ends what runs in our own namespaces, whoever its parent is, and nothing else.
world_down() {
	local ns pid
	for ns in "$C" "$P" "$D" "$S" "$Q"; do
		for pid in $(ip netns pids "$ns" 2>/dev/null); do kill "$pid" 2>/dev/null; done
	done
	wait
	for ns in "$C" "$P" "$D" "$S" "$Q"; do ip netns del "$ns" 2>/dev/null; done
}

# Whether a namespace and what we need in it can be made; says why not.
world_possible() {
	[ "$(id -u)" = 0 ] || { echo "network namespaces need root"; return 1; }
	command -v ip >/dev/null || { echo "ip is missing"; return 1; }
	ip netns add "$C" 2>&1 || { echo "a network namespace cannot be made"; return 1; }
	ip -n "$C" link add c0 type veth peer name p0 2>&1 ||
		{ echo "a veth pair cannot be made"; return 1; }
	ip netns del "$C"
}

# in_ns NAMESPACE COMMAND...: with the hosts file of that namespace.  The mount is seen by
# the command alone: ip netns exec unshares mounts.
in_ns() {
	local ns=$1; shift
	# shellcheck disable=SC2016
	ip netns exec "$ns" sh -c 'mount --bind "$0" /etc/hosts && exec "$@"' "$W/hosts.$ns" "$@"
}
# lead NAMESPACE ADDRESS NAME...: names lead there, for the programs in that namespace.
lead() {
	local ns=$1 address=$2 name; shift 2
	for name in "$@"; do
		sed -i "/ $name\$/d" "$W/hosts.$ns"
		echo "$address $name" >> "$W/hosts.$ns"
	done
}
background() { "$@" </dev/null >>"$W/log" 2>&1 & }

# One segment a packet and its checksum in it, as on a wire: no offload across the pairs.
pair() {	# NAMESPACE NAME MAC NAMESPACE NAME MAC
	ip -n "$1" link add "$2" address "$3" gso_max_segs 1 type veth \
		peer name "$5" netns "$4" address "$6" gso_max_segs 1
	ip netns exec "$1" python3 wire.py plain "$2"
	ip netns exec "$4" python3 wire.py plain "$5"
	ip -n "$1" link set "$2" up; ip -n "$4" link set "$5" up
}

world_wired() {
	local ns client
	for ns in $C $P $D $S; do
		ip netns add "$ns"
		ip -n "$ns" link set lo up
	done
	for ns in $P $D; do ip netns exec "$ns" sysctl -qw net.ipv6.conf.default.disable_ipv6=1; done
	pair "$C" c0 $CLIENT_MAC "$P" p0 02:4a:00:00:00:01
	pair "$P" p1 02:4a:00:00:09:01 "$D" d0 02:4a:00:00:0d:00
	pair "$D" d1 02:4a:00:00:0d:01 "$S" s0 02:4a:00:00:00:05
	for client in $CLIENTS; do ip -n "$C" addr add "$client/16" dev c0; done
	ip -n "$S" route add local 10.9.0.0/16 dev lo
	ip -n "$S" route add local fd00:9::/32 dev lo
	ip netns exec "$S" sysctl -qw net.ipv4.ip_default_ttl=117 net.ipv4.ip_nonlocal_bind=1 \
		net.ipv6.ip_nonlocal_bind=1
	background ip netns exec "$D" python3 wire.py pass d0 d1 --delay 4
	for ns in $C $P $D $S; do cp "$W/hosts" "$W/hosts.$ns"; done
}

# The middle routes and has addresses: programs there are proxies.
world_routed() {
	world_wired
	ip -n "$P" addr add 10.1.0.1/16 dev p0
	ip -n "$P" addr add 10.1.9.7/16 dev p0
	ip -n "$P" addr add 10.1.9.8/16 dev p0
	ip -n "$P" addr add 10.1.9.9/16 dev p0
	ip -n "$P" addr add 10.8.0.1/24 dev p1
	ip -n "$S" addr add 10.8.0.2/24 dev s0
	ip -n "$P" route add 10.9.0.0/16 via 10.8.0.2 src 10.1.9.8
	ip -n "$S" route add default via 10.8.0.1
	ip netns exec "$P" sysctl -qw net.ipv4.ip_forward=1
	GATEWAY=10.1.0.1
	servers
}

# The middle is a wire without addresses: world_bridged WHAT-IT-DOES...
world_bridged() {
	world_wired
	ip -n "$S" addr add 10.1.0.1/16 dev s0
	ip -n "$S" addr add fd00:1::1/64 dev s0 nodad
	ip -n "$C" addr add fd00:1::a01:415/64 dev c0 nodad
	ip -n "$C" route add fd00:9::/32 via fd00:1::1
	ip netns exec "$P" sysctl -qw net.ipv4.ip_forward=0
	background ip netns exec "$P" python3 wire.py "$1" p0 p1 "${@:2}"
	GATEWAY=10.1.0.1
	servers
}

# as CLIENT COMMAND...: one of the clients does it, alone; for LIMIT seconds at most.
as() {
	local who=$1; shift
	ip -n "$C" route replace 10.9.0.0/16 via "$GATEWAY" src "$who"
	ip -n "$C" route replace 10.1.9.0/24 dev c0 src "$who"
	in_ns "$C" timeout "${LIMIT:-30}" "$@" </dev/null >>"$W/log" 2>&1
}

# listening NAMESPACE ADDRESS PORT: waits until something does; ends all if nothing will.
listening() {
	local tries=300
	until ip netns exec "$1" ss -Hltn "src $2 and sport = :$3" 2>>"$W/log" | grep -q .; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || { echo "pcaps/lab: nothing listens at $2:$3" >&2; exit 1; }
		sleep 0.1
	done
}

record_at() {	# NAMESPACE INTERFACE NAME
	: > "$W/tcpdump.$3"
	ip netns exec "$1" tcpdump -Z root -i "$2" -w "$W/$3.pcap" -s 0 -U --immediate-mode \
		tcp 2>"$W/tcpdump.$3" &
	RECORDERS+=($!)
	until grep -q listening "$W/tcpdump.$3"; do sleep 0.02; done
}

record() {
	sleep 0.3	# what the neighbours tell each other first
	RECORDERS=()
	record_at "$P" p0 inside
	record_at "$P" p1 outside
}

stop() {
	sleep 0.3
	kill -TERM "${RECORDERS[@]}"
	wait "${RECORDERS[@]}" 2>/dev/null
}

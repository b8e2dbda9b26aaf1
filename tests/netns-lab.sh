#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Real proxies, now: two stories of pcaps/lab are told anew in network namespaces, and hellotap
# reads what came of it.  Skipped, with the reason, where that cannot be (no root, no
# namespaces, no Squid): pcaps/lab/make says so with exit status 77.
. "${srcdir:=.}/tests/tap.sh"
here=$(pwd)
case $HELLOTAP in /*) ;; *) HELLOTAP=$here/$HELLOTAP ;; esac
command -v bash >/dev/null 2>&1 || skip_all "bash is not installed"
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
HELLOTAP_DATADIR=$srcdir/rules
export HELLOTAP_DATADIR

# tell STORY: whether it could be told; a reason not to is a test skipped, anything else failed.
tell() {
	timeout 300 "$srcdir/pcaps/lab/make" -o "$tmp" "$1" > "$tmp/said" 2>&1
	told=$?
	case $told in
	0) return 0 ;;
	77) skip "$1" "$(sed -n 's/^pcaps\/lab: skipped: //p' "$tmp/said")" ;;
	*) ok $told "$1 is told" "$tmp/said" ;;
	esac
	return 1
}

# of STORY SIDE: its handshakes; values KEY: of that key in them, each once.
of() { "$HELLOTAP" read -o json "$tmp/lab-$1-$2.pcap" | grep '"dataset":"hellotap.handshake"'; }
values() { grep -o "\"$1\":\"[^\"]*\"" | sed 's/.*:"//; s/"$//' | sort -u | tr '\n' ' '; }
addresses() { grep -o '"source":{"ip":"[^"]*"' | sed 's/.*:"//; s/"$//' | sort -u | tr '\n' ' '; }

# is WHAT WANTED FOUND
is() {
	echo "wanted '$2', found '$3'" > "$tmp/why"
	[ "$2" = "$3" ]; ok $? "$1" "$tmp/why"
}

if tell squid-bump-tls10; then
	of squid-bump-tls10 inside > "$tmp/in"
	of squid-bump-tls10 outside > "$tmp/out"
	is "Squid takes TLS apart: clients offer" 'tls1.2 tls1.3 ' "$(values max < "$tmp/in")"
	is "... through CONNECT" 'connect ' "$(grep -o '"prelude":{"kind":"[^"]*"' "$tmp/in" |
		values kind)"
	is "... to a private authority's certificate" 'CN=Contoso Proxy CA, O=Contoso ' \
		"$(values issuer < "$tmp/in")"
	is "... and it goes out with" 'tls1.0 ' "$(values max < "$tmp/out")"
	is "... from its own address" '10.1.9.8 ' "$(addresses < "$tmp/out")"
	is "... to servers that could do better" 'tls1.1 ' "$(values downgrade_sentinel < "$tmp/out")"
	is "... as often as it was asked" "$(wc -l < "$tmp/in")" "$(wc -l < "$tmp/out")"
	values random < "$tmp/in" | tr ' ' '\n' | grep . > "$tmp/randoms"
	! grep -qF -f "$tmp/randoms" "$tmp/out"; ok $? "... with hellos of its own"
fi

if tell nat; then
	of nat inside > "$tmp/in"
	of nat outside > "$tmp/out"
	is "a NAT: five hosts inside" '10.1.4.21 10.1.4.22 10.1.4.23 10.1.4.24 10.1.4.25 ' \
		"$(addresses < "$tmp/in")"
	is "... are one outside" '198.51.100.7 ' "$(addresses < "$tmp/out")"
	is "... the hellos are the same" "$(values random < "$tmp/in")" \
		"$(values random < "$tmp/out")"
	is "... and their versions" 'tls1.0 tls1.2 tls1.3 ' "$(values max < "$tmp/out")"
fi
tap_end

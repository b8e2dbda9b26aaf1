#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The captures of pcaps/ against what tshark saw in them.
#
#	pcaps/tshark/NAME.jsonl    its answer of once (tools/oracle.py --small), tshark 4.0
#	tests/own-compare.known    where the two differ, and why hellotap is right
#
# A difference that is not known fails, and so does a known one that is gone.  With tshark 4.0
# at hand, it is asked anew about every sixth capture (OWN_COMPARE_ALL=1: about all, which takes
# a minute or two).  OWN_COMPARE_WRITE=1 stores what it says.
. "${srcdir:=.}/tests/tap.sh"
command -v python3 >/dev/null 2>&1 || skip_all "python3 is not installed"
pcaps=$srcdir/pcaps
known=$srcdir/tests/own-compare.known
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT

# ask DIR NAME...: tshark's answers in DIR, two captures at a time.
ask() {
	dir=$1; shift
	printf '%s\n' "$@" | xargs -P 2 -I NAME sh -c \
		"python3 '$srcdir/tools/oracle.py' --small '$pcaps/NAME' > '$dir/NAME.jsonl'"
}

captures=$(cd "$pcaps" && ls -- *.pcap *.pcapng)
if [ -n "${OWN_COMPARE_WRITE:-}" ]; then
	# shellcheck disable=SC2086
	ask "$pcaps/tshark" $captures
	exit
fi

# compare DIR: what differs and is not known, then what is known of these captures and does
# not differ.
compare() {
	python3 "$srcdir/tests/compare.py" --extra "$HELLOTAP" "$pcaps" "$1" > "$tmp/out" 2>&1
	tail -n 1 "$tmp/out" | sed 's/^/# /'
	tail -n 1 "$tmp/out" | grep -q '^matched ' || cat "$tmp/out"
	awk -F '\t' -v dir="$1" '
	function asked(key) { split(key, w, /[ :]/); return (getline line < (dir "/" w[1] ".jsonl")) >= 0 }
	FNR == NR { if (!/^#/ && asked($1)) known[$1] = 0; next }
	/^matched / { next }
	{
		for (k in known)
			if (index($0, k) == 1) { known[k]++; next }
		print
	}
	END { for (k in known) if (!known[k]) print k ": known to differ, and does not" }
	' "$known" "$tmp/out"
}

for name in $captures; do
	[ -e "$pcaps/tshark/$name.jsonl" ] || echo "$name"
done > "$tmp/why"
if [ -s "$tmp/why" ]; then
	skip "tshark was asked about every capture" "not about $(tr '\n' ' ' < "$tmp/why")"
else
	ok 0 "tshark was asked about every capture"
fi

compare "$pcaps/tshark" > "$tmp/why"
grep '^# matched' "$tmp/why"
! grep -v '^# matched' "$tmp/why" > "$tmp/rest"
ok $? "every hello is as tshark saw it" "$tmp/rest"

case $(tshark --version 2>/dev/null | head -n 1) in
*' 4.0.'*)
	mkdir "$tmp/now"
	[ -n "${OWN_COMPARE_ALL:-}" ] ||
		captures=$(printf '%s\n' "$captures" | awk 'NR % 6 == 1')
	# shellcheck disable=SC2086
	ask "$tmp/now" $captures
	compare "$tmp/now" > "$tmp/why"
	! grep -v '^# matched' "$tmp/why" > "$tmp/rest"
	ok $? "every hello is as tshark sees it now" "$tmp/rest" ;;
*) skip "every hello is as tshark sees it now" "tshark 4.0 is not installed" ;;
esac
tap_end

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# No proxy is accused over captures that hold none at fault: all that ship but those of the
# proxy laboratory (tests/culprits.sh has those), and the shared ones if they are there.
. "${srcdir:=.}/tests/tap.sh"
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
HELLOTAP_DATADIR=$srcdir/rules
export HELLOTAP_DATADIR

# accused FILE...: findings on proxies, but for those that only tell (info).
accused() {
	for capture in "$@"; do
		"$HELLOTAP" read --scope all -o json "$capture" 2> "$dir/err" |
			grep '"kind":"proxy"' | grep -v '"level":"info"' | cut -c1-300 |
			sed "s|^|$capture: |"
	done
}

set --
for capture in "$srcdir"/pcaps/*.pcap "$srcdir"/pcaps/*.pcapng; do
	case $capture in */lab-*) ;; *) set -- "$@" "$capture" ;; esac
done
[ $# -gt 80 ]; ok $? "captures are there"
accused "$@" > "$dir/why"
! [ -s "$dir/why" ]; ok $? "no proxy is accused over the captures that ship" "$dir/why"

if [ -d "$srcdir/../shared/pcaps/dev" ]; then
	accused "$srcdir"/../shared/pcaps/dev/* > "$dir/why"
	! [ -s "$dir/why" ]; ok $? "nor over the shared ones" "$dir/why"
else
	skip "nor over the shared ones" "no ../shared/pcaps/dev beside the source tree"
fi

# It is not that none could be: the laboratory's are.
accused "$srcdir/pcaps/lab-chain-middle.pcap" | grep -q '"id":"proxy-lowers"'
ok $? "a proxy that lowers is accused"

# A known proxy, and what is none.
"$HELLOTAP" read -q --proxy 10.1.9.8:443 -o json "$srcdir/pcaps/lab-upstream-reuse-inside.pcap" \
	> "$dir/out"
grep -q '"recognised":\["option"\]' "$dir/out"; ok $? "--proxy names one" "$dir/out"
for wrong in 10.1.9.8 10.1.9.8: 10.1.9.8:0 10.1.9.8:99999 proxy:80 2001:db8::8:80 :80; do
	"$HELLOTAP" read --proxy "$wrong" "$srcdir/pcaps/demo.pcapng" > /dev/null 2> "$dir/why"
	[ $? -eq 2 ] && grep -q 'wants an address and a port' "$dir/why"
	ok $? "--proxy $wrong is refused" "$dir/why"
done
"$HELLOTAP" read -T --proxy '[2001:db8::8]:3128'; ok $? "--proxy takes IPv6"
"$HELLOTAP" read --max-legs 16 -o json "$srcdir/pcaps/demo.pcapng" | grep -q '"legs":[1-9]'
ok $? "--max-legs: what was let go is counted"

# issuers.yaml: what is wrong is said with its place.
mkdir "$dir/rules"
cp "$srcdir"/rules/*.yaml "$dir/rules"
cat > "$dir/rules/issuers.yaml" <<'ISSUERS'
version: 1
sources: []
organizations: [A, a, ""]
nmaes: [B]
ISSUERS
! "$HELLOTAP" rules check "$dir/rules" > /dev/null 2> "$dir/why"
ok $? "a wrong list of issuers is refused"
for place in '1:1: no "sources"' '3:20: "a" is there twice' '3:23: expected a name' \
	'4:1: unknown key "nmaes"; did you mean "names"'; do
	grep -qF "issuers.yaml:$place" "$dir/why"; ok $? "it says $place" "$dir/why"
done
printf 'version: 1\nsources: [x]\norganizations: [Contoso]\n' > "$dir/rules/issuers.yaml"
"$HELLOTAP" read -q --rules "$dir/rules" -o json "$srcdir/pcaps/lab-masked-inside.pcap" |
	grep -q proxy-intercepts
[ $? -eq 1 ]; ok $? "an authority in a list of one's own answers without a word"
tap_end

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --group-by: lengths and files of named networks; every mistake in them with its place.
. "${srcdir:=.}/tests/tap.sh"
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
why=$dir/why
demo=$srcdir/pcaps/demo.pcapng
HELLOTAP_DATADIR=$srcdir/rules COLUMNS=80
export HELLOTAP_DATADIR COLUMNS

cat > "$dir/office.yaml" <<'YAML'
version: 1
networks:
  - {name: offices, in: [10.1.4.0/24]}
  - name: printers
    in: [10.1.30.0/24]
YAML
"$HELLOTAP" read --group-by "$dir/office.yaml" "$demo" > "$dir/out" 2> "$why"
ok $? "named networks are told" "$why"
grep -q '^printers   not safe  1 modern, 1 weak    10.1.30.41 weak$' "$dir/out"
ok $? "with the hosts in the way" "$dir/out"
grep -q '^elsewhere  not safe  1 modern, 4 legacy ' "$dir/out"
ok $? "and all others" "$dir/out"

"$HELLOTAP" read --group-by /28 -o json "$demo" 2> "$why" | grep hellotap.summary > "$dir/out"
grep -q '"groups":\[{"block":"10.1.4.16/28","readiness":"not safe","hosts":' "$dir/out"
ok $? "blocks are in the summary of JSON" "$dir/out"
grep -q '{"block":"10.1.4.0/28","readiness":"safe","hosts":5,"verdicts":{"modern":5},"not_safe":\[\],"not_enough_seen":\[\]}' "$dir/out"
ok $? "a block whose hosts are all modern is safe" "$dir/out"
! "$HELLOTAP" read -o json "$demo" | grep -q '"groups"'
ok $? "only when asked for"

# mistake NAME MESSAGE ... < FILE: refused with these messages and no others.
mistake() {
	name=$1
	shift
	cat > "$dir/wrong.yaml"
	"$HELLOTAP" read -T --group-by "$dir/wrong.yaml" 2> "$dir/said"
	status=$?
	for m; do echo "hellotap: $dir/wrong.yaml:$m"; done > "$dir/expected"
	{ diff "$dir/expected" "$dir/said"; [ $status -eq 2 ] || echo "status $status"; } > "$why"
	! [ -s "$why" ]; ok $? "$name" "$why"
}

mistake "no version" "1:1: the file has no version:; expected version: 1" <<'YAML'
networks: [{name: a, in: [10.0.0.0/8]}]
YAML
mistake "a version to come" "1:10: this version is not known; expected 1" <<'YAML'
version: 2
networks: [{name: a, in: [10.0.0.0/8]}]
YAML
mistake "no networks" "1:1: the file has no networks:; expected a list of name: and in:" <<'YAML'
version: 1
YAML
mistake "none in the list" "2:11: the list is empty; expected name: and in:" <<'YAML'
version: 1
networks: []
YAML
mistake "a name in another letter" \
	'3:3: unknown key "nam"; did you mean "name"?' \
	"3:3: the network has no name; expected name: and in:" <<'YAML'
version: 1
networks:
- nam: a
  in: [10.0.0.0/8]
YAML
mistake "no blocks, two ways" \
	"3:3: the network has no in:; expected a list of address blocks" \
	"4:17: the list is empty; expected address blocks" <<'YAML'
version: 1
networks:
- {name: a}
- {name: b, in: []}
YAML
blocks="this is no address block; expected 10.1.0.0/16 or 2001:db8::/48, with no bits behind its length"
mistake "blocks that are none" "4:8: $blocks" "4:33: $blocks" "4:47: $blocks" <<'YAML'
version: 1
networks:
- name: a
  in: [10.1.2.3/16, 10.0.0.0/8, "fe80::/129", 10.0.0.0/33]
YAML
mistake "twice" "4:10: a network of this name is there already; expected all blocks of a network under one in:" \
	"4:18: this block is in the file already" <<'YAML'
version: 1
networks:
- {name: a, in: [10.0.0.0/8]}
- {name: a, in: [10.0.0.0/8]}
YAML
mistake "a name for a terminal to obey" "3:10: a network's name has no control characters" <<'YAML'
version: 1
networks:
- {name: "a\e[2J", in: [10.0.0.0/8]}
YAML

for spec in /33 /24,/129 /24, /24,64 /24/64 /; do
	"$HELLOTAP" read -T --group-by $spec 2> "$why"
	[ $? -eq 2 ] && grep -q 'hellotap: ' "$why"
	ok $? "--group-by $spec is refused" "$why"
done
for spec in /0 /32 /24,/64 /8,/0; do
	"$HELLOTAP" read -T --group-by $spec 2> "$why"
	ok $? "--group-by $spec is taken" "$why"
done
"$HELLOTAP" read -T --group-by "$dir/not-there.yaml" 2> "$why"
[ $? -eq 2 ] && grep -q "not-there.yaml" "$why"; ok $? "a file that is not there is said" "$why"
tap_end

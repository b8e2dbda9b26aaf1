#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# hellotap endpoints: what it prints, where, and how it exits.
. "${srcdir:=.}/tests/tap.sh"
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
why="$dir/why"

# says STATUS PATTERN ARGUMENT...: exit status, and a line of output (both streams) that fits.
says() {
	want=$1 pattern=$2
	shift 2
	"$HELLOTAP" endpoints "$@" > "$why" 2>&1
	got=$?
	[ $got -eq "$want" ] && grep -qE -e "$pattern" "$why"
	ok $? "endpoints $* exits $want and says $pattern" "$why"
}

says 0 '^worldwide +1 exchange +optimize 80,443 +443 +27 +3$' show
says 0 'published 2025-12-01 or before, [0-9]+ days ago: 79 sets' show --cloud worldwide
says 2 'no cloud "moon"' show --cloud moon
says 0 'by prefix 52.96.0.0/14, tcp 80,443' lookup 52.96.165.2
says 0 'by prefix 2603:1006::/40' lookup 2603:1006::25
says 0 'by name \*\.sharepoint\.com' lookup contoso.sharepoint.com
says 0 'opt-in host for legacy TLS' lookup SMTP-LEGACY.office365.com.
says 0 '^  not Microsoft 365$' lookup example.com
says 0 '1 exchange +optimize by prefix 52.96.0.0/14' lookup 52.96.0.0/14
says 0 'by prefix 52.96.0.0/14' lookup 52.97.0.0/16
says 0 'in part, by prefix 52.96.0.0/14' lookup 52.0.0.0/8
says 0 'in part, by prefix 2603:1006::/40' lookup 2603::/16
says 0 '^  not Microsoft 365$' lookup 10.0.0.0/8
says 0 'by name outlook.office365.com' lookup outlook.office365.com
[ "$(sed -n 2p "$why" | cut -c1-25)" = '  worldwide      1 exchan' ] && tail -n 1 "$why" | grep -q ' 71 common'
ok $? "the most specific comes first" "$why"
for wrong in 1.2.3 999.1.1.1 '' 'foo bar' 52.96.0.1/14 52.96.0.0/33 a..b . a/b; do
	says 2 'neither an address nor a name' lookup example.com "$wrong"
done
says 2 'argument' lookup
says 2 'shwo' shwo
says 2 'nothing-here' show --endpoints "$dir/nothing-here"
says 0 'curl .*' update
says 0 'ServiceAreas=Common,Exchange,SharePoint,Skype,MEM&ClientRequestId=[0-9a-f]{8}-' update \
	--cloud china
[ "$(grep -c curl "$why")" -eq 1 ]; ok $? "one cloud, one command" "$why"

# Two lists of the web service's form, one prefix apart.
list() {
	i=0
	for area in Exchange SharePoint Skype Common Exchange SharePoint Skype Common Common MEM; do
		i=$((i + 1))
		[ $i -eq 1 ] && printf '[' || printf ','
		printf '{"id": %d, "serviceArea": "%s", "category": "Allow", ' $i $area
		printf '"required": true, "tcpPorts": "443", "urls": ["%s"], ' "${2:-h$i.example.com}"
		printf '"ips": ["52.%d.0.0/16"%s]}\n' $i "$([ $i -eq 3 ] && printf '%s' "$1")"
	done
	echo ']'
}
list > "$dir/usgovdod.json"
mkdir "$dir/data"
says 0 'usgovdod.yaml is dated 2026-11-01' import "$dir/usgovdod.json" --to "$dir/data" \
	--date 2026-11-01
cp "$dir/data/usgovdod.yaml" "$dir/before"
list ', "2603:1::/32"' > "$dir/usgovdod.json"
says 0 '^\+ id 3: prefix 2603:1::/32$' import --to "$dir/data" "$dir/usgovdod.json"
says 0 'usgovdod +3 teams +allow +by prefix 2603:1::/32' lookup --endpoints "$dir/data" 2603:1::1
cmp -s "$dir/before" "$dir/data/usgovdod.yaml"; [ $? -eq 1 ]; ok $? "the data is replaced"

cp "$dir/data/usgovdod.yaml" "$dir/before"
list ', "2603:1::1/32"' > "$dir/usgovdod.json"
says 2 'usgovdod.json:3:[0-9]+: "2603:1::1/32" is not a prefix' import --to "$dir/data" \
	"$dir/usgovdod.json"
list > "$dir/usgovdod.json"
says 2 '2399-01-01 lies in the future' import --to "$dir/data" --date 2399-01-01 \
	"$dir/usgovdod.json"
touch -d 2399-01-01 "$dir/usgovdod.json"
says 2 'usgovdod.json: its own time, 2399-01-01, lies in the future' import --to "$dir/data" \
	"$dir/usgovdod.json"
list | head -n 5 > "$dir/usgovdod.json"
says 2 'usgovdod.json:[0-9]+:' import --to "$dir/data" "$dir/usgovdod.json"
cmp "$dir/before" "$dir/data/usgovdod.yaml" > "$why" 2>&1
ok $? "a bad file changes nothing" "$why"

# The date and the cloud that nobody said are said; another cloud's list is noticed.
mkdir "$dir/first"
list '' > "$dir/new.json"
touch -d 2026-10-05T12:00:00Z "$dir/new.json"
says 0 "dated 2026-10-05, the file's own time; --date says otherwise$" import --to "$dir/first" \
	"$dir/new.json"
grep -q 'new.json names no cloud: taken as worldwide; --cloud says otherwise$' "$why"
ok $? "a cloud that was guessed is said" "$why"
says 0 'is dated 2026-11-01$' import --to "$dir/first" --cloud worldwide --date 2026-11-01 \
	"$dir/new.json"
! grep -q 'names no cloud' "$why"; ok $? "one that was given is not"
rm "$dir/first/worldwide.yaml"
list '' outlook.office365.com > "$dir/new.json"
says 2 'it lists outlook.office365.com, so it is of worldwide; expected the list of china' \
	import --to "$dir/first" --cloud china "$dir/new.json"
list '' partner.outlook.cn > "$dir/new.json"
says 2 'it is of china; expected the list of worldwide' import --to "$dir/first" "$dir/new.json"
says 0 'china: 0 removed' import --to "$dir/first" --cloud china "$dir/new.json"
list > "$dir/usgovdod.json"
says 3 'cannot be written' import --to "$dir/data/none" "$dir/usgovdod.json"
[ "$(find "$dir/data" -type f | wc -l)" -eq 1 ]; ok $? "and nothing is left over"
tap_end

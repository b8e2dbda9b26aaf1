#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docs/coverage.md: every row has what covers it or the reason why nothing can; what it
# names is there; every fix is named; and every row of the checklist, when that is there
# (../shared/domain/fixes.md beside the source tree), has its row.  Fixes name fixes that
# are there.
. "${srcdir:=.}/tests/tap.sh"
page=$srcdir/docs/coverage.md
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
why=$dir/why

sed -n 's/^| \([A-Z][0-9]*\) |.*/\1/p' "$page" | sort > "$dir/rows"
[ -s "$dir/rows" ]; ok $? "the page has rows"
uniq -d "$dir/rows" > "$why"
! [ -s "$why" ]; ok $? "each once" "$why"

sed -n 's/^  - id: \([a-z0-9-]*\).*/\1/p' "$srcdir"/rules/fixes.yaml | sort > "$dir/fixes"
sed -n 's/^  - id: \([a-z0-9-]*\).*/\1/p' "$srcdir"/rules/*.yaml | sort -u > "$dir/ids"
sed -n 's/^| [A-Z][0-9]* | [^|]* | \([^|]*\) |.*/\1/p' "$page" | grep -o '`[^`]*`' |
	tr -d '`' | sort -u > "$dir/named"
comm -23 "$dir/named" "$dir/ids" > "$why"
! [ -s "$why" ]; ok $? "every fix, stack and rule it names is there" "$why"
comm -13 "$dir/named" "$dir/fixes" > "$why"
! [ -s "$why" ]; ok $? "every fix is named" "$why"

awk -F ' [|] ' '/^\| [A-Z][0-9]+ \|/ { sub(/ \|$/, "", $4)
	if (NF != 4 || ($3 == "-" && length($4) < 10)) print }' "$page" > "$why"
! [ -s "$why" ]; ok $? "a row without fix, stack or rule says why" "$why"

# "fix winhttp-defaults", "fixes java-tls12 and openssl-tls12", "fix java-tls12, openssl-tls12 or ..."
tr '\n' ' ' < "$srcdir/rules/fixes.yaml" | tr -s ' ' |
	grep -oE '\<[Ff]ix(es)? [a-z0-9]+(-[a-z0-9]+)+((, | and | or )[a-z0-9]+(-[a-z0-9]+)+)*' |
	sed 's/^[Ff]ix[es]* //; s/ and /\n/g; s/ or /\n/g; s/, /\n/g' | sort -u > "$dir/told"
[ "$(wc -l < "$dir/told")" -gt 10 ]; ok $? "fixes name other fixes" "$dir/told"
comm -23 "$dir/told" "$dir/fixes" > "$why"
! [ -s "$why" ]; ok $? "all of them are there" "$why"

# The last step of each fix says how to see that it worked.
awk '/^  - id: / { id = $3 } /^    steps:/ { steps = 1; last = "" }
     steps && /^      - / { last = "" } steps { last = last " " $0 }
     steps && /^    [a-z]/ && !/^    steps:/ { steps = 0
	if (last !~ /Check/ || last !~ /TLS +1\.2/) print id }' "$srcdir/rules/fixes.yaml" > "$why"
! [ -s "$why" ]; ok $? "the last step is a check" "$why"

list=$srcdir/../shared/domain/fixes.md
if [ -f "$list" ]; then
	sed -nE 's/^\| (\*\*)?([A-Z][0-9]+)[ *|].*/\2/p' "$list" | grep -v '^U' | sort -u > "$dir/list"
	[ "$(wc -l < "$dir/list")" -gt 120 ]; ok $? "the checklist has rows" "$dir/list"
	diff "$dir/list" "$dir/rows" > "$why"; ok $? "they are the rows of the page" "$why"
else
	skip "they are the rows of the page" "no ../shared/domain/fixes.md beside the source tree"
fi
tap_end

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Labelled hellos of real clients: each decodes, and its JA3 and JA4 are those
# of the reference implementation.  Both lie beside the source tree, not in it.
. "${srcdir:=.}/tests/tap.sh"
hellos=$srcdir/../shared/data/clients/dev.tsv
reference=$srcdir/../shared/tools/ja.py
[ -r "$hellos" ] && [ -r "$reference" ] || skip_all "no labelled hellos beside the source tree"
command -v python3 > /dev/null || skip_all "the reference needs python3"
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT

python3 "$reference" -t "$hellos" | tail -n +2 > "$work/theirs"
awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) { if ($i == "name") n = i; if ($i == "hex") h = i }
		next }
	{ print $n "\t" $h }' "$hellos" > "$work/hellos"
tests/ja < "$work/hellos" > "$work/ours"
ok $? "the hellos are read"

[ "$(wc -l < "$work/hellos")" -ge 569 ] && ! grep "	ERROR	" "$work/ours" > "$work/why"
ok $? "all of $(wc -l < "$work/hellos") hellos decode" "$work/why"

# Row by row; a hello in SSLv2 format has neither fingerprint with us.
paste "$work/hellos" "$work/ours" "$work/theirs" | awk -F '\t' '
	$4 == "sslv2" { if ($2 ~ /^8/) next }
	$4 "\t" $5 "\t" $6 != $8 "\t" $9 "\t" $10 {
		print $1 ": " $4 " " $5 ", reference: " $8 " " $9
	}' > "$work/why"
! [ -s "$work/why" ]; ok $? "JA3 and JA4 are the reference's" "$work/why"
tap_end

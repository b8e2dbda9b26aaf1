#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The tables of names are what tools/iana/generate makes of its text files, and
# the names are those that other programs print for the same codes.
. "${srcdir:=.}/tests/tap.sh"
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
iana=$srcdir/tools/iana

sh "$iana/generate" "$work" 2> "$work/why"; ok $? "the tables can be made" "$work/why"
for def in alerts ciphers ciphers_ec classes extensions groups signatures sslv2; do
	diff "$srcdir/src/tls/$def.def" "$work/$def.def" > "$work/why"
	ok $? "src/tls/$def.def is up to date" "$work/why"
done

printf '0x0002 b\n0x0001 a\n' > "$work/ciphers.txt"
cp "$iana/generate" "$iana/classes.txt" "$work"
! sh "$work/generate" "$work" 2> "$work/why"; ok $? "codes out of order are refused"
grep -q 'ciphers.txt:2: codes must ascend' "$work/why"; ok $? "with file and line" "$work/why"

# Lines "0xC02F NAME" of another program's list that we name otherwise or not at all.
compare() {
	sed -n 's/^\(0x[0-9A-F]*\) \([^	]*\).*/\1 \2/p' "$iana/ciphers.txt" | sort > "$work/ours"
	sort -u "$work/theirs" | comm -23 - "$work/ours" > "$work/why"
	[ -s "$work/theirs" ] && ! [ -s "$work/why" ]; ok $? "$1 prints the same names" "$work/why"
}
if command -v openssl > /dev/null; then
	openssl ciphers -V -stdname 'ALL:eNULL:@SECLEVEL=0' |
		sed -n 's/^ *\(0x..\),0x\(..\) - \([^ ]*\).*/\1\2 \3/p' > "$work/theirs"
	compare openssl
else
	skip "openssl prints the same names" "no openssl"
fi
if command -v tshark > /dev/null; then
	# Left out: GREASE, and suites of a draft that nobody deployed (Salsa20).
	tshark -G values 2> /dev/null | awk -F '\t' '
		$1 == "V" && $2 == "tls.handshake.ciphersuite" && $4 !~ /GREASE|SALSA20/ {
			printf "0x%04X %s\n", $3, $4
		}' > "$work/theirs"
	compare tshark
else
	skip "tshark prints the same names" "no tshark"
fi
tap_end

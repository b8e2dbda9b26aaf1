#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Files keep to 400 lines, functions to 60, lines to 100 columns.  No exceptions: split it.
. "${srcdir:=.}/tests/tap.sh"
why=$(mktemp) && trap 'rm -f "$why"' EXIT
sources="$srcdir/src/*.[ch] $srcdir/src/*/*.[ch] $srcdir/src/*/*.def"

for f in $sources; do
	awk 'END { if (NR > 400) print FILENAME ": " NR " lines" }' "$f"
done > "$why"
! [ -s "$why" ]; ok $? "no file over 400 lines" "$why"

for f in $sources $srcdir/tests/*.[ch]; do
	expand "$f" | awk -v f="$f" 'length > 100 { print f ":" NR ": " length " columns" }'
done > "$why"
! [ -s "$why" ]; ok $? "no line over 100 columns" "$why"

# A function's body opens with "{" and ends with "}" in the first column.
awk 'FNR == 1 { start = 0 } /^\{/ { start = FNR }
     /^\}/ { if (start && FNR - start > 60) print FILENAME ":" start ": " FNR - start " lines"
	     start = 0 }' "$srcdir"/src/*.c "$srcdir"/src/*/*.c > "$why"
! [ -s "$why" ]; ok $? "no function over 60 lines" "$why"
tap_end

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The manual pages against the program: every option of every command, every field,
# every outcome; and nothing in the manual that the program does not know.
. "${srcdir:=.}/tests/tap.sh"
page="$srcdir/man/hellotap.1"
fields="$srcdir/man/hellotap-rules.5"
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT

for c in read live trace compare watch identify endpoints; do
	"$HELLOTAP" help $c | sed -n 's/^  .*--\([a-z-]*\).*/\1/p' > "$dir/options"
	[ -s "$dir/options" ]; ok $? "$c has options"
	while read -r o; do
		# In mdoc a long option is "Fl -name".
		grep -qE "Fl -$o( |\$)" "$page" || echo "$c --$o"
	done < "$dir/options" > "$dir/why"
	! [ -s "$dir/why" ]; ok $? "every option of $c is in hellotap(1)" "$dir/why"
done

"$HELLOTAP" rules explain fields | sed -n 's/^\([a-z][a-z0-9_]*\.[a-z0-9_.]*\|application\) .*/\1/p' |
	sort > "$dir/program"
sed -n 's/^\.It Li \([a-z0-9_.]*\) Pq .*/\1/p' "$fields" | sort > "$dir/manual"
[ -s "$dir/program" ]; ok $? "the program lists its fields"
diff "$dir/program" "$dir/manual" > "$dir/why"; ok $? "hellotap-rules(5) has the same fields" "$dir/why"

# Rule values stand in the descriptions as they are written in rules.
sed -n '/^\.Sh FIELDS/,/^\.El/p' "$fields" | grep -v '^\.' > "$dir/manual"
! grep -nE '^(Tcp|Tls|Optimize|Rsa|Established|Client or|Warning|Good|NDPI|[A-Z][a-z]*_)' "$dir/manual" > "$dir/why"
ok $? "no rule value is capitalised" "$dir/why"

if command -v mandoc >/dev/null 2>&1; then
	mandoc -T lint -W error "$page" "$fields" > "$dir/why" 2>&1
	ok $? "mandoc finds no error" "$dir/why"
else
	skip "mandoc finds no error" "mandoc is not installed"
fi
tap_end

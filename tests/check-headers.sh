#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every header compiles alone and twice over: include order never matters.
. "${srcdir:=.}/tests/tap.sh"
: "${CC:=cc}"
why=$(mktemp) && trap 'rm -f "$why"' EXIT
for h in $(cd "$srcdir/src" && ls ./*/*.h); do
	h=${h#./}
	printf '#include "%s"\n#include "%s"\ntypedef int not_empty;\n' "$h" "$h" |
		$CC -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only \
			-I"$srcdir/src" -x c - 2> "$why"
	ok $? "src/$h stands alone" "$why"
done
tap_end

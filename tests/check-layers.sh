#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The layering rule: a room includes itself and rooms below it.  Foreign headers
# live in one room each.  Pure rooms see no log, clock, allocator or file.
. "${srcdir:=.}/tests/tap.sh"
why=$(mktemp) && trap 'rm -f "$why"' EXIT

level() {
	case $1 in
	base)                                              echo 0 ;;
	capture|tls|prelude|conf|classify|x509|sandbox)    echo 1 ;;
	m365|decode)                                       echo 2 ;;
	fact)                                              echo 3 ;;
	flow|rule)                                         echo 4 ;;
	host)                                              echo 5 ;;
	out)                                               echo 6 ;;
	run|watch)                                         echo 7 ;;
	*)                                                 echo 8 ;;
	esac
}

: > "$why"
for f in "$srcdir"/src/*/*.[ch] "$srcdir"/src/*/*.def; do
	room=$(basename "$(dirname "$f")")
	for inc in $(sed -n 's/^#include "\([^"]*\)".*/\1/p' "$f"); do
		to=${inc%%/*}
		{ [ "$to" = "$room" ] || [ "$inc" = config.h ]; } && continue
		[ "$(level "$to")" -lt "$(level "$room")" ] || echo "$f includes $inc" >> "$why"
	done
done
! [ -s "$why" ]; ok $? "rooms include only rooms below them" "$why"

foreign() {	# header pattern, the room it belongs to
	grep -ln "#include <$1" "$srcdir"/src/*.[ch] "$srcdir"/src/*/*.[ch] |
		grep -v "/src/$2/" > "$why"
	! [ -s "$why" ]; ok $? "<$1> only in src/$2" "$why"
}
foreign 'pcap'    capture
foreign 'bpf/'    capture
foreign 'zlib'    capture
foreign 'zstd'    capture
foreign 'ndpi'    classify
foreign 'yaml.h'  conf
foreign 'openssl' x509
foreign 'seccomp' sandbox
foreign 'microhttpd' out
foreign 'curses' watch

for room in tls prelude decode; do
	grep -nE '#include ("base/|<(stdio|stdlib|time|pthread|syslog)\.h)' \
		"$srcdir"/src/$room/*.[ch] | grep -vE '"base/(cursor|addr)\.h"' > "$why"
	! [ -s "$why" ]; ok $? "src/$room is pure" "$why"
done
tap_end

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Whom hellotap accuses in each story of the proxy laboratory, against the truth: nobody wrongly,
# but where one side cannot know; and docs/culprits.md says the same.  CULPRITS_WRITE=1 writes it.
. "${srcdir:=.}/tests/tap.sh"
command -v python3 >/dev/null 2>&1 || skip_all "python3 is not installed"
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
HELLOTAP_DATADIR=$srcdir/rules
export HELLOTAP_DATADIR

python3 "$srcdir/tests/culprits.py" "$HELLOTAP" "$srcdir/pcaps" > "$dir/page" 2> "$dir/why"
ok $? "nobody is accused wrongly" "$dir/why"
[ -z "${CULPRITS_WRITE:-}" ] || cp "$dir/page" "$srcdir/docs/culprits.md"
[ "$(grep -c '^| [a-z]' "$dir/page")" -gt 20 ]; ok $? "there are stories"
diff "$srcdir/docs/culprits.md" "$dir/page" > "$dir/why" 2>&1
ok $? "docs/culprits.md says so (CULPRITS_WRITE=1 tests/culprits.sh)" "$dir/why"

# A truth that is not so is noticed.
mkdir -p "$dir/pcaps/lab"
for capture in "$srcdir"/pcaps/lab-path-reset-*.pcap; do
	case $capture in /*) ;; *) capture=$PWD/$capture ;; esac
	ln -s "$capture" "$dir/pcaps"
done
grep '^path-reset	' "$srcdir/pcaps/lab/truth.tsv" | sed 's/	path	/	host	/' \
	> "$dir/pcaps/lab/truth.tsv"
! python3 "$srcdir/tests/culprits.py" "$HELLOTAP" "$dir/pcaps" > /dev/null 2> "$dir/why" &&
	grep -q '^path-reset, inside: accused wrongly' "$dir/why"
ok $? "a wrong accusation is noticed" "$dir/why"
tap_end

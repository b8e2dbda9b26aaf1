#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docs/layers.md is the registry of layers and the captures that show them.
. "${srcdir:=.}/tests/tap.sh"
command -v python3 >/dev/null 2>&1 || skip_all "python3 is not installed"
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
python3 "$srcdir/tests/layers.py" "$HELLOTAP" "$srcdir" > "$dir/made"
ok $? "the table can be made"
grep '^|' "$srcdir/docs/layers.md" > "$dir/written"
diff "$dir/written" "$dir/made" > "$dir/why"
ok $? "docs/layers.md has it (tests/layers.py prints it)" "$dir/why"
tap_end

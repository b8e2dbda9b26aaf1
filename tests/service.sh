#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The systemd unit: systemd finds nothing wrong with it, and little is exposed.
. "${srcdir:=.}/tests/tap.sh"
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
command -v systemd-analyze > /dev/null 2>&1 || skip_all "systemd-analyze is not installed"

sed 's,@bindir@/hellotap,/bin/true,' "$srcdir/service/hellotap@.service.in" \
	> "$dir/hellotap@eth1.service"
systemd-analyze verify --man=no "$dir/hellotap@eth1.service" > "$dir/why" 2>&1
[ $? -eq 0 ] && ! [ -s "$dir/why" ]; ok $? "systemd takes the unit as it is" "$dir/why"

systemd-analyze security --offline=true --threshold=20 "$dir/hellotap@eth1.service" \
	> "$dir/why" 2>&1
if grep -q 'unrecognized option' "$dir/why"; then
	skip "its exposure is below 2.0" "this systemd-analyze reads no files"
else
	grep -qE 'Overall exposure level.*: [01]\.[0-9]' "$dir/why"
	ok $? "its exposure is below 2.0" "$dir/why"
fi

if command -v systemd-sysusers > /dev/null 2>&1; then
	mkdir -p "$dir/root/etc"
	systemd-sysusers --root="$dir/root" "$(realpath "$srcdir")/service/hellotap.sysusers" \
		> "$dir/why" 2>&1
	grep -q '^hellotap:' "$dir/root/etc/passwd" 2> /dev/null
	ok $? "its user can be made" "$dir/why"
else
	skip "its user can be made" "systemd-sysusers is not installed"
fi
tap_end

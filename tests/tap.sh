# SPDX-License-Identifier: Apache-2.0
# tap: what every shell test needs.  Source it, call ok/skip_all, end with tap_end.
# shellcheck shell=sh
: "${srcdir:=.}" "${HELLOTAP:=./hellotap}"
tap_n=0
tap_bad=0

# ok STATUS NAME [FILE with the reason]
ok() {
	tap_n=$((tap_n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_n - $2"
	else
		echo "not ok $tap_n - $2"
		tap_bad=1
		[ -z "${3:-}" ] || sed 's/^/# /' "$3"
	fi
}

skip() { tap_n=$((tap_n + 1)); echo "ok $tap_n - $1 # SKIP $2"; }
skip_all() { echo "1..0 # SKIP $1"; exit 0; }
tap_end() { echo "1..$tap_n"; exit $tap_bad; }

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What `hellotap read` prints over the captures of pcaps/ is what was read and found right.
#
#	tests/golden/NAME.args      arguments after `hellotap read`, from the source folder
#	tests/golden/NAME.out       what it prints on standard output
#	tests/golden/NAME.status    its exit status; absent: 0
#
# `make golden` writes the .out and .status files anew: read the difference before you
# commit it.  What is loaded (rules and endpoint data, and how old that is) and hellotap's
# version are no part of it, nor is nDPI's opinion where hellotap was built without nDPI.
# The text of fixes is part of "demo" and of "fixes-*" alone; the others have their names.
. "${srcdir:=.}/tests/tap.sh"
here=$(pwd)
case $HELLOTAP in /*) ;; *) HELLOTAP=$here/$HELLOTAP ;; esac
cd "$srcdir" || exit 1
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
COLUMNS=80 TZ=UTC NO_COLOR=1 LC_ALL=C HELLOTAP_DATADIR=rules
export COLUMNS TZ NO_COLOR LC_ALL HELLOTAP_DATADIR

"$HELLOTAP" --version 2>/dev/null | grep -q 'nDPI [0-9]' && opinion=yes || opinion=no

# JSON: the version, rules and endpoints of the summary.  Text: the items of those names.
steady() {
	sed -e 's/^hellotap [0-9][0-9.]*:/hellotap:/' \
	    -e 's/\("product":"hellotap"\),"version":"[^"]*"/\1/' \
	    -e '/"dataset":"hellotap.summary"/s/,"rules":{[^}]*},"endpoints":\[[^]]*\]//' |
	awk '/^(Endpoints|Rules)  / { skip = 1; next } /^[^ ]|^$/ { skip = 0 } !skip'
}

# Of each fix its name and who needs it, but not its steps.
brief() {
	case $1 in demo | fixes-*) cat; return ;; esac
	sed -E 's/("fix":\{"id":"[^"]*").*("evidence":\[)/\1},\2/' |
	awk '/^FIXES$/ { fixes = 1 } /^    Applies to  / && fixes { skip = 1 } /^$/ { skip = 0 } !skip'
}

# Records are one line each: broken up, a difference is one line too.
lines() {
	sed -e 's/,"/,\
"/g' "$1" | if [ $opinion = yes ]; then cat; else sed '/^"application":/d'; fi
}

for args in tests/golden/*.args; do
	name=$(basename "$args" .args)
	want=tests/golden/$name
	if [ $opinion = no ] && grep -q 'handshakes' "$args"; then
		skip "golden: $name" "built without nDPI, whose opinion is a column"
		continue
	fi
	# shellcheck disable=SC2046
	"$HELLOTAP" read $(cat "$args") > "$tmp/raw" 2> "$tmp/err"
	status=$?
	steady < "$tmp/raw" | brief "$name" > "$tmp/out"
	if [ -n "${GOLDEN_WRITE:-}" ]; then
		cp "$tmp/out" "$want.out"
		rm -f "$want.status"
		[ $status -eq 0 ] || echo $status > "$want.status"
		continue
	fi
	expected=$(cat "$want.status" 2>/dev/null || echo 0)
	lines "$want.out" > "$tmp/want"
	lines "$tmp/out" > "$tmp/have"
	{
		diff -u "$tmp/want" "$tmp/have" | tail -n +3
		[ $status -eq "$expected" ] ||
			{ echo "exit status $status, not $expected"; cat "$tmp/err"; }
	} > "$tmp/why"
	! [ -s "$tmp/why" ]; ok $? "golden: $name" "$tmp/why"
done
[ -n "${GOLDEN_WRITE:-}" ] || tap_end

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# hellotap rules: the shipped rules are sound and keep their own tests; each
# kind of mistake is said in exactly these words, all of a file in one run.
# tests/rules/bad-NAME.yaml holds mistakes, bad-NAME.out what is said of them.
. "${srcdir:=.}/tests/tap.sh"
case $HELLOTAP in /*) ;; *) HELLOTAP=$PWD/$HELLOTAP ;; esac
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT

run() {	# expected exit code, name, arguments
	want=$1 name=$2
	shift 2
	"$HELLOTAP" rules "$@" > "$dir/out" 2> "$dir/why"
	code=$?
	[ $code -eq "$want" ] || echo "exit code $code, not $want" >> "$dir/why"
	[ $code -eq "$want" ]; ok $? "$name" "$dir/why"
}

run 0 "the shipped rules are sound" check "$srcdir/rules"
grep -qx '[0-9]* rules in [0-9]* files\{0,1\}: sound' "$dir/out"; ok $? "and counted" "$dir/out"
run 0 "they pass their own tests" test "$srcdir/rules"
grep -q ': 0 failed$' "$dir/out"; ok $? "none failed" "$dir/out"
run 0 "without a path, the installed rules" check
run 0 "list" list "$srcdir/rules"
grep -q '^legacy-offer  *high  *host  *Client offers' "$dir/out"; ok $? "has a line a rule" "$dir/out"
run 0 "explain ID" explain legacy-offer "$srcdir/rules"
grep -q 'offer.max is at most tls1.1' "$dir/out"; ok $? "says what matches" "$dir/out"
grep -q 'DefaultSecureProtocols  *REG_DWORD  *0x00000A00' "$dir/out"; ok $? "and how to fix it"
run 0 "explain a fix" explain winhttp-defaults "$srcdir/rules"
grep -q '^winhttp-defaults: ' "$dir/out"; ok $? "tells its steps" "$dir/out"
run 0 "explain fields" explain fields
grep -q '^offer.max  *version  ' "$dir/out"; ok $? "has a line a field" "$dir/out"

run 2 "a misspelt rule" explain legacy-ofer "$srcdir/rules"
echo "hellotap: there is no rule or fix 'legacy-ofer'; did you mean 'legacy-offer'?" |
	diff - "$dir/why" > "$dir/diff"; ok $? "is corrected" "$dir/diff"
run 2 "a misspelt subcommand" chekc
echo "hellotap: rules has no 'chekc'; did you mean 'check'?" |
	diff - "$dir/why" > "$dir/diff"; ok $? "is corrected too" "$dir/diff"
run 2 "no subcommand"
run 2 "explain without an id" explain
run 2 "a path that is not there" check "$dir/absent"
run 0 "--help" --help

run 0 "a sequence keeps its tests" test "$srcdir/tests/rules/fallback-dance.yaml"
run 0 "explain a sequence" explain fallback-dance "$srcdir/tests/rules/fallback-dance.yaml"
cat > "$dir/expected" <<'OUT'
Handshakes break it that begin one after the other, within 30s, with the same
      client.ip and server.name
when
   1. offer.max is at least tls1.2
  and outcome.result is one of reset, alert, silent, closed
      and it ends before the next begins
   2. offer.max is at most tls1.1
  and outcome.result is established

unless of the last of them
      quality.grade is poor
OUT
sed -n '/^Handshakes/,/quality/p' "$dir/out" | diff "$dir/expected" - > "$dir/diff"
ok $? "in words" "$dir/diff"

# What limits let go is told: keys of sequences, and rules that one record has no place for.
{
	echo "version: 1"
	echo "rules:"
	echo "- {id: twice, title: T, level: info, culprit: host, sequence: {by: [client.ip],"
	echo "   within: 24h, steps: [{offer.complete: true}, {offer.complete: false}]}}"
	for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 \
		31 32 33; do
		echo "- {id: r$n, title: T, level: low, culprit: host, when: {client.port: {more: $n},"
		echo "   server.port: {less: $((10000 + n))}}}"
	done
} > "$dir/many.yaml"
for o in text json; do
	"$HELLOTAP" read -q --max-sequences 1 --rules "$dir/many.yaml" -o $o:"$dir/told" \
		"$srcdir/pcaps/demo.pcapng" > /dev/null 2> "$dir/why"
	cat "$dir/told" >> "$dir/both"
done
grep -q '"forgotten":{"hosts":0,"findings":0,"rules":47,"sequences":[1-9]' "$dir/both"
ok $? "the summary counts what limits let go" "$dir/why"
grep -q '^- 47 broken rules of handshakes that break more' "$dir/both" &&
	grep -q '^- [0-9]* beginnings of a sequence let go' "$dir/both"
ok $? "and the report tells it" "$dir/why"

for o in text json; do
	"$HELLOTAP" read -q --max-hosts 1 -o $o "$srcdir/pcaps/demo.pcapng" 2> "$dir/why"
done > "$dir/both"
grep -q '^- [0-9]* handshakes let go before a fallback could be told by it' "$dir/both" &&
	grep -q '"forgotten":{"hosts":39,"findings":23,"fallbacks":[1-9]' "$dir/both"
ok $? "and of what fallbacks are told by" "$dir/why"

cat > "$dir/failing.yaml" <<'RULES'
version: 1
rules:
  - id: a-rule
    title: A rule
    level: low
    culprit: host
    when: {offer.max: tls1.0}
    tests:
      - given: {offer.max: tls1.0}
        expect: none
      - given: {offer.max: tls1.1}
        expect: match
      - given: {offer.max: tls1.1}
        expect: none
RULES
run 1 "a failed test" test "$dir/failing.yaml"
cat > "$dir/expected" <<'OUT'
failing.yaml:9:9: rule "a-rule" matches; expected none
failing.yaml:11:9: rule "a-rule" does not match; expected match
3 tests of 1 rule: 2 failed
OUT
sed "s|$dir/||" "$dir/out" | diff "$dir/expected" - > "$dir/diff"
ok $? "failures say where and what" "$dir/diff"

cp "$srcdir"/tests/rules/bad-* "$srcdir/tests/rules/wrong-fixes.out" "$dir"
mkdir "$dir/fixes" && cp "$srcdir/rules/legacy.yaml" "$dir/fixes"
cp "$srcdir/tests/rules/wrong-fixes.yaml" "$dir/fixes/fixes.yaml"
cd "$dir" || exit 1
for f in bad-*.yaml; do
	run 2 "$f is refused" check "$f"
	diff "${f%.yaml}.out" "$dir/why" > "$dir/diff"
	ok $? "in these words" "$dir/diff"
done
# A file of fixes is known by its name.
cd fixes || exit 1
run 2 "wrong fixes are refused" check fixes.yaml
diff ../wrong-fixes.out "$dir/why" > "$dir/diff"
ok $? "in these words" "$dir/diff"
run 2 "rules beside wrong fixes are refused" check .
cd .. || exit 1
[ "$(ls bad-*.yaml | wc -l)" -eq "$(ls bad-*.out | wc -l)" ]; ok $? "every mistake has its words"
tap_end

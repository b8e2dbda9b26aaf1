#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The names of TLS stacks: what identify says of a hello, a stacks.yaml of one's
# own, what is said of a wrong one, and real hellos with known senders, which lie
# beside the source tree and not in it.
. "${srcdir:=.}/tests/tap.sh"
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT

# Windows 7's WinHTTP: made from its lists, no real client's bytes.
hello="16 0301 0067 01 000063 0301
 5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a 00
 0018 002f 0035 0005 000a c013 c014 c009 c00a 0032 0038 0013 0004 0100
 0022 ff01 0001 00 0000 0009 0007 00 0004 612e6262 000a 0006 0004 0017 0018 000b 0002 01 00"

"$HELLOTAP" identify --hex "$hello" > "$work/text" 2>&1
for line in '^TLS stack  *SChannel, Windows 7 / Server 2008 R2 class$' \
	'^known as  *schannel-windows-7, confidence high, TLS 1.2: off-by-default$' \
	'^reading  *legacy by default or by a setting; TLS 1.2 can be switched on$' \
	'^because  *record.s version the hello.s; suites all in the order of windows-7-released;' \
	'^also sent by  *Internet Explorer 8 to 11' \
	'^not visible  *which program made it'; do
	grep -q "$line" "$work/text"; ok $? "identify says: $line" "$work/text"
done
"$HELLOTAP" identify -o json --hex "$hello" > "$work/json"
for part in '"stack":{"id":"schannel-windows-7","family":"schannel","os":"windows-7"' \
	'"tls12":"off-by-default","confidence":"high","because":"' \
	'"patched":false,"capable":true,"collides":["' '"unseen":["'; do
	grep -qF "$part" "$work/json"; ok $? "and as JSON: $part" "$work/json"
done
"$HELLOTAP" identify --hex "$(echo "$hello" | sed 's/0017 0018 000b/0017 0016 000b/')" > "$work/text"
grep -q '^TLS stack  *unknown$' "$work/text"; ok $? "one group else: unknown, no guess" "$work/text"
"$HELLOTAP" identify --hex "$(echo "$hello" | sed 's/ 000b 0002 01 00$//')" > "$work/text"
grep -q '^TLS stack  *unknown: the hello is cut off$' "$work/text"
ok $? "cut off: unknown" "$work/text"
! "$HELLOTAP" read -o json --scope all "$srcdir/pcaps/schannel-7.pcap" 2>/dev/null | grep -q '"unseen"'
ok $? "records of read leave what is not visible out"

# A folder's own stacks replace the installed ones.
mkdir "$work/own"
cat > "$work/own/stacks.yaml" <<'STACKS'
version: 1
stacks:
  - id: printer
    family: other
    label: The printer on the third floor
    tls12: "no"
    confidence: low
    source: own capture
    match: {suites: {starts: 002f 0035}}
STACKS
printf 'version: 1\nrules:\n- {id: r, title: T, level: low, culprit: host, when: {stack.id: printer}}\n' \
	> "$work/own/r.yaml"
"$HELLOTAP" identify --rules "$work/own" --hex "$hello" > "$work/text"
grep -q '^TLS stack  *The printer on the third floor$' "$work/text"
ok $? "--rules takes the folder's own stacks" "$work/text"
"$HELLOTAP" rules check "$work/own/r.yaml" 2> "$work/why"
echo "hellotap: $work/own/r.yaml:3:55: no stack \"printer\"" | diff - "$work/why" > "$work/diff"
ok $? "without them, a rule that asks for one is wrong" "$work/diff"
sed -i s/printer/schannel-windows-7/ "$work/own/r.yaml"
"$HELLOTAP" identify --rules "$work/own/r.yaml" --hex "$hello" > "$work/text"
grep -q '^known as  *schannel-windows-7' "$work/text"
ok $? "a file of rules alone keeps the installed stacks" "$work/text"

# Every mistake of a file in one run, each with its place.
mkdir "$work/bad"
cat > "$work/bad/stacks.yaml" <<'STACKS'
version: 2
order: {}
orders:
  a-list: 0004 0005
  Bad: 0004
  twice: 0004 0004
  unused: 0004
stacks:
  - id: Bad_Id
    family: shannel
    os: windows
    label: A label
    tls12: maybe
    confidence: high
    source: here
    match:
      suites: {wihtin: $a-list}
      formats: tls
  - id: one
    family: other
    label: A label
    tls12: "yes"
    confidence: high
    match: {suites: $a-lst}
  - id: two
    family: other
    label: A label
    tls12: "yes"
    confidence: high
    source: here
    match:
      - suites: 00zz
      - suites: {has: 00ff}
      - suites: {has: 5600}
      - extensions: {has: 0015}
      - groups: {has: 0a0a}
      - suites: {has: 0005, lacks: 0005}
      - suites: {has: 0006, within: $a-list}
      - suites: {is: 0005, least: 1}
      - suites: {least: 3, most: 2}
      - suites: {least: 0}
      - version: tls1.0
      - {suites: 0005, version: tls1.4}
      - {suites: 0005, format: ssl2, points: 00}
      - {suites: 0005, kinds: 010080}
      - {suites: 0005, format: ssl2, record: same}
      - {suites: 0005, max: [tls1.0, tls1.0]}
      - {suites: 0005, scsv: lst}
      - {suites: 0005, grease: perhaps}
      - {suites: 0005, points: $a-list}
      - {suites: {lacks: [0005, 0004]}}
      - suites: []
      - suites: {}
      - suites: 0009
      - suites: 0009
  - id: two
    family: other
    label: A label
    tls12: "yes"
    confidence: high
    source: here
    collides: [""]
    match: []
STACKS
cat > "$work/expected" <<'OUT'
1:10: version 2; this program reads version 1
2:1: unknown key "order"; did you mean "orders"?
5:3: "Bad" is no name for an order; expected lower-case letters, digits and single hyphens between them
6:10: 0004 stands twice
7:3: the order "unused" is not used
9:9: "Bad_Id" is no id; expected lower-case letters, digits and single hyphens between them
10:13: unknown family "shannel"; did you mean "schannel"?
13:12: unknown tls12 "maybe"; expected one of yes off-by-default needs-update no
17:16: unknown key "wihtin"; did you mean "within"?
18:7: unknown key "formats"; did you mean "format"?
19:5: no "source"
24:21: no order "a-lst"; did you mean "a-list"?
32:17: "00zz" is no code here; expected 4 hexadecimal digits, 0 to 9 and a to f
33:23: 00ff does not count among the suites; ask for it with "scsv"
34:23: 5600 does not count among the suites: it comes and goes with the connection
35:27: 0015 does not count among the extensions: it comes and goes with the connection
36:23: 0a0a is GREASE and does not count; ask for it with "grease"
37:17: cannot match: suites have 0005 and lack it
38:17: cannot match: suites must have 0006, which is not in what they may have
39:17: "is" says all of a list; expected no other condition beside it
40:17: cannot match: at least 3 and at most 2
41:25: 0 is out of range; expected 1 to 512
42:9: no condition on a list; expected suites, extensions ...
43:33: unknown version "tls1.4"; did you mean "tls1.0"?
44:9: cannot match: a hello in SSLv2 format has no points
45:9: "kinds" are asked of hellos in SSLv2 format; expected format: ssl2
46:9: cannot match: a hello in SSLv2 format has no record
47:38: "tls1.0" stands twice
48:30: unknown place "lst"; did you mean "last"?
49:32: "perhaps"; expected true or false
50:32: "$a-list": no name of an order can stand here; expected codes
51:26: a list under "lacks"; expected codes, none of which may be there
52:17: an empty list; expected codes
53:17: an empty map; expected codes, or is, starts, within ...
55:9: cannot match: "two" at line 54 asks for the same and comes first
56:9: the id "two" is already at line 25
62:16: a text of 0 bytes; expected 1 to 255
63:12: an empty list; expected one form at least
OUT
"$HELLOTAP" rules check "$work/bad/stacks.yaml" 2> "$work/why"
[ $? -eq 2 ]; ok $? "a wrong file is refused" "$work/why"
sed "s|^hellotap: $work/bad/stacks.yaml:||" "$work/why" | diff "$work/expected" - > "$work/diff"
ok $? "in these words" "$work/diff"

# ---- real hellos ----------------------------------------------------------------------------
# Who sent it, and the families that are right.  More than one where the program
# uses a stack that others use as well:
#   browsers changed libraries: Chrome and Opera from NSS to BoringSSL in 2014/15
#   Apple's systems went from SecureTransport to BoringSSL with macOS 10.13
#   Android's own stack is BoringSSL since 6; its apps may bring an OpenSSL, and
#   HttpClient without extensions sends the list of Java 6
#   inspection products hand the hello on (schannel, boringssl), or speak with the
#   library they are built on (openssl, jsse), or mix both (interceptor)
#   crawlers use a library or a browser's engine
hellos=$srcdir/../shared/data/clients/dev.tsv
if ! [ -r "$hellos" ]; then
	skip "real hellos" "none beside the source tree"
	tap_end
fi
cat > "$work/right" <<'RIGHT'
schannel        schannel
firefox         nss
chrome          chrome boringssl
edge-chromium   boringssl
opera-presto    opera
securetransport securetransport boringssl
android         android boringssl
android-app     android openssl jsse
java            jsse
openssl         openssl
libressl        other
gnutls          gnutls
wget            gnutls
go              go
mono            mono
fallback-retry  boringssl
bot             schannel nss openssl boringssl
antivirus       interceptor schannel openssl boringssl
middlebox       interceptor schannel openssl jsse boringssl
RIGHT
tail -n +2 "$hellos" | while IFS='	' read -r id name family os hex; do
	said=$("$HELLOTAP" identify -o json --hex "$hex" |
		sed -n 's/.*"stack":{"id":"\([^"]*\)","family":"\([^"]*\)".*/\2 \1/p;q')
	echo "$family	${said:-unknown}	$id $name ($os)"
done > "$work/said"
awk -F '\t' 'NR == FNR { split($0, w, " "); right[w[1]] = $0 " "; next }
	$2 != "unknown" { split($2, s, " ")
		if (index(right[$1], " " s[1] " ") == 0) print $3 ": " $1 " is " $2 }' \
	"$work/right" "$work/said" > "$work/why"
[ -s "$work/said" ] && ! [ -s "$work/why" ]
ok $? "no wrong family among $(wc -l < "$work/said") real hellos" "$work/why"
grep '	unknown	' "$work/said" > "$work/why"
[ $(($(wc -l < "$work/why") * 100)) -le $(($(wc -l < "$work/said") * 3)) ]
ok $? "$(wc -l < "$work/why") of them unknown, at most 3 %" "$work/why"

# A class of operating system, where the label names it and the bytes show it.
awk -F '\t' '$1 == "schannel" {
		split($2, s, " ")
		want = $3 ~ /windows-xp/ ? "-xp" : $3 ~ /vista/ ? "-vista" : \
			$3 ~ /windows-7/ ? "-7" : $3 ~ /windows-10|phone-10/ ? "-10" : "-8"
		if (index(s[2], "windows" want) == 0) print $3 ": " s[2] }' "$work/said" > "$work/why"
! [ -s "$work/why" ]; ok $? "each SChannel is of its Windows" "$work/why"
tap_end

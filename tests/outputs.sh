#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every capture of ours through every output: JSON is JSON with each key once, CSV is
# rectangular, the report keeps to its columns, and a second run writes the same bytes.
. "${srcdir:=.}/tests/tap.sh"
command -v python3 > /dev/null || skip_all "no python3"
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
why=$dir/why

# Reads OUT.json, OUT.csv, OUT.handshakes and the reports at two widths.
cat > "$dir/sound.py" <<'EOF'
import csv, json, re, sys

def once(pairs):
    keys = [k for k, _ in pairs]
    assert len(keys) == len(set(keys)), "a key twice: %s" % keys
    return dict(pairs)

base = sys.argv[1]
kinds = []
for line in open(base + ".json", encoding="utf-8"):
    kinds.append(json.loads(line, object_pairs_hook=once)["event"]["dataset"])
order = ["hellotap.handshake", "hellotap.finding", "hellotap.host", "hellotap.summary"]
assert kinds == sorted(kinds, key=order.index), "records out of order"
assert kinds.count(order[3]) == 1, "not one summary"
for name, kind in ("handshakes", order[0]), ("csv", order[2]):
    rows = list(csv.reader(open(base + "." + name, encoding="ascii", newline="")))
    assert len({len(r) for r in rows}) == 1, "rows of different lengths"
    assert len(rows) - 1 == kinds.count(kind), "%s and JSON differ in number" % name
    assert not any(c[:1] in "=+-@" for r in rows for c in r if c), "a formula"
for width in 80, 200:
    for line in open("%s.%d" % (base, width), encoding="ascii"):
        wide = len(line.rstrip("\n")) > width
        assert not wide or re.search(r" && | frames? |/|^ +HKLM\\", line), line
EOF

for f in "$srcdir"/pcaps/*.pcap "$srcdir"/pcaps/*.pcapng; do
	out=$dir/$(basename "$f")
	{
		COLUMNS=80 "$HELLOTAP" read --scope all -o json:"$out.json" -o csv:"$out.csv" \
			-o handshakes:"$out.handshakes" -o text:"$out.80" "$f" &&
		COLUMNS=200 "$HELLOTAP" read --scope all -v -o json:"$out.json2" \
			-o text:"$out.200" "$f" &&
		cmp "$out.json" "$out.json2" &&
		python3 "$dir/sound.py" "$out"
	} > "$why" 2>&1
	ok $? "$(basename "$f"): sound in every output" "$why"
done

! ls "$dir"/*.tmp-* > "$why" 2> /dev/null
ok $? "nothing is left beside the outputs" "$why"

echo old > "$dir/kept"
"$HELLOTAP" read -o json:"$dir/kept" "$srcdir/tests/outputs.sh" > "$why" 2>&1
[ $? -eq 3 ] && [ "$(cat "$dir/kept")" = old ]
ok $? "what cannot be read leaves the old output alone" "$why"

if [ -w /dev/full ]; then
	"$HELLOTAP" read -o json:/dev/full "$srcdir/pcaps/demo.pcapng" > "$why" 2>&1
	[ $? -eq 3 ] && [ "$(grep -c 'No space left' "$why")" -eq 1 ]
	ok $? "a full disk is said once, and exit 3" "$why"
fi
"$HELLOTAP" read -o jsn "$srcdir/pcaps/demo.pcapng" > "$why" 2>&1
[ $? -eq 2 ] && grep -q 'did you mean json' "$why"
ok $? "an output that is not there: exit 2 and what was meant" "$why"

"$HELLOTAP" read -q -o json:"$dir/twice" "$srcdir/pcaps/silence.pcap" "$srcdir/./pcaps/silence.pcap" 2> "$dir/err"
ok $? "a file named twice is no error" "$dir/err"
"$HELLOTAP" read -q -o json:"$dir/once" "$srcdir/pcaps/silence.pcap"
[ "$(grep -c '' "$dir/twice")" = "$(grep -c '' "$dir/once")" ] && grep -q 'the same file as' "$dir/err"
ok $? "and is read once, and said" "$dir/err"
tap_end

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What somebody else may put in the program's way: names of files that speak to
# the terminal, links in a shared folder, captures that cost more than they weigh.
. "${srcdir:=.}/tests/tap.sh"
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
capture=$srcdir/pcaps/tls10-established.pcap

escape=$(printf '\033[31m')
mkdir "$work/folder"
head -c 900 "$capture" > "$work/folder/cut$escape.pcap"
"$HELLOTAP" read "$work/folder" > "$work/out" 2> "$work/err"
[ $? -eq 4 ] && [ -s "$work/err" ] && ! grep -F "$escape" "$work/out" "$work/err" > "$work/why"
ok $? "the name of a file does not reach the terminal as it is" "$work/why"

# A file that goes away before its turn is said in the exit code too.
mkfifo "$work/first"
cp "$capture" "$work/second"
(head -c 24 "$capture"; sleep 1; rm "$work/second"; tail -c +25 "$capture") > "$work/first" 2> /dev/null &
writer=$!
timeout 20 "$HELLOTAP" read -o json:/dev/null "$work/first" "$work/second" 2> "$work/why"
[ $? -eq 4 ]; ok $? "a file that goes away before its turn is told" "$work/why"
kill "$writer" 2> /dev/null

# A link of our own is followed; somebody else's is replaced.
echo old > "$work/old"
ln -s "$work/old" "$work/link"
"$HELLOTAP" read -o "json:$work/link" "$capture" 2> "$work/why" && [ -L "$work/link" ] &&
	grep -q dataset "$work/old"
ok $? "an output goes where our own link leads" "$work/why"
if [ "$(id -u)" -eq 0 ]; then
	echo old > "$work/old"
	ln -s "$work/old" "$work/theirs"
	chown -h 65534 "$work/theirs"
	"$HELLOTAP" read -o "json:$work/theirs" "$capture" 2> "$work/why" &&
		[ ! -L "$work/theirs" ] && [ "$(cat "$work/old")" = old ]
	ok $? "an output does not go where somebody else's link leads" "$work/why"
else
	skip "somebody else's link is not followed" "only root can make one"
fi

# The address space is shadowed by the sanitizers: then there is no limit to set.
if (ulimit -v 3000000 && "$HELLOTAP" read --max-flows 1000 "$capture") > /dev/null 2>&1; then
	(ulimit -v 3000000 && "$HELLOTAP" read --max-flows 100000000 "$capture") \
		> /dev/null 2> "$work/why"
	[ $? -eq 3 ] && grep -q max-flows "$work/why"
	ok $? "too large a table is an error and no crash" "$work/why"
else
	skip "too large a table is an error and no crash" "memory cannot be limited here"
fi

# Half a million descriptions of 4096 interfaces, in 60 kB.
command -v python3 > /dev/null || { skip "descriptions are cheap" "needs python3"; tap_end; }
python3 - "$work/many.pcapng.gz" << 'END'
import gzip, struct, sys
def interface(name):
    options = struct.pack('<HH', 2, len(name)) + name + bytes(4)
    n = 20 + len(options)
    return struct.pack('<IIHHI', 1, n, 1, 0, 0) + options + struct.pack('<I', n)
section = struct.pack('<IIIHHqI', 0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0, -1, 28)
with gzip.open(sys.argv[1], 'wb') as f:
    f.write(section + b''.join(interface(b'n%07d' % i) for i in range(4096)))
    for _ in range(8):
        f.write(section + interface(b'n%07d' % 4095) * 60000)
END
timeout 20 "$HELLOTAP" read -o json:/dev/null "$work/many.pcapng.gz" 2> "$work/why"
ok $? "half a million interfaces are read in no time" "$work/why"
tap_end

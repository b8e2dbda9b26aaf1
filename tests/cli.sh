#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The commands as a user meets them: help, identify, and what happens when the
# output cannot be written or nobody reads it any more.
. "${srcdir:=.}/tests/tap.sh"
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
export HELLOTAP
out=$dir/out why=$dir/why

# runs STATUS ARGUMENT...: the exit status; output in $out, messages in $why.
runs() {
	want=$1
	shift
	"$HELLOTAP" "$@" > "$out" 2> "$why"
	got=$?
	[ $got -eq "$want" ] || echo "exit $got" >> "$why"
	[ $got -eq "$want" ]
	ok $? "$(echo "$*" | cut -c 1-60) exits $want" "$why"
}

# prints PATTERN: a line of the output fits.
prints() { grep -qE -e "$1" "$out"; ok $? "and prints $1" "$out"; }
prints_no() { ! grep -qE -e "$1" "$out"; ok $? "and prints no $1" "$out"; }

# ---- help -------------------------------------------------------------------------------

for c in '' outputs read trace compare identify rules endpoints help; do
	# shellcheck disable=SC2086
	"$HELLOTAP" help $c > "$out" 2>&1
	[ -s "$out" ] && awk 'length > 80 { print; bad = 1 } END { exit bad }' "$out" > "$why"
	ok $? "help $c fits 80 columns" "$why"
done
runs 0 read -T
[ ! -s "$out" ] && [ ! -s "$why" ]; ok $? "-T that finds nothing says nothing"

# ---- messages ---------------------------------------------------------------------------

escape=$(printf '\033')
runs 3 read "$dir/${escape}[31mred"
! grep -q "$escape" "$why" && grep -qF '\x1b[31mred' "$why"
ok $? "a name's escapes do not reach the terminal" "$why"

# ---- output that does not arrive --------------------------------------------------------

arguments() {
	printf '%s\n' help '--version' 'help outputs' 'help read' 'rules list' \
		'rules explain fields' 'rules check' 'endpoints show' 'endpoints update' \
		'endpoints lookup 52.96.0.1' "identify --hex $hello" "identify -o json --hex $hello" \
		"read $srcdir/pcaps/demo.pcapng" "read -o json $srcdir/pcaps/demo.pcapng"
}

# A ClientHello of 74 bytes with five suites, a server name and two groups.
random=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
hello=010000460301${random}00000ac014c00a0035002f000a0100
hello=${hello}00130000000700050000026d73000a00040002001d

arguments > "$dir/arguments"
mkfifo "$dir/fifo"
while read -r words; do
	name=$(echo "$words" | cut -c 1-40)
	# shellcheck disable=SC2086
	if [ -w /dev/full ]; then
		"$HELLOTAP" $words > /dev/full 2> "$why"
		[ $? -eq 3 ] && [ "$(wc -l < "$why")" -eq 1 ] && grep -q 'No space left' "$why"
		ok $? "$name: a full disk is said once, and exit 3" "$why"
	fi
	: < "$dir/fifo" &
	exec 3> "$dir/fifo"
	wait
	# shellcheck disable=SC2086
	"$HELLOTAP" $words >&3 2> "$why"
	echo "exit $?" >> "$why"
	exec 3>&-
	[ "$(cat "$why")" = 'exit 3' ]
	ok $? "$name: a reader that left is no news, and exit 3" "$why"
done < "$dir/arguments"

# ---- identify ---------------------------------------------------------------------------

runs 0 identify --hex "$hello"
prints '^ClientHello, 74 bytes$'
prints_no "record's version"
runs 0 identify -o json --hex "$hello"
prints_no 'record_version'
runs 0 identify --hex "160301004a$hello"
prints "^record's version +tls1.0$"

# The same, cut off inside the suites, before them, and inside the extensions.
for record in '' 160301004a; do
	runs 0 identify --hex "$record$(echo "$hello" | cut -c 1-90)"
	prints '^ClientHello, 74 bytes, cut off: no verdict on versions$'
	prints '^cipher suites \(2 of 5; the rest is cut off\)$'
	prints '^  0xc00a  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA$'
	runs 0 identify --hex "$record$(echo "$hello" | cut -c 1-80)"
	prints '^cipher suites: cut off$'
	runs 0 identify --hex "$record$(echo "$hello" | cut -c 1-134)"
	prints '^cipher suites \(5\)$'
	prints '^extensions \(1; the rest is cut off\)$'
done

# The hello that README.md shows, run as it stands there.
sed -n '/identify --hex .$/,/^```/p' "$srcdir/README.md" | grep -v '```' |
	sed 's|^\./hellotap|"$HELLOTAP"|' > "$dir/readme"
sh "$dir/readme" > "$out" 2> "$why"; ok $? "README.md's hello is one" "$why"
prints '^offers at most +tls1.0$'
prints '^server name +outlook.office365.com$'

# ---- bootstrap --------------------------------------------------------------------------

"$srcdir/bootstrap" --help > "$out" 2> "$why"; ok $? "bootstrap --help exits 0" "$why"
prints '\./bootstrap check '
prints_no 'set -eu'
"$srcdir/bootstrap" chekc > "$out" 2> "$why"
[ $? -eq 2 ] && grep -q "unknown word 'chekc'" "$why"
ok $? "a word that bootstrap does not know exits 2" "$why"

# A machine with nothing installed, apt-get, no sudo, and a user who is not root.
mkdir "$dir/bin"
for tool in sh dirname grep cat sed; do
	ln -s "$(command -v $tool)" "$dir/bin/$tool"
done
printf '#!/bin/sh\necho 1000\n' > "$dir/bin/id"
printf '#!/bin/sh\nexit 1\n' > "$dir/bin/dpkg-query"
printf '#!/bin/sh\nexit 99\n' > "$dir/bin/apt-get"
chmod +x "$dir/bin/id" "$dir/bin/dpkg-query" "$dir/bin/apt-get"
for word in demo check; do
	PATH=$dir/bin "$srcdir/bootstrap" $word > "$out" 2> "$why"
	[ $? -eq 2 ] && grep -qx 'apt-get update' "$why" &&
		grep -q '^apt-get install -y .* gcc make .* libndpi-dev' "$why"
	ok $? "bootstrap $word without root says both commands, exit 2" "$why"
	grep -c 'libcmocka-dev python3' "$why" > "$out"
	[ "$(cat "$out")" -eq "$([ $word = check ] && echo 1 || echo 0)" ]
	ok $? "and only check wants cmocka" "$why"
done

tap_end

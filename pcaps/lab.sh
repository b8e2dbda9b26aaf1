# SPDX-License-Identifier: Apache-2.0
# lab: three network namespaces and what lives in them.  Sourced by pcaps/make.
#
#	clients (10.1.0.0/16) -- g0 router g1 -- servers (10.9.0.0/16)
#
# Nothing leaves: no namespace has a way out.  We record at g0, where a span port
# of the clients' switch would.  The last number of a server's address says what it
# does, the one before it which service it plays (rewrite.py has the public ranges):
#
#	.10 TLS 1.2 and 1.3, ECDHE only     .15 TLS 1.0 to 1.3, any suite
#	.11 TLS 1.0   .12 TLS 1.1   .13 TLS 1.2   .14 TLS 1.3 with P-384 only
#	.16 TLS 1.2 without tickets         .17 TLS 1.2, DHE of 1024 bits
#	.21 silent   .22 closes   .23 resets   .24 the router resets for it
#	.25 submission, port 587            .26 the same, refuses STARTTLS
#	.30 SSL 3.0 and SSLv2-format hellos (Java)    .80 plain HTTP
#	.31 to .42, .60 and above: servers.sh
# shellcheck shell=bash

W=$(mktemp -d)
C=hellotap-c$$ G=hellotap-g$$ S=hellotap-s$$
export GNUTLS_SYSTEM_PRIORITY_FILE=/dev/null PYTHONDONTWRITEBYTECODE=1

# Ends what runs in our own namespaces, whoever its parent is, and nothing else.
cleanup() {
	local ns pid
	for ns in $C $G $S; do
		for pid in $(ip netns pids "$ns" 2>/dev/null); do kill "$pid" 2>/dev/null; done
		ip netns del "$ns" 2>/dev/null
	done
	rm -rf "$W"
}

need() {
	for tool in ip nft tcpdump openssl nginx curl gnutls-cli tstclnt java node tinyproxy \
		chromium python3 wget go cc firefox-esr apache2 stunnel4 postfix dovecot postgres \
		psql; do
		command -v $tool >/dev/null || { echo "pcaps/make: $tool is missing" >&2; exit 2; }
	done
	[ "$(id -u)" = 0 ] || { echo "pcaps/make: namespaces need root" >&2; exit 2; }
}

in_c() { ip netns exec "$C" "$@"; }
in_g() { ip netns exec "$G" "$@"; }
in_s() { ip netns exec "$S" "$@"; }
background() { "$@" >>"$W/log" 2>&1 & }

# One segment a packet, as on a wire: no offload across the veth pairs.
wire() {	# NAMESPACE NAME NAMESPACE NAME
	ip -n "$1" link add "$2" gso_max_segs 1 type veth \
		peer name "$4" netns "$3" gso_max_segs 1
	ip -n "$1" link set "$2" up; ip -n "$3" link set "$4" up
}

lab_network() {
	local ns
	for ns in $C $G $S; do ip netns add "$ns"; ip -n "$ns" link set lo up; done
	wire "$C" c0 "$G" g0
	wire "$G" g1 "$S" s0
	ip -n "$G" addr add 10.1.0.1/16 dev g0
	ip -n "$G" addr add 10.8.0.1/24 dev g1
	ip -n "$S" addr add 10.8.0.2/24 dev s0
	ip -n "$G" addr add fd00:1::1/64 dev g0 nodad
	ip -n "$G" addr add fd00:8::1/64 dev g1 nodad
	ip -n "$S" addr add fd00:8::2/64 dev s0 nodad
	ip -n "$G" route add 10.9.0.0/16 via 10.8.0.2
	ip -n "$G" route add fd00:9::/32 via fd00:8::2
	ip -n "$S" route add 10.1.0.0/16 via 10.8.0.1
	ip -n "$S" route add fd00:1::/64 via fd00:8::1
	ip -n "$S" route add local 10.9.0.0/16 dev lo
	ip -n "$S" route add local fd00:9::/32 dev lo
	in_g sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	in_c sysctl -qw net.ipv4.tcp_fastopen=3
	in_s sysctl -qw net.ipv4.tcp_fastopen=3 net.ipv4.ip_default_ttl=117 net.ipv4.ip_nonlocal_bind=1 \
		net.ipv6.ip_nonlocal_bind=1
	in_g nft -f - <<-'N'
	table ip lab {
		chain forward {
			type filter hook forward priority 0;
			ip daddr 10.9.0.0/16 ip daddr & 0.0.0.255 == 0.0.0.24 meta length > 100 \
				reject with tcp reset
		}
	}
	N
}

lab_certificates() {
	local name
	cat > "$W/old.cnf" <<-'C'
	openssl_conf = d
	[d]
	ssl_conf = s
	[s]
	system_default = t
	[t]
	MinProtocol = TLSv1
	CipherString = ALL:@SECLEVEL=0
	C
	cat > "$W/ca.cnf" <<-C
	[ca]
	default_ca = lab
	[lab]
	database = $W/ca.txt
	serial = $W/ca.srl
	new_certs_dir = $W
	certificate = $W/ca.pem
	private_key = $W/ca.key
	default_md = sha256
	policy = any
	[any]
	commonName = supplied
	C
	: > "$W/ca.txt"; openssl rand -hex 16 > "$W/ca.srl"
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$W/ca.key" -out "$W/ca.pem" -days 3650 \
		-subj "/CN=hellotap test CA" 2>>"$W/log"
	# Valid on the morning the captures are moved to.
	for name in outlook.office365.com contoso.sharepoint.com teams.microsoft.com \
		login.microsoftonline.com www.example.org admin.microsoft.com smtp.office365.com; do
		openssl req -newkey rsa:2048 -nodes -keyout "$W/$name.key" -out "$W/req" \
			-subj "/CN=$name" 2>>"$W/log"
		openssl ca -batch -config "$W/ca.cnf" -in "$W/req" -out "$W/$name.pem" -notext \
			-startdate 20260901000000Z -enddate 20270901000000Z 2>>"$W/log" \
			-extfile <(printf 'subjectAltName=DNS:%s,DNS:*.%s' "$name" "${name#*.}")
	done
	openssl pkcs12 -export -in "$W/outlook.office365.com.pem" -passout pass:hellotap \
		-inkey "$W/outlook.office365.com.key" -out "$W/java.p12"
	openssl dhparam -dsaparam -out "$W/dh.pem" 1024 2>>"$W/log"
}

# The name that a server of the lab goes by.
name_of() {
	case $1 in
	10.9.2.*) echo contoso.sharepoint.com ;;
	10.9.3.*) echo teams.microsoft.com ;;
	10.9.4.*) echo login.microsoftonline.com ;;
	10.9.5.*) echo www.example.org ;;
	10.9.6.*) echo admin.microsoft.com ;;
	*.25|*.26) echo smtp.office365.com ;;
	*) echo outlook.office365.com ;;
	esac
}

nginx_server() {	# LISTEN NAME PROTOCOLS CIPHERS
	echo "server { listen $1:443 ssl; ssl_certificate $W/$2.pem; ssl_certificate_key $W/$2.key;
		ssl_protocols $3; ssl_ciphers '$4'; location / { return 200 'ok'; } }"
}

lab_nginx() {
	local good='ECDHE+AESGCM:ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES128-SHA256' n
	{
		echo "daemon off; pid $W/nginx.pid; error_log $W/nginx.log; events {}"
		echo "http { access_log off; ssl_ecdh_curve X25519:P-256:P-384;"
		for n in 1 2 3 4 5 6; do
			nginx_server 10.9.$n.10 "$(name_of 10.9.$n.10)" 'TLSv1.2 TLSv1.3' "$good"
			nginx_server 10.9.$n.15 "$(name_of 10.9.$n.15)" \
				'TLSv1 TLSv1.1 TLSv1.2 TLSv1.3' 'ALL:@SECLEVEL=0'
		done
		nginx_server 10.9.2.24 contoso.sharepoint.com 'TLSv1.2 TLSv1.3' "$good"
		nginx_server '[fd00:9:1::10]' outlook.office365.com 'TLSv1.2 TLSv1.3' "$good"
		nginx_server 10.9.1.40 outlook.office365.com 'TLSv1 TLSv1.1 TLSv1.2 TLSv1.3' \
			'ALL:@SECLEVEL=0' | sed 's/:443 ssl/:443 ssl fastopen=16/'
		echo "server { listen 10.9.5.80:80; location / { return 200 'plain'; } } }"
	} > "$W/nginx.conf"
	OPENSSL_CONF=$W/old.cnf background in_s nginx -c "$W/nginx.conf"
}

s_server() {	# LAST-NUMBER OPTION...
	local at=10.9.1.$1; shift
	OPENSSL_CONF=$W/old.cnf background in_s env -C "$W/www" \
		openssl s_server -accept "$at:443" -quiet -WWW \
		-cert "$W/outlook.office365.com.pem" -key "$W/outlook.office365.com.key" "$@"
}

lab_servers() {
	mkdir "$W/www" && echo ok > "$W/www/ok.txt"
	lab_nginx
	s_server 11 -tls1
	s_server 12 -tls1_1
	s_server 13 -tls1_2
	s_server 14 -tls1_3 -groups P-384
	s_server 16 -tls1_2 -no_ticket
	s_server 17 -tls1_2 -cipher 'DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0' -dhparam "$W/dh.pem"
	local mode n=21
	for mode in silent close reset; do
		background in_s python3 peer.py $mode 10.9.1.$n 443
		n=$((n + 1))
	done
	s_server 24 -tls1_2
	local smtp="$W/smtp.office365.com"
	background in_s python3 peer.py smtp 10.9.1.25 587 "$smtp.pem" "$smtp.key"
	background in_s python3 peer.py smtp 10.9.1.26 587 "$smtp.pem" "$smtp.key" refuse
	background in_s python3 peer.py dns 10.9.9.53
	background in_s java Jsse.java server 10.9.1.30 443 "$W/java.p12" \
		SSLv2Hello,SSLv3,TLSv1
	printf '%s\n' 'Port 8080' 'Listen 10.9.9.8' 'Timeout 60' 'MaxClients 20' \
		'Allow 10.0.0.0/8' 'ConnectPort 443' > "$W/proxy.conf"
	echo '10.9.1.10 outlook.office365.com' > "$W/hosts"
	# The mount is seen by this process alone: ip netns exec unshares mounts.
	background in_s sh -c "mount --bind $W/hosts /etc/hosts && exec tinyproxy -d -c $W/proxy.conf"
	sleep 4
}

# as ADDRESS COMMAND...: the command on the client of that address.
as() {
	local who=$1; shift
	ip -n "$C" addr replace "$who/16" dev c0
	ip -n "$C" route replace 10.9.0.0/16 via 10.1.0.1 src "$who"
	in_c timeout 30 "$@" </dev/null >>"$W/log" 2>&1
}

# record FILE [FILTER]; then stop.  Whatever crosses the span port in between.
record() {
	: > "$W/tcpdump.log"
	# Not through in_g: $! must be tcpdump itself.
	ip netns exec "$G" tcpdump -Z root -i g0 -w "$1" -s 0 -U --immediate-mode \
		"${2:-tcp}" 2>"$W/tcpdump.log" &
	RECORDER=$!
	until grep -q listening "$W/tcpdump.log"; do sleep 0.02; done
}

stop() {
	sleep "${1:-0.15}"
	kill -TERM "$RECORDER"
	wait "$RECORDER" 2>/dev/null
}

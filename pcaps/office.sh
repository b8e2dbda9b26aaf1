# SPDX-License-Identifier: Apache-2.0
# office: demo.pcapng, a morning in an office, 08:55 to 09:20 on 20 November 2026.
# Sourced by pcaps/make.  Each line is recorded for itself; office.py gives it its time.
# shellcheck shell=bash

SESSIONS=0

# at TIME COMMENT COMMAND...: the client's address, the command's second word, says where:
# 10.1.4.x on interface 0; 10.1.20.x and 10.1.30.x on interface 1, VLAN 20 and 30.
at() {
	local time=$1 words=$2; shift 2
	SESSIONS=$((SESSIONS + 1))
	local file=$W/office-$SESSIONS.pcap
	[ $((SESSIONS % 4)) -ne 1 ] || ip -n "$C" neigh flush dev c0 2>/dev/null
	record "$file" 'arp or tcp or icmp or udp port 53'
	"$@"
	stop 0.1
	printf '%s\t%s\t%s\t%s\n' "$time" "$2" "$file" "$words" >> "$W/office.list"
}

dns() { as "$1" python3 peer.py dig 10.9.9.53 "$2"; }
ping_to() { as "$1" python3 peer.py ping "$2"; }
http() { as "$1" curl -s http://10.9.5.80/; }
through_proxy() { as "$1" curl -sk -x http://10.9.9.8:8080 https://outlook.office365.com/; }
submit() {
	as "$1" sh -c "(sleep 0.2; echo QUIT; sleep 0.2) | openssl s_client -starttls smtp \
		-connect 10.9.1.25:587 -servername smtp.office365.com -quiet $2"
}
printer() { submit "$1" "-tls1_2 -cipher AES256-SHA256:AES128-SHA256:AES256-SHA:AES128-SHA"; }
returning() {
	s_client "$1" "$2" -tls1_2 -sess_out "$W/office.session"
	s_client "$1" "$2" -tls1_2 -sess_in "$W/office.session"
}

modern() {
	at 08:55:03 '' dns 10.1.4.11 outlook.office365.com
	at 08:55:04 '' curl_to 10.1.4.11 10.9.1.10
	at 08:55:06 '' curl_to 10.1.4.11 10.9.4.10
	at 08:56:10 '' dns 10.1.4.12 teams.microsoft.com
	at 08:56:11 'Chromium: a post-quantum hello in two segments' chromium_to 10.1.4.12 10.9.3.10
	at 08:57:02 '' gnutls 10.1.4.13 10.9.2.10
	at 08:57:30 '' jsse 10.1.4.14 10.9.4.10
	at 08:58:15 '' nss 10.1.4.15 10.9.1.10
	at 08:59:01 '' node_to 10.1.4.16 10.9.3.10
	at 08:59:40 'a full TLS 1.2 handshake, then a resumed one' returning 10.1.4.17 10.9.1.10
	at 09:00:12 'TLS inside a CONNECT tunnel' through_proxy 10.1.4.19
	at 09:02:00 '' curl_to 10.1.20.36 10.9.2.10
	at 09:03:30 '' http 10.1.4.13
	at 09:04:00 '' ping_to 10.1.4.11 10.9.1.10
	at 09:05:05 '' jsse 10.1.4.14 10.9.1.10
	at 09:06:20 '' nss 10.1.4.15 10.9.3.10
	at 09:07:45 '' dns 10.1.4.13 contoso.sharepoint.com
	at 09:07:46 '' gnutls 10.1.4.13 10.9.2.10
	at 09:09:00 '' through_proxy 10.1.4.19
	at 09:10:30 '' curl_to 10.1.4.11 10.9.6.10
	at 09:11:00 '' chromium_to 10.1.4.12 10.9.1.10
	at 09:12:12 '' node_to 10.1.4.16 10.9.3.10
	at 09:13:00 'a printer that can: TLS 1.3 after STARTTLS' submit 10.1.30.42 ''
	at 09:15:30 '' curl_to 10.1.20.36 10.9.1.10 --tls-max 1.2
	at 09:17:20 '' http 10.1.20.36
	at 09:18:40 '' curl_to 10.1.4.11 10.9.1.10
}

# Four hosts that offer at most TLS 1.0.
legacy() {
	local t
	at 08:57:50 '' dns 10.1.20.31 outlook.office365.com
	for t in 08:57:51 08:57:52 08:58:22 09:08:22; do
		at $t 'Windows 7 class, at most TLS 1.0: refused with alert 70' \
			schannel 10.1.20.31 10.9.1.10
	done
	for t in 08:59:20 08:59:21 08:59:51 09:14:20; do
		at $t 'Windows 7 class, at most TLS 1.0: reset on the way (TTL 64, not 116)' \
			schannel 10.1.20.32 10.9.2.24
	done
	for t in 09:00:40 09:05:40 09:10:40 09:15:40; do
		at $t 'Windows 7 class, at most TLS 1.0: accepted' \
			schannel 10.1.20.33 10.9.1.15 established
	done
	for t in 09:01:15 09:06:15 09:16:15; do
		at $t 'OpenSSL limited to TLS 1.0: accepted' old_s_client 10.1.20.34 10.9.4.15 -tls1
	done
	at 09:11:15 'OpenSSL limited to TLS 1.0: accepted' old_s_client 10.1.20.34 10.9.2.15 -tls1
}

# What must not be taken for them.
others() {
	local t
	for t in 09:02:30 09:02:45 09:12:30; do
		at $t 'a printer: TLS 1.2, but RSA key exchange only' printer 10.1.30.41
	done
	at 09:03:00 'one host, a caller with TLS 1.3 ...' curl_to 10.1.4.18 10.9.1.10
	at 09:03:05 '... and an old one with TLS 1.0' schannel 10.1.4.18 10.9.1.10
	at 09:09:30 '' curl_to 10.1.4.18 10.9.2.10
	at 09:09:35 '' schannel 10.1.4.18 10.9.1.10
	at 09:18:00 '' curl_to 10.1.4.18 10.9.4.10
	for t in 09:04:30 09:13:30 09:19:30; do
		at $t 'TLS 1.0, but not to Microsoft' old_s_client 10.1.20.35 10.9.5.15 -tls1
	done
}

office() {
	wanted demo || return 0
	modern; legacy; others
	python3 office.py "$W/office.list" demo.pcapng
	echo "demo.pcapng: $(stat -c %s demo.pcapng) bytes"
}

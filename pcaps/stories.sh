# SPDX-License-Identifier: Apache-2.0
# stories: one small capture each.  Sourced by pcaps/make; README.md tells them.
# shellcheck shell=bash

# What each version looks like when all goes well.
tls10() { old_s_client 10.1.4.31 10.9.1.11 -tls1; }
tls11() { old_s_client 10.1.4.32 10.9.1.12 -tls1_1; }
tls12() { s_client 10.1.4.33 10.9.1.13 -tls1_2; }
tls13() { s_client 10.1.4.34 10.9.1.10; }
ssl3() { jsse 10.1.4.35 10.9.1.30 SSLv3; }
ssl3_nss() { nss 10.1.4.36 10.9.1.30 -V ssl3:ssl3; }
sslv2_hello() { jsse 10.1.4.37 10.9.1.30 SSLv2Hello,TLSv1; }
sslv2_refused() { jsse 10.1.4.38 10.9.1.10 SSLv2Hello,TLSv1; }
ipv6() {
	ip -n "$C" addr add fd00:1::4:33/64 dev c0 nodad 2>/dev/null
	ip -n "$C" route replace fd00:9::/32 via fd00:1::1
	in_c curl -sk --connect-to 'outlook.office365.com:443:[fd00:9:1::10]:443' \
		https://outlook.office365.com/ >>"$W/log" 2>&1
}

# How a handshake fails.
alert_40() { s_client 10.1.4.40 10.9.1.10 -tls1_2 -cipher AES128-GCM-SHA256; }
alert_48() {
	as 10.1.4.41 curl -s --tls-max 1.2 --connect-to "outlook.office365.com:443:10.9.1.13:443" \
		https://outlook.office365.com/
}
alert_70() { old_s_client 10.1.4.42 10.9.1.10 -tls1; }
alert_71() {
	gnutls 10.1.4.43 10.9.1.17 --priority "'NORMAL:-VERS-ALL:+VERS-TLS1.2:%PROFILE_HIGH'"
}
alert_86() { old_s_client 10.1.4.44 10.9.1.15 -tls1_1 -fallback_scsv; }
reset_server() { old_s_client 10.1.4.45 10.9.1.23 -tls1; }
reset_path() { s_client 10.1.4.46 10.9.1.24 -tls1_2; }
# The dance: a device on the path resets TLS 1.2, and the client comes back with less.
fallback_dance() {
	s_client 10.1.4.94 10.9.1.24 -tls1_2
	sleep 1
	old_s_client 10.1.4.94 10.9.1.11 -tls1 -fallback_scsv
}
closed() { nss 10.1.4.47 10.9.1.22 -V tls1.0:tls1.0; }
closed_alert() { old_s_client 10.1.4.74 10.9.1.22 -tls1; }
silence() {
	OPENSSL_CONF=$W/old.cnf s_client 10.1.4.48 10.9.1.21 -tls1 & local waiting=$!
	sleep 1.5
	curl_to 10.1.4.33 10.9.1.10
	kill $waiting
}
no_hello() { as 10.1.4.49 bash -c 'exec 3<>/dev/tcp/10.9.1.10/443; exec 3>&-'; }

# Taking an earlier session up again, and being asked for another hello.
resumed_id() {
	s_client 10.1.4.50 10.9.1.16 -tls1_2 -sess_out "$W/id"
	s_client 10.1.4.50 10.9.1.16 -tls1_2 -sess_in "$W/id"
}
resumed_ticket() {
	s_client 10.1.4.51 10.9.1.13 -tls1_2 -sess_out "$W/ticket"
	s_client 10.1.4.51 10.9.1.13 -tls1_2 -sess_in "$W/ticket"
}
resumed_psk() {
	s_client 10.1.4.52 10.9.1.10 -tls1_3 -sess_out "$W/psk"
	s_client 10.1.4.52 10.9.1.10 -tls1_3 -sess_in "$W/psk"
}
hello_retry() { s_client 10.1.4.53 10.9.1.14 -tls1_3 -groups X25519:P-384; }

# Offers.
pq_hello() { chromium_to 10.1.4.60 10.9.1.10; }
rsa_kx() {
	s_client 10.1.4.61 10.9.1.10 -tls1_2 \
		-cipher AES256-SHA256:AES128-SHA256:AES256-SHA:AES128-SHA
}
weak_only() {
	nss 10.1.4.62 10.9.1.10 -V tls1.0:tls1.2 -c :0005:0004:000A
}
server_lower() { old_s_client 10.1.4.63 10.9.1.11; }
schannel_7() { schannel 10.1.4.64 10.9.1.15 established; }
java_default() { jsse 10.1.4.65 10.9.4.10; }
java_tls10() { jsse 10.1.4.66 10.9.4.15 TLSv1; }
gnutls_default() { gnutls 10.1.4.67 10.9.2.10; }
gnutls_tls10() {
	gnutls 10.1.4.68 10.9.2.15 --priority "'NORMAL:-VERS-ALL:+VERS-TLS1.0:%PROFILE_VERY_WEAK'"
}
curl_default() { curl_to 10.1.4.69 10.9.1.10; }
nss_default() { nss 10.1.4.70 10.9.3.10; }
node_default() { node_to 10.1.4.71 10.9.3.10; }

# By name only (Front Door), and not Microsoft 365 at all.
front_door() { old_s_client 10.1.4.72 10.9.6.15 -tls1; }
unrelated() { old_s_client 10.1.4.73 10.9.5.15 -tls1; }

# What is said before TLS.
connect_proxy() {
	as 10.1.4.80 curl -sk -x http://10.9.9.8:8080 https://outlook.office365.com/
}
connect_tls10() {
	OPENSSL_CONF=$W/old.cnf as 10.1.4.81 sh -c "openssl s_client -proxy 10.9.9.8:8080 \
		-connect outlook.office365.com:443 -servername outlook.office365.com -tls1"
}
connect_refused() {
	as 10.1.4.82 curl -sk -x http://10.9.9.8:8080 https://outlook.office365.com:8443/
}
starttls() {
	as 10.1.30.41 sh -c "(sleep 0.2; echo QUIT; sleep 0.2) | openssl s_client -starttls smtp \
		-connect 10.9.1.25:587 -servername smtp.office365.com -quiet"
}
starttls_printer() {
	as 10.1.30.42 openssl s_client -starttls smtp -connect 10.9.1.25:587 -tls1_2 \
		-servername smtp.office365.com -cipher AES256-SHA256:AES128-SHA256:AES256-SHA:AES128-SHA
}
starttls_refused() {
	as 10.1.30.43 curl -sk --ssl-reqd smtp://10.9.1.26:587 --mail-from a@example.org \
		--mail-rcpt b@example.org
}

stories() {
	tell tls10-established tls10
	tell tls11-established tls11
	tell tls12-established tls12
	tell tls13-established tls13
	tell ssl3 ssl3
	tell ssl3-nss ssl3_nss
	tell sslv2-hello sslv2_hello
	tell sslv2-refused sslv2_refused
	tell ipv6 ipv6
	tell alert-40 alert_40
	tell alert-48-client alert_48
	tell alert-70 alert_70
	tell alert-71-client alert_71
	tell alert-86-fallback alert_86
	tell reset-server reset_server
	tell reset-path reset_path
	tell closed closed
	tell closed-alert closed_alert
	tell silence silence --wait 9
	tell no-hello no_hello
	tell resumed-id resumed_id
	tell resumed-ticket resumed_ticket
	tell resumed-psk resumed_psk
	tell hello-retry hello_retry
	tell pq-hello-split pq_hello
	tell tls12-only-rsa-kx rsa_kx
	tell rc4-3des-only weak_only
	tell server-lower server_lower
	tell schannel-7 schannel_7
	tell java-default java_default
	tell java-tls10 java_tls10
	tell gnutls-default gnutls_default
	tell gnutls-tls10 gnutls_tls10
	tell curl-default curl_default
	tell nss-default nss_default
	tell node-default node_default
	tell front-door front_door
	tell unrelated-tls10 unrelated
	tell connect-proxy connect_proxy
	tell connect-tls10 connect_tls10
	tell connect-refused connect_refused
	tell smtp-starttls starttls
	tell smtp-printer starttls_printer
	tell smtp-refused starttls_refused
}

wrappings() {
	local how
	for how in vlan qinq qinq-8100 ipip gre gre-ether erspan1 erspan2 erspan3 vxlan trailer \
		geneve vxlan-gpe cmd mpls mpls-ether mpls-word pppoe pptp gtp l2tp nsh pbb lisp \
		tzsp capwap sll sll2 raw null ppp ppp-hdlc chdlc wlan radiotap juniper nflog \
		pktap fragments fragments-vxlan fragments-gre doubled crumbs seq-wrap snaplen; do
		wrap $how $how tls10-established
	done
	wrap 6in4 6in4 ipv6
	wrap teredo teredo ipv6
	wrap fragments-ipv6 fragments ipv6
	wrap one-way-client client-only tls10-established
	wrap one-way-server server-only tls10-established
	wrap midstream no-syn tls10-established
	wrap midstream-answer no-offer tls10-established
	wrap pq-hello-swapped swapped pq-hello-split
	wrap pq-hello-torn torn pq-hello-split
}

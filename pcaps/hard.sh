# SPDX-License-Identifier: Apache-2.0
# hard: alerts that clients and servers send for real, what comes before TLS, and what is odd.
# Sourced by pcaps/make; README.md tells them.
# shellcheck shell=bash

alert_42() { go_to 10.1.4.83 10.9.1.13 1.2 verify; }
alert_46() { jsse 10.1.4.84 10.9.1.13 TLSv1.2 verify; }
alert_50() {
	as 10.1.4.85 python3 odd.py ask lying 10.9.1.10
	as 10.1.4.85 python3 odd.py ask lying 10.9.1.31 5556
}
alert_112() {
	as 10.1.4.86 openssl s_client -connect 10.9.1.41:443 -servername mail.contoso.com
	as 10.1.4.86 openssl s_client -connect 10.9.1.42:443 -servername mail.contoso.com
	s_client 10.1.4.86 10.9.1.41
}

fast_open() {
	in_c ip tcp_metrics flush all
	curl_to 10.1.4.87 10.9.1.40 --tcp-fastopen
	curl_to 10.1.4.87 10.9.1.40 --tcp-fastopen
	OPENSSL_CONF=$W/old.cnf curl_to 10.1.4.87 10.9.1.40 --tcp-fastopen --tlsv1.0 --tls-max 1.0
}

upgrade() { as "$1" python3 upgrade.py ask "$2" 10.9.5.38 www.example.org "${@:3}"; }
rdp() { upgrade 10.1.4.88 rdp; upgrade 10.1.4.88 rdp 1.0; }
http_first() {
	upgrade 10.1.4.89 upgrade
	upgrade 10.1.4.89 upgrade 1.0
	upgrade 10.1.4.89 get
	upgrade 10.1.4.89 get 1.0
}

odd() { local who=$1 n; shift; for n; do as "$who" python3 odd.py ask "$n"; done; }
odd_versions() {
	odd 10.1.4.90 draft-28 draft-23 draft-18 fizz unknown-version legacy-0304 legacy-0399
}
odd_records() {
	odd 10.1.4.91 record-0300 record-0304 record-03ff split empty warning-first too-long
}
odd_hellos() {
	odd 10.1.4.92 400-suites no-extensions unknown-suite ssl2 not-tls hello-request
}

hard() {
	tell alert-42-client alert_42
	tell alert-46-client alert_46
	tell alert-50 alert_50
	tell alert-112 alert_112
	tell fast-open fast_open
	tell rdp rdp
	tell http-first http_first
	tell odd-versions odd_versions
	tell odd-records odd_records
	tell odd-hellos odd_hellos
	tell fallback-dance fallback_dance
}

# damage NAME HOW FROM [SNAPLEN]
damage() {
	wanted "$1" || return 0
	python3 damage.py "$2" "$3.pcap" "$1.pcap" ${4:+"$4"}
	echo "$1.pcap: $(stat -c %s "$1.pcap") bytes"
}

damages() {
	local n
	damage fragments-order fragments-order tls10-established
	damage fragments-order-ipv6 fragments-order-ipv6 ipv6
	damage reordered reordered pq-hello-split
	damage lost lost pq-hello-split
	damage lost-tls10 lost tls10-established
	damage answers-first answers-first tls13-established
	damage answers-first-tls10 answers-first tls10-established
	damage late late tls12-established
	damage bogus-acks bogus-acks tls12-established
	damage rst-then-data rst-then-data tls12-established
	damage doubled-routed doubled-routed tls12-established
	damage connect-unanswered connect-unanswered connect-tls10
	for n in 64 96 128 256; do damage snap-$n same tls13-established $n; done
}

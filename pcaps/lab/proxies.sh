# SPDX-License-Identifier: Apache-2.0
# proxies: the stories of proxies, one function each.  Sourced by pcaps/lab/make.
# shellcheck shell=bash

# on_the_way RULES: of a chain of the middle's nftables.
on_the_way() {
	printf 'table ip lab {\nchain way {\n%s\n}\n}\n' "$1" |
		ip netns exec "$P" nft -f - 2>>"$W/log" || skip "nftables is not to be had here"
}

OLD_ONLY='options=NO_TLSv1_3,NO_TLSv1_2,NO_TLSv1_1 cipher=ALL:@SECLEVEL=0'

# squid ADDRESS PORT [LINE...]: a Squid with a state of its own.
squid_at() {
	local at=$1 port=$2 dir=$W/squid.$1; shift 2
	rm -rf "$dir" && mkdir "$dir"
	/usr/lib/squid/security_file_certgen -c -s "$dir/db" -M 4MB >>"$W/log" 2>&1
	chown -R proxy "$dir"
	{
		printf '%s\n' "pid_filename $dir/pid" "cache_log $dir/cache.log" 'access_log none' \
			'cache deny all' 'cache_mem 8 MB' "coredump_dir $dir" 'http_access allow all' \
			"hosts_file $W/hosts" 'shutdown_lifetime 0 seconds' 'dns_nameservers 127.0.0.1' \
			"tcp_outgoing_address $at" "visible_hostname proxy.contoso.example" \
			'pinger_enable off' \
			"sslcrtd_program /usr/lib/squid/security_file_certgen -s $dir/db -M 4MB" \
			'sslcrtd_children 2' 'sslproxy_cert_error allow all'
		printf '%s\n' "$@"
	} > "$dir/conf"
	OPENSSL_CONF=$W/old.cnf background in_ns "${PROXY_NS:-$P}" squid -N -f "$dir/conf" -n "s$port"
	listening "${PROXY_NS:-$P}" "$at" "$port"
}

BUMP='ssl-bump generate-host-certificates=on dynamic_cert_mem_cache_size=4MB cipher=ALL:@SECLEVEL=0'

# What a Squid is told that takes TLS apart; [OUTGOING-OPTIONS].
bumping() {
	echo "http_port 10.1.9.8:8080 $BUMP tls-cert=$W/proxy.both"
	echo 'acl step1 at_step SslBump1'
	echo 'ssl_bump peek step1'
	echo 'ssl_bump bump all'
	echo "tls_outgoing_options cafile=$W/root.crt ${1:-}"
}

several_clients() {
	curl_to 10.1.4.21 outlook.office365.com
	curl_to 10.1.4.21 contoso.sharepoint.com
	wget_to 10.1.4.22 contoso.sharepoint.com
	wget_to 10.1.4.22 login.microsoftonline.com
	s_client 10.1.4.23 teams.microsoft.com -tls1_2
}

story_squid_bump_tls10() {
	world_routed
	squid_at 10.1.9.8 8080 "$(bumping "$OLD_ONLY")"
	record
	PROXY=10.1.9.8:8080 several_clients
}

story_squid_bump() {
	world_routed
	squid_at 10.1.9.8 8080 "$(bumping)"
	record
	local PROXY=10.1.9.8:8080
	several_clients
	chromium_to 10.1.4.25 outlook.office365.com
}

# The hello that goes out is made after the client's.
mimicking() {
	bumping | sed 's/^ssl_bump bump all/ssl_bump stare all/'
	echo 'ssl_bump bump all'
}

story_squid_mimic() {
	world_routed
	squid_at 10.1.9.8 8080 "$(mimicking)"
	record
	local PROXY=10.1.9.8:8080
	several_clients
	chromium_to 10.1.4.25 outlook.office365.com
}

# New enough, but without a suite that Microsoft's servers take.
story_squid_no_ecdhe() {
	world_routed
	at contoso.sharepoint.com 10
	cp "$W/hosts" "$W/hosts.$P"
	squid_at 10.1.9.8 8080 \
		"$(bumping 'options=NO_TLSv1_3 cipher=AES256-SHA256:AES128-SHA256:AES256-SHA')"
	record
	local PROXY=10.1.9.8:8080
	curl_to 10.1.4.21 outlook.office365.com
	wget_to 10.1.4.22 contoso.sharepoint.com
	s_client 10.1.4.23 login.microsoftonline.com -tls1_2
}

# Clients that were never given the proxy's authority: they end it, and one of them tries again
# with less, which does not help.
story_squid_distrust() {
	world_routed
	squid_at 10.1.9.8 8080 "$(bumping)"
	record
	local PROXY=10.1.9.8:8080
	curl_to 10.1.4.21 outlook.office365.com --cacert "$W/root.crt" --tls-max 1.2
	curl_to 10.1.4.21 outlook.office365.com --cacert "$W/root.crt"
	wget_to 10.1.4.22 contoso.sharepoint.com --ca-certificate="$W/root.crt"
	curl_to 10.1.4.23 login.microsoftonline.com --cacert "$W/root.crt" --tls-max 1.2
	OPENSSL_CONF=$W/old.cnf curl_to 10.1.4.23 login.microsoftonline.com \
		--cacert "$W/root.crt" --tls-max 1.0
}

# Nothing is taken apart, and what Microsoft answers is old: one of its *-legacy hosts.
story_legacy_server() {
	at outlook.office365.com 11
	world_routed
	squid_at 10.1.9.8 8080 'http_port 10.1.9.8:8080'
	record
	local PROXY=10.1.9.8:8080
	OPENSSL_CONF=$W/old.cnf curl_to 10.1.4.21 outlook.office365.com
	OPENSSL_CONF=$W/old.cnf curl_to 10.1.4.22 outlook.office365.com
	old_s_client 10.1.4.23 outlook.office365.com
	curl_to 10.1.4.21 login.microsoftonline.com
}

# Nothing is taken apart: who is old, is old at Microsoft too.
story_squid_tunnel() {
	world_routed
	squid_at 10.1.9.8 8080 'http_port 10.1.9.8:8080'
	record
	local PROXY=10.1.9.8:8080
	several_clients
	old_s_client 10.1.4.24 outlook.office365.com -tls1
	old_s_client 10.1.4.24 contoso.sharepoint.com -tls1
}

story_masked() {
	world_routed
	squid_at 10.1.9.8 8080 "$(bumping)"
	record
	local PROXY=10.1.9.8:8080
	old_s_client 10.1.4.24 outlook.office365.com -tls1
	old_s_client 10.1.4.24 login.microsoftonline.com -tls1
	old_s_client 10.1.4.25 outlook.office365.com -tls1_1
	curl_to 10.1.4.21 outlook.office365.com
}

story_both_legacy() {
	world_routed
	squid_at 10.1.9.8 8080 "$(bumping "$OLD_ONLY")"
	record
	local PROXY=10.1.9.8:8080
	old_s_client 10.1.4.24 outlook.office365.com -tls1
	old_s_client 10.1.4.24 contoso.sharepoint.com -tls1
	old_s_client 10.1.4.25 teams.microsoft.com -tls1_1
}

# No CONNECT: what goes to Microsoft is taken on the way.
story_squid_intercept_tls10() {
	world_routed
	squid_at 10.1.9.8 8080 "$(bumping "$OLD_ONLY")" \
		"https_port 3129 intercept $BUMP tls-cert=$W/proxy.both"
	on_the_way 'type nat hook prerouting priority -100; iifname "p0" tcp dport 443 redirect to :3129'
	record
	several_clients
	gnutls_to 10.1.4.26 outlook.office365.com
}

# A second proxy, 10.1.10.8 with a namespace of its own, behind the first: goes out with
# TLS 1.0.  "middle" is recorded between the two.
second_proxy() {
	ip netns add "$Q"
	cp "$W/hosts" "$W/hosts.$Q"
	pair "$P" p2 02:4a:00:00:0a:01 "$Q" q0 02:4a:0a:01:0a:08
	ip -n "$P" addr add 10.1.10.1/24 dev p2
	ip -n "$Q" addr add 10.1.10.8/24 dev q0
	ip -n "$Q" link set lo up
	ip -n "$Q" route add default via 10.1.10.1
	PROXY_NS=$Q squid_at 10.1.10.8 8080 \
		"$(bumping "$OLD_ONLY" | sed 's/10\.1\.9\.8:/10.1.10.8:/')"
}

# The first takes nothing apart.
story_chain() {
	world_routed
	second_proxy
	printf '%s\n' 'Port 8888' 'Listen 10.1.9.7' 'Timeout 60' 'MaxClients 20' \
		'Allow 10.0.0.0/8' 'ConnectPort 443' 'Upstream http 10.1.10.8:8080' > "$W/tiny.conf"
	background in_ns "$P" tinyproxy -d -c "$W/tiny.conf"
	listening "$P" 10.1.9.7 8888
	record
	record_at "$P" p2 middle
	PROXY=10.1.9.7:8888 several_clients
}

# Both take TLS apart; the first goes on with as much as it can.
story_chain_bumps() {
	world_routed
	second_proxy
	squid_at 10.1.9.8 8080 "$(bumping | sed "s/root.crt/trust.pem/")" 'never_direct allow all' \
		'cache_peer 10.1.10.8 parent 8080 0 no-query no-digest default'
	record
	record_at "$P" p2 middle
	PROXY=10.1.9.8:8080 several_clients
}

story_nat() {
	world_routed
	ip -n "$P" addr add 198.51.100.7/32 dev p1
	on_the_way 'type nat hook postrouting priority 100; oifname "p1" snat to 198.51.100.7'
	record
	curl_to 10.1.4.21 outlook.office365.com
	wget_to 10.1.4.22 contoso.sharepoint.com
	gnutls_to 10.1.4.23 login.microsoftonline.com
	s_client 10.1.4.25 outlook.office365.com -tls1_2
	old_s_client 10.1.4.24 contoso.sharepoint.com -tls1
	old_s_client 10.1.4.24 outlook.office365.com -tls1
}

# Behind one address one host fails with much, and at once another one succeeds with little.
story_nat_mix() {
	world_routed
	ip -n "$P" addr add 198.51.100.7/32 dev p1
	on_the_way 'type nat hook postrouting priority 100; oifname "p1" snat to 198.51.100.7'
	record
	for _ in 1 2 3; do
		curl_to 10.1.4.21 contoso.sharepoint.com --tls-max 1.2 --cacert "$W/proxy.crt"
		gnutls_to 10.1.4.24 contoso.sharepoint.com \
			--priority "'NORMAL:-VERS-ALL:+VERS-TLS1.0:%PROFILE_VERY_WEAK'"
	done
}

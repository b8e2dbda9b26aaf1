# SPDX-License-Identifier: Apache-2.0
# proxies: the stories of proxies, one function each.  Sourced by pcaps/lab/make.
# shellcheck shell=bash

OLD_ONLY='options=NO_TLSv1_3,NO_TLSv1_2,NO_TLSv1_1 cipher=ALL:@SECLEVEL=0'

# squid ADDRESS PORT [LINE...]: a Squid with a state of its own.
squid_at() {
	local at=$1 port=$2 dir=$W/squid.$1; shift 2
	mkdir -p "$dir"
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
	OPENSSL_CONF=$W/old.cnf background in_ns "$P" squid -N -f "$dir/conf" -n "s$port"
	listening "$P" "$at" "$port"
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

story_nat() {
	world_routed
	ip -n "$P" addr add 198.51.100.7/32 dev p1
	ip netns exec "$P" nft -f - <<-'N'
	table ip lab {
		chain out {
			type nat hook postrouting priority 100;
			oifname "p1" snat to 198.51.100.7
		}
	}
	N
	record
	curl_to 10.1.4.21 outlook.office365.com
	wget_to 10.1.4.22 contoso.sharepoint.com
	gnutls_to 10.1.4.23 login.microsoftonline.com
	s_client 10.1.4.25 outlook.office365.com -tls1_2
	old_s_client 10.1.4.24 contoso.sharepoint.com -tls1
	old_s_client 10.1.4.24 outlook.office365.com -tls1
}

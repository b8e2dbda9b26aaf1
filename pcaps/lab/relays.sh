# SPDX-License-Identifier: Apache-2.0
# relays: the stories of proxies that are not told where to: the office's own DNS leads to
# them, or the way does; mitmproxy and SOCKS.  Sourced by pcaps/lab/make.
# shellcheck shell=bash

# haproxy CONFIGURATION: started, with times set.
haproxy_with() {
	{
		printf '%s\n' 'defaults' 'timeout connect 5s' 'timeout client 20s' 'timeout server 20s'
		cat
	} > "$W/haproxy.cfg"
	OPENSSL_CONF=$W/old.cnf background in_ns "$P" haproxy -db -f "$W/haproxy.cfg"
}

# One frontend for each version of the PROXY header, a backend for each name.
story_haproxy_proxy_protocol() {
	world_routed
	haproxy_with <<-'H'
	mode tcp
	frontend v1
		bind 10.1.9.8:443
		tcp-request inspect-delay 3s
		tcp-request content accept if { req.ssl_hello_type 1 }
		use_backend entra if { req.ssl_sni login.microsoftonline.com }
		default_backend exchange
	frontend v2
		bind 10.1.9.9:443
		tcp-request inspect-delay 3s
		tcp-request content accept if { req.ssl_hello_type 1 }
		use_backend teams if { req.ssl_sni teams.microsoft.com }
		default_backend sharepoint
	backend exchange
		server s 10.9.1.20:443 send-proxy source 10.1.9.8
	backend entra
		server s 10.9.4.20:443 send-proxy source 10.1.9.8
	backend sharepoint
		server s 10.9.2.20:443 send-proxy-v2 source 10.1.9.9
	backend teams
		server s 10.9.3.20:443 send-proxy-v2 source 10.1.9.9
	H
	lead "$C" 10.1.9.8 outlook.office365.com login.microsoftonline.com
	lead "$C" 10.1.9.9 contoso.sharepoint.com teams.microsoft.com
	listening "$P" 10.1.9.9 443
	record
	curl_to 10.1.4.21 outlook.office365.com
	curl_to 10.1.4.21 contoso.sharepoint.com
	gnutls_to 10.1.4.22 login.microsoftonline.com
	gnutls_to 10.1.4.22 teams.microsoft.com
	old_s_client 10.1.4.24 outlook.office365.com -tls1
	old_s_client 10.1.4.24 contoso.sharepoint.com -tls1
}

# What goes to Microsoft is taken on the way and sent on with the client's own address.
transparent() {
	ip netns exec "$P" nft -f - <<-'N'
	table ip lab {
		chain way {
			type filter hook prerouting priority -150;
			meta l4proto tcp socket transparent 1 meta mark set 1 accept
			iifname "p0" tcp dport 443 tproxy to :3443 meta mark set 1 accept
		}
	}
	N
	ip -n "$P" rule add fwmark 1 lookup 100
	ip -n "$P" route add local 0.0.0.0/0 dev lo table 100
}

story_haproxy_tproxy() {
	world_routed
	transparent
	haproxy_with <<-'H'
	mode tcp
	listen way
		bind 0.0.0.0:3443 transparent
		server s 0.0.0.0 source 0.0.0.0 usesrc clientip
	H
	listening "$P" 0.0.0.0 3443
	record
	curl_to 10.1.4.21 outlook.office365.com
	gnutls_to 10.1.4.22 login.microsoftonline.com
	s_client 10.1.4.23 teams.microsoft.com -tls1_2
	old_s_client 10.1.4.24 contoso.sharepoint.com -tls1
	old_s_client 10.1.4.24 outlook.office365.com -tls1
}

story_haproxy_tproxy_tls10() {
	at outlook.office365.com 15
	world_routed
	transparent
	haproxy_with <<-H
	mode tcp
	listen way
		bind 0.0.0.0:3443 transparent ssl crt $W/device.both
		server s 0.0.0.0 source 0.0.0.0 usesrc clientip ssl verify none sni ssl_fc_sni \
			ssl-min-ver TLSv1.0 ssl-max-ver TLSv1.0 ciphers ALL:@SECLEVEL=0
	H
	listening "$P" 0.0.0.0 3443
	record
	curl_to 10.1.4.21 outlook.office365.com
	curl_to 10.1.4.21 contoso.sharepoint.com
	gnutls_to 10.1.4.22 login.microsoftonline.com
	gnutls_to 10.1.4.22 teams.microsoft.com
	s_client 10.1.4.23 outlook.office365.com -tls1_2
}

# together A B: two clients at the same moment.
together() {
	curl_to "10.1.4.$1" outlook.office365.com --interface "10.1.4.$1" & local first=$!
	curl_to "10.1.4.$2" outlook.office365.com --interface "10.1.4.$2"
	wait $first
}

# Many come, a few connections carry them all.
story_upstream_reuse() {
	at outlook.office365.com 15
	world_routed
	haproxy_with <<-H
	mode http
	listen pool
		bind 10.1.9.8:443 ssl crt $W/device.both
		http-reuse always
		server s 10.9.1.15:443 source 10.1.9.8 pool-max-conn 2 ssl verify none \
			sni str(outlook.office365.com) ssl-min-ver TLSv1.0 ssl-max-ver TLSv1.0 \
			ciphers ALL:@SECLEVEL=0
	H
	lead "$C" 10.1.9.8 outlook.office365.com
	listening "$P" 10.1.9.8 443
	record
	local two
	for two in '21 22' '23 24' '25 26' '21 23' '22 24'; do
		# shellcheck disable=SC2086
		together $two
	done
}

# nginx_stream LINES: in a stream block, with a server for each name.
nginx_stream() {
	{
		echo "load_module /usr/lib/nginx/modules/ngx_stream_module.so;"
		echo "daemon off; pid $W/stream.pid; error_log $W/stream.log; worker_processes 1;"
		echo 'events {} stream {'
		cat
		echo '}'
	} > "$W/stream.conf"
	OPENSSL_CONF=$W/old.cnf background in_ns "$P" nginx -c "$W/stream.conf"
}

story_nginx_stream() {
	world_routed
	nginx_stream <<-'N'
	map $ssl_preread_server_name $to {
		login.microsoftonline.com 10.9.4.20:443;
		teams.microsoft.com 10.9.3.20:443;
		default 10.9.1.20:443;
	}
	server { listen 10.1.9.8:443; ssl_preread on; proxy_pass $to; proxy_protocol on;
		proxy_bind 10.1.9.8; }
	N
	lead "$C" 10.1.9.8 outlook.office365.com login.microsoftonline.com teams.microsoft.com
	listening "$P" 10.1.9.8 443
	record
	curl_to 10.1.4.21 outlook.office365.com
	gnutls_to 10.1.4.22 login.microsoftonline.com
	s_client 10.1.4.23 teams.microsoft.com -tls1_2
	old_s_client 10.1.4.24 outlook.office365.com -tls1
}

# The way leads to a proxy that takes TLS apart and goes no higher than TLS 1.1.
story_redirect() {
	world_routed
	nginx_stream <<-N
	map \$ssl_server_name \$to {
		outlook.office365.com 10.9.1.10:443;
		login.microsoftonline.com 10.9.4.10:443;
		teams.microsoft.com 10.9.3.15:443;
		default 10.9.2.15:443;
	}
	server { listen 10.1.9.8:4433 ssl; ssl_certificate $W/device.pem;
		ssl_certificate_key $W/device.key; ssl_protocols TLSv1.2 TLSv1.3;
		proxy_pass \$to; proxy_bind 10.1.9.8; proxy_ssl on; proxy_ssl_server_name on;
		proxy_ssl_name \$ssl_server_name; proxy_ssl_protocols TLSv1 TLSv1.1;
		proxy_ssl_ciphers ALL:@SECLEVEL=0; proxy_ssl_session_reuse off; }
	N
	on_the_way 'type nat hook prerouting priority -100
		iifname "p0" tcp dport 443 dnat to 10.1.9.8:4433'
	listening "$P" 10.1.9.8 4433
	record
	curl_to 10.1.4.21 contoso.sharepoint.com
	gnutls_to 10.1.4.22 teams.microsoft.com
	gnutls_to 10.1.4.22 login.microsoftonline.com
	s_client 10.1.4.23 teams.microsoft.com -tls1_2
	curl_to 10.1.4.23 outlook.office365.com
}

# A server of its own for each name, and behind each a client.
story_stunnel_tls10() {
	at outlook.office365.com 15
	world_routed
	local n=0 name
	{
		printf '%s\n' 'foreground = yes' 'pid =' "cert = $W/device.pem" "key = $W/device.key"
		for name in outlook.office365.com contoso.sharepoint.com; do
			n=$((n + 1))
			printf '%s\n' "[in$n]" "accept = 10.1.9.$((7 + n)):443" \
				"connect = 127.0.0.1:800$n" "[out$n]" 'client = yes' \
				"accept = 127.0.0.1:800$n" "connect = 10.9.$n.15:443" "sni = $name" \
				'local = 10.1.9.8' 'sslVersion = TLSv1' 'ciphers = ALL:@SECLEVEL=0'
			lead "$C" "10.1.9.$((7 + n))" "$name"
		done
	} > "$W/stunnel.conf"
	OPENSSL_CONF=$W/old.cnf background in_ns "$P" stunnel4 "$W/stunnel.conf"
	listening "$P" 10.1.9.9 443
	record
	curl_to 10.1.4.21 outlook.office365.com
	curl_to 10.1.4.21 contoso.sharepoint.com
	gnutls_to 10.1.4.22 outlook.office365.com
	s_client 10.1.4.23 contoso.sharepoint.com -tls1_2
}

# mitm OPTION...: mitmproxy, and who uses it.
mitm() {
	mkdir -p "$W/mitm"
	cat "$W/proxy.key" "$W/proxy.crt" > "$W/mitm/mitmproxy-ca.pem"
	OPENSSL_CONF=$W/old.cnf background in_ns "$P" mitmdump -q --set "confdir=$W/mitm" \
		--listen-host 10.1.9.8 -p 8080 \
		--set "ssl_verify_upstream_trusted_ca=$W/root.crt" "$@"
	listening "$P" 10.1.9.8 8080
	record
}

story_mitmproxy() {
	world_routed
	mitm
	local PROXY=10.1.9.8:8080
	several_clients
	chromium_to 10.1.4.25 outlook.office365.com
}

# Debian's mitmproxy 8.1.1 takes the clients' option for the servers' side too.
story_mitmproxy_tls12() {
	world_routed
	mitm --set tls_version_client_max=TLS1_2
	PROXY=10.1.9.8:8080 several_clients
}

# Both sides go no higher than TLS 1.0, and the clients, who offer all there is, put up with it.
story_mitmproxy_tls10() {
	world_routed
	mitm --set tls_version_client_min=TLS1 --set tls_version_client_max=TLS1 \
		--set 'ciphers_client=ALL:@SECLEVEL=0' --set 'ciphers_server=ALL:@SECLEVEL=0'
	local PROXY=10.1.9.8:8080
	OPENSSL_CONF=$W/old.cnf curl_to 10.1.4.21 contoso.sharepoint.com
	OPENSSL_CONF=$W/old.cnf curl_to 10.1.4.22 teams.microsoft.com
	old_s_client 10.1.4.23 outlook.office365.com
	old_s_client 10.1.4.23 contoso.sharepoint.com
}

# microsocks wants a name and a password; Dante, at .9, asks for nothing.
story_socks5() {
	world_routed
	background in_ns "$P" microsocks -i 10.1.9.8 -p 1080 -b 10.1.9.8 -u lab -P hellotap
	printf '%s\n' 'internal: 10.1.9.9 port = 1080' 'external: 10.1.9.9' 'socksmethod: none' \
		'clientmethod: none' 'user.unprivileged: nobody' \
		'client pass { from: 10.1.0.0/16 to: 0.0.0.0/0 }' \
		'socks pass { from: 10.1.0.0/16 to: 0.0.0.0/0 }' > "$W/danted.conf"
	background in_ns "$P" danted -f "$W/danted.conf" -p "$W/danted.pid"
	listening "$P" 10.1.9.8 1080
	listening "$P" 10.1.9.9 1080
	record
	curl_to 10.1.4.21 outlook.office365.com -x socks5h://lab:hellotap@10.1.9.8:1080
	curl_to 10.1.4.22 contoso.sharepoint.com -x socks5h://lab:hellotap@10.1.9.8:1080 --tls-max 1.2
	OPENSSL_CONF=$W/old.cnf curl_to 10.1.4.24 contoso.sharepoint.com \
		-x socks5h://lab:hellotap@10.1.9.8:1080 --tls-max 1.0
	curl_to 10.1.4.23 login.microsoftonline.com -x socks5h://10.1.9.9:1080
	curl_to 10.1.4.23 outlook.office365.com -x socks5h://10.1.9.9:1080
}

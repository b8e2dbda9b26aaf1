# SPDX-License-Identifier: Apache-2.0
# versions: each client, and each server, at every version it speaks: one capture each, one
# connection after the other, oldest first, the defaults last.  Sourced by pcaps/make.
# shellcheck shell=bash

# built NAME LIBRARY...: NAME.c of this folder as a program in $W; once.
built() {
	local name=$1; shift
	[ -x "$W/$name" ] || cc -o "$W/$name" "$name.c" "$@" 2>>"$W/log"
}

ANY=10.9.1.15			# nginx, TLS 1.0 to 1.3, any suite

versions_openssl() {
	local v
	for v in -tls1 -tls1_1 -tls1_2 -tls1_3 ''; do old_s_client 10.1.5.1 $ANY $v; done
}
versions_gnutls() {
	local v
	for v in 1.0 1.1 1.2 1.3; do
		gnutls 10.1.5.2 $ANY --priority "'NORMAL:-VERS-ALL:+VERS-TLS$v:%PROFILE_VERY_WEAK'"
	done
	gnutls 10.1.5.2 $ANY
}
versions_nss() {
	local v
	for v in tls1.0 tls1.1 tls1.2 tls1.3; do nss 10.1.5.3 $ANY -V $v:$v; done
	nss 10.1.5.3 $ANY
}
versions_java() {
	local v
	for v in TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; do jsse 10.1.5.4 $ANY $v; done
	jsse 10.1.5.4 $ANY
}
versions_curl() {
	local v
	for v in 1.0 1.1 1.2 1.3; do
		OPENSSL_CONF=$W/old.cnf curl_to 10.1.5.5 $ANY --tlsv$v --tls-max $v
	done
	curl_to 10.1.5.5 $ANY
}
versions_node() {
	local v
	for v in TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; do
		as 10.1.5.6 node -e "require('tls').connect({port: 443, host: '$ANY',
			servername: '$(name_of $ANY)', rejectUnauthorized: false,
			ciphers: 'DEFAULT:@SECLEVEL=0', minVersion: '$v', maxVersion: '$v'},
			function () { this.write('$GET'); this.on('data', () => this.end()) })"
	done
	node_to 10.1.5.6 $ANY
}
versions_python() {
	local v
	for v in 1.0 1.1 1.2 1.3 ''; do as 10.1.5.7 python3 client.py $ANY "$(name_of $ANY)" $v; done
}
# knowing WHO ADDRESS COMMAND: for clients that cannot be told which address a name has.
knowing() {
	echo "$2 $(name_of "$2")" > "$W/hosts.client"
	as "$1" sh -c "mount --bind $W/hosts.client /etc/hosts && $3"
}
wget_to() {
	local who=$1 at=$2; shift 2
	knowing "$who" "$at" "wget -q -O /dev/null --no-check-certificate -t 1 $* \
		https://$(name_of "$at")/"
}
versions_wget() {
	local v
	for v in 1.0 1.1 1.2 1.3; do
		wget_to 10.1.5.8 $ANY "--ciphers='NORMAL:-VERS-ALL:+VERS-TLS$v:%PROFILE_VERY_WEAK'"
	done
	wget_to 10.1.5.8 $ANY
}
go_to() {
	local who=$1 at=$2; shift 2
	[ -x "$W/go_client" ] || GO111MODULE=off GOPROXY=off GOCACHE=$W/go \
		go build -o "$W/go_client" client.go 2>>"$W/log"
	as "$who" "$W/go_client" "$at:443" "$(name_of "$at")" "$@"
}
versions_go() {
	local v
	for v in 1.0 1.1 1.2 1.3 ''; do go_to 10.1.5.9 $ANY $v; done
}
versions_mbedtls() {
	local v
	built mbed_client -lmbedtls -lmbedx509 -lmbedcrypto
	for v in 1.0 1.1 1.2 ''; do
		as 10.1.5.10 "$W/mbed_client" $ANY 443 "$(name_of $ANY)" $v
	done
}
versions_wolfssl() {
	local v
	built wolf_client -lwolfssl
	for v in 1.1 1.2 1.3 ''; do
		as 10.1.5.11 "$W/wolf_client" $ANY 443 "$(name_of $ANY)" $v
	done
}
versions_chromium() {
	CHROMIUM='--ssl-version-max=tls1.2' chromium_to 10.1.5.12 $ANY
	chromium_to 10.1.5.12 $ANY
}

# Firefox with a new profile that takes the lab's CA.
firefox_to() {	# WHO ADDRESS MIN MAX, as NSS counts: 1 is TLS 1.0, 4 is TLS 1.3
	local p=$W/firefox-$3-$4; mkdir -p "$p"
	certutil -A -d "sql:$p" -n lab -t C,, -i "$W/ca.pem" --empty-password 2>>"$W/log"
	cat > "$p/user.js" <<-J
	user_pref("security.tls.version.min", $3);
	user_pref("security.tls.version.max", $4);
	user_pref("network.captive-portal-service.enabled", false);
	user_pref("network.connectivity-service.enabled", false);
	user_pref("app.update.enabled", false);
	user_pref("datareporting.policy.dataSubmissionEnabled", false);
	user_pref("toolkit.telemetry.enabled", false);
	user_pref("browser.safebrowsing.malware.enabled", false);
	user_pref("browser.safebrowsing.phishing.enabled", false);
	user_pref("browser.safebrowsing.provider.mozilla.updateURL", "");
	user_pref("services.settings.server", "data:,");
	user_pref("extensions.update.enabled", false);
	user_pref("browser.region.network.url", "");
	user_pref("network.http.speculative-parallel-limit", 0);
	user_pref("network.trr.mode", 5);
	user_pref("dom.push.connection.enabled", false);
	user_pref("extensions.systemAddon.update.enabled", false);
	user_pref("network.http.http3.enable", false);
	J
	knowing "$1" "$2" "HOME=$p MOZ_DISABLE_CONTENT_SANDBOX=1 timeout 25 firefox-esr --headless \
		--no-remote --profile $p --screenshot $p/x.png https://$(name_of "$2")/"
}
versions_firefox() {
	firefox_to 10.1.5.13 $ANY 1 1
	firefox_to 10.1.5.13 $ANY 2 2
	firefox_to 10.1.5.13 $ANY 3 3
	firefox_to 10.1.5.13 $ANY 3 4
}

# ---- servers: OpenSSL's client, oldest version first, then GnuTLS with its own defaults ------
server_versions() {	# WHO ADDRESS PORT [s_client option...]
	local who=$1 at=$2 port=$3 v; shift 3
	for v in -tls1 -tls1_1 -tls1_2 -tls1_3; do
		OPENSSL_CONF=$W/old.cnf as "$who" sh -c "(printf '${SAYS:-$GET}'; sleep 0.3) | \
			openssl s_client -connect $at:$port -servername $(name_of "$at") $v $*"
	done
}
servers_gnutls() { server_versions 10.1.6.1 10.9.1.31 5556; }
servers_apache() { server_versions 10.1.6.2 10.9.1.32 443; }
servers_stunnel() { server_versions 10.1.6.3 10.9.1.33 443; }
servers_openssl() { server_versions 10.1.6.4 10.9.1.34 443; }
servers_nginx() { server_versions 10.1.6.5 $ANY 443; }
servers_java() {
	local v
	jsse 10.1.6.6 10.9.1.39 SSLv3
	for v in TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; do jsse 10.1.6.6 10.9.1.39 $v; done
}
servers_postfix() {
	SAYS='QUIT\r\n' server_versions 10.1.6.7 10.9.1.35 587 -starttls smtp
	SAYS='QUIT\r\n' server_versions 10.1.6.7 10.9.1.35 25 -starttls smtp
}
servers_dovecot() {
	SAYS='a LOGOUT\r\n' server_versions 10.1.6.8 10.9.1.36 143 -starttls imap
	SAYS='QUIT\r\n' server_versions 10.1.6.8 10.9.1.36 110 -starttls pop3
	OPENSSL_CONF=$W/old.cnf as 10.1.6.8 sh -c "(sleep 0.2; printf 'a LOGOUT\r\n'; sleep 0.2) | \
		openssl s_client -connect 10.9.1.36:993 -servername outlook.office365.com -tls1"
	OPENSSL_CONF=$W/old.cnf as 10.1.6.8 sh -c "(sleep 0.2; printf 'QUIT\r\n'; sleep 0.2) | \
		openssl s_client -connect 10.9.1.36:995 -servername outlook.office365.com -tls1_2"
}
servers_postgres() {
	local v
	for v in TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; do
		OPENSSL_CONF=$W/old.cnf as 10.1.6.9 psql -c 'select 1' "host=www.example.org \
			hostaddr=10.9.5.37 user=postgres dbname=postgres sslmode=require \
			ssl_min_protocol_version=$v ssl_max_protocol_version=$v"
	done
	as 10.1.6.9 psql -c 'select 1' "host=www.example.org hostaddr=10.9.5.37 user=postgres \
		dbname=postgres sslmode=disable"
}

versions() {
	local who
	for who in openssl gnutls nss java curl node python wget go mbedtls wolfssl chromium \
		firefox; do
		tell versions-$who versions_$who
	done
	for who in gnutls apache stunnel openssl nginx java postfix dovecot postgres; do
		tell servers-$who servers_$who
	done
}

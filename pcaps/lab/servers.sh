# SPDX-License-Identifier: Apache-2.0
# servers: "Microsoft" of the lab.  Sourced by pcaps/lab/make.
#
# The last number of an address says what it does, the one before it which service it plays:
#
#	.10 TLS 1.2 and 1.3, as Microsoft 365 today     .15 TLS 1.0 to 1.3, as its *-legacy hosts
#	.20 as .10, behind a PROXY header               .11 TLS 1.0, without a sentinel (s_server)
# shellcheck shell=bash

NAMES='outlook.office365.com contoso.sharepoint.com teams.microsoft.com login.microsoftonline.com'

number_of() {
	case $1 in
	outlook.*) echo 1 ;; contoso.*) echo 2 ;; teams.*) echo 3 ;; login.*) echo 4 ;;
	esac
}

# at NAME LAST-NUMBER...: which of its servers a name leads to, in this story.
at() {
	while [ $# -gt 0 ]; do
		sed -i "/ $1\$/d" "$W/hosts"
		echo "10.9.$(number_of "$1").$2 $1" >> "$W/hosts"
		shift 2
	done
}

# Exchange and Entra refuse what is old; SharePoint and Teams take it, so that both are seen.
usual_hosts() {
	echo '127.0.0.1 localhost' > "$W/hosts"
	at outlook.office365.com 10 login.microsoftonline.com 10 \
		contoso.sharepoint.com 15 teams.microsoft.com 15
}

nginx_server() {	# LISTEN NAME PROTOCOLS CIPHERS
	echo "server { listen $1; ssl_certificate $W/$2.pem; ssl_certificate_key $W/$2.key;
		ssl_protocols $3; ssl_ciphers '$4'; location / { return 200 'ok'; } }"
}

servers() {
	local good='ECDHE+AESGCM:ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES128-SHA256' name n
	{
		echo "daemon off; pid $W/nginx.pid; error_log $W/nginx.log; worker_processes 1;"
		echo "events {} http { access_log off; ssl_ecdh_curve X25519:P-256:P-384;"
		for name in $NAMES; do
			n=10.9.$(number_of "$name")
			nginx_server "$n.10:443 ssl" "$name" 'TLSv1.2 TLSv1.3' "$good"
			nginx_server "[fd00:9:$(number_of "$name")::10]:443 ssl" "$name" \
				'TLSv1.2 TLSv1.3' "$good"
			nginx_server "$n.20:443 ssl proxy_protocol" "$name" 'TLSv1.2 TLSv1.3' "$good"
			nginx_server "$n.15:443 ssl" "$name" 'TLSv1 TLSv1.1 TLSv1.2 TLSv1.3' \
				'ALL:@SECLEVEL=0'
		done
		echo '}'
	} > "$W/nginx.conf"
	OPENSSL_CONF=$W/old.cnf background in_ns "$S" nginx -c "$W/nginx.conf"
	OPENSSL_CONF=$W/old.cnf background in_ns "$S" openssl s_server -accept 10.9.1.11:443 \
		-quiet -WWW -tls1 -cert_chain "$W/digicert.crt" \
		-cert "$W/outlook.office365.com.crt" -key "$W/outlook.office365.com.key"
	listening "$S" 10.9.4.15 443
	listening "$S" 10.9.1.11 443
}

# SPDX-License-Identifier: Apache-2.0
# clients: WHO NAME OPTION...  Sourced by pcaps/lab/make.
#
# PROXY, if set, is the address and port of the proxy they are told of.
# shellcheck shell=bash

GET='GET / HTTP/1.0\r\n\r\n'

curl_to() {
	local who=$1 name=$2; shift 2
	as "$who" curl -s -m 20 --cacert "$W/trust.pem" ${PROXY:+-x "http://$PROXY"} "$@" \
		"https://$name/"
}

# OpenSSL; old_s_client is allowed what is old, too.
s_client() {
	local who=$1 name=$2; shift 2
	as "$who" sh -c "printf '$GET' | openssl s_client -ign_eof -CAfile '$W/trust.pem' \
		${PROXY:+-proxy $PROXY} -connect $name:443 -servername $name $*"
}
old_s_client() { OPENSSL_CONF=$W/old.cnf s_client "$@"; }

wget_to() {	# GnuTLS
	local who=$1 name=$2; shift 2
	as "$who" env ${PROXY:+"https_proxy=http://$PROXY"} wget -q -O /dev/null -t 1 -T 20 \
		--ca-certificate="$W/trust.pem" "$@" "https://$name/"
}

gnutls_to() {
	local who=$1 name=$2; shift 2
	as "$who" sh -c "(printf '$GET'; sleep 0.3) | gnutls-cli --x509cafile='$W/trust.pem' \
		--logfile=/dev/null -p 443 $name $*"
}

# Its own profile, no calls home: only the one name resolves.
chromium_to() {
	local who=$1 name=$2 only; shift 2
	only=$(awk -v name="$name" '$2 == name { print "MAP", name, $1 }' "$W/hosts.$C")
	[ -z "${PROXY:-}" ] || only="EXCLUDE ${PROXY%:*}"
	rm -rf "$W/chromium"
	as "$who" chromium --headless=new --no-sandbox --disable-gpu --disable-quic \
		--disable-background-networking --disable-component-update --disable-sync \
		--user-data-dir="$W/chromium" --no-first-run --ignore-certificate-errors \
		${PROXY:+"--proxy-server=http://$PROXY"} "$@" \
		--host-resolver-rules="$only, MAP * ~NOTFOUND" --dump-dom "https://$name/"
}

# firefox_to WHO NAME SECONDS [PREFERENCE VALUE]...: a new profile that takes the lab's CA.
firefox_to() {
	local who=$1 name=$2 seconds=$3 profile; shift 3
	profile=$(mktemp -d "$W/firefox.XXXX")
	certutil -A -d "sql:$profile" -n lab -t C,, -i "$W/root.crt" --empty-password 2>>"$W/log"
	{
		printf 'user_pref("%s", %s);\n' network.captive-portal-service.enabled false \
			network.connectivity-service.enabled false app.update.enabled false \
			datareporting.policy.dataSubmissionEnabled false \
			toolkit.telemetry.enabled false network.http.speculative-parallel-limit 0 \
			network.trr.mode 5 dom.push.connection.enabled false \
			network.http.http3.enable false browser.region.network.url '""' "$@"
	} > "$profile/user.js"
	as "$who" env HOME="$profile" MOZ_DISABLE_CONTENT_SANDBOX=1 timeout "$seconds" firefox-esr \
		--headless --no-remote --profile "$profile" --screenshot "$profile/x.png" \
		"https://$name/"
}

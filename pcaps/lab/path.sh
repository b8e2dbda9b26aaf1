# SPDX-License-Identifier: Apache-2.0
# path: the stories of devices between client and Microsoft.  Sourced by pcaps/lab/make.
# shellcheck shell=bash

# As browsers did until 2015: what fails with everything, is tried with less.
dance() {	# WHO NAME OPTION...: of the second try
	local who=$1 name=$2; shift 2
	s_client "$who" "$name"
	sleep 0.2
	old_s_client "$who" "$name" "$@"
}

# RFC 7507's mark on the second try tells the server that it need not be: alert 86.
story_path_reset() {
	world_bridged reset
	record
	dance 10.1.4.21 contoso.sharepoint.com -tls1
	sleep 1
	dance 10.1.4.21 contoso.sharepoint.com -tls1
	dance 10.1.4.22 teams.microsoft.com -tls1_1
	dance 10.1.4.23 contoso.sharepoint.com -tls1 -fallback_scsv
}

# A post-quantum hello needs two segments: its first does not come through, as often as it is
# sent.  Smaller hellos do: the same browser's without that key share, and other programs'.
story_path_drop_large() {
	world_bridged drop-large
	record
	firefox_to 10.1.4.21 outlook.office365.com 10
	firefox_to 10.1.4.21 outlook.office365.com 12 security.tls.enable_kyber false
	LIMIT=8 chromium_to 10.1.4.22 login.microsoftonline.com
	curl_to 10.1.4.22 login.microsoftonline.com
	curl_to 10.1.4.21 outlook.office365.com
}

# Every version that is offered becomes TLS 1.0 on the way.
story_path_rewrite() {
	world_bridged rewrite
	record
	s_client 10.1.4.21 contoso.sharepoint.com
	curl_to 10.1.4.21 teams.microsoft.com
	s_client 10.1.4.22 contoso.sharepoint.com -tls1_2
	gnutls_to 10.1.4.23 teams.microsoft.com --priority "'NORMAL:-VERS-ALL:+VERS-TLS1.2'"
	curl_to 10.1.4.23 outlook.office365.com
}

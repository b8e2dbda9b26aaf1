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

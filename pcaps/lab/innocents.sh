# SPDX-License-Identifier: Apache-2.0
# innocents: what looks like a proxy's or a device's doing, and is not.  Sourced by
# pcaps/lab/make.
# shellcheck shell=bash

client() { as "$1" python3 client.py "$2" "$3"; }

# Two connections at once, by IPv6 and IPv4; the slower is torn down, before or after its hello.
story_happy_eyeballs() {
	world_bridged pass
	echo 'fd00:9:1::10 outlook.office365.com' >> "$W/hosts.$C"
	echo 'fd00:9:4::10 login.microsoftonline.com' >> "$W/hosts.$C"
	record
	curl_to 10.1.4.21 outlook.office365.com --happy-eyeballs-timeout-ms 1
	client 10.1.4.21 race outlook.office365.com
	client 10.1.4.21 race login.microsoftonline.com
	curl_to 10.1.4.21 login.microsoftonline.com --happy-eyeballs-timeout-ms 1
}

# Reloads end TLS 1.3 handshakes that the next one does again at once; another program of the
# same host has never heard of more than TLS 1.0.
story_impatient_user() {
	world_bridged pass
	record
	for _ in 1 2 3; do
		client 10.1.4.21 abort contoso.sharepoint.com
		curl_to 10.1.4.21 contoso.sharepoint.com
		sleep 0.5
	done
	client 10.1.4.21 abort contoso.sharepoint.com
	old_s_client 10.1.4.21 contoso.sharepoint.com -tls1
	curl_to 10.1.4.21 contoso.sharepoint.com
	old_s_client 10.1.4.21 contoso.sharepoint.com -tls1
}

# A hello is lost as often as it is sent; the next connection offers the same and works.
story_transient_loss() {
	world_bridged lose --name outlook.office365.com
	record
	curl_to 10.1.4.21 outlook.office365.com -m 6
	curl_to 10.1.4.21 outlook.office365.com
	s_client 10.1.4.22 login.microsoftonline.com
	curl_to 10.1.4.21 outlook.office365.com
}

# A scanner asks for every version alone, the highest first, whatever came of the last.
story_scanner() {
	world_bridged pass
	record
	local name version
	for name in outlook.office365.com contoso.sharepoint.com; do
		for version in -tls1_3 -tls1_2 -tls1_1 -tls1; do
			old_s_client 10.1.4.21 $name $version
		done
	done
}

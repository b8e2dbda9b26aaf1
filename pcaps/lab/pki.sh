# SPDX-License-Identifier: Apache-2.0
# pki: the two authorities of the lab.  Sourced by pcaps/lab/make.
#
# Microsoft's certificates come from issuers with the names that Microsoft's own have (made up
# here, of course: their root is nobody's); the proxies' from a private one, as in an office.
# shellcheck shell=bash

authority() {	# FILE SUBJECT [ISSUER-FILE]
	openssl req -newkey rsa:2048 -nodes -keyout "$W/$1.key" -out "$W/req" -subj "$2" 2>>"$W/log"
	sign "$1" "${3:-$1}" 'basicConstraints=critical,CA:true
keyUsage=critical,keyCertSign,cRLSign,digitalSignature'
}

# Valid on the morning the captures are moved to, and today.
sign() {	# FILE ISSUER-FILE EXTENSIONS
	local by=(-cert "$W/$2.crt")
	[ "$1" != "$2" ] || by=(-selfsign)
	openssl ca -batch -config "$W/ca.cnf" -in "$W/req" -out "$W/$1.crt" -notext \
		"${by[@]}" -keyfile "$W/$2.key" -rand_serial \
		-startdate 20250901000000Z -enddate 20290901000000Z \
		-extfile <(printf '%s\n' "$3") 2>>"$W/log"
}

leaf() {	# FILE COMMON-NAME ISSUER-FILE ALTERNATIVE-NAMES
	openssl req -newkey rsa:2048 -nodes -keyout "$W/$1.key" -out "$W/req" -subj "$2" 2>>"$W/log"
	sign "$1" "$3" "subjectAltName=$4"
	cat "$W/$1.crt" "$W/$3.crt" > "$W/$1.pem"
	chmod 644 "$W/$1.key"
}

certificates() {
	local microsoft='/C=US/ST=WA/L=Redmond/O=Microsoft Corporation'
	cat > "$W/ca.cnf" <<-C
	[ca]
	default_ca = lab
	[lab]
	database = $W/ca.txt
	serial = $W/ca.srl
	new_certs_dir = $W
	default_md = sha256
	unique_subject = no
	policy = any
	[any]
	countryName = optional
	stateOrProvinceName = optional
	localityName = optional
	organizationName = optional
	commonName = supplied
	C
	: > "$W/ca.txt"
	authority root '/C=US/O=DigiCert Inc/CN=DigiCert Global Root G2'
	authority digicert '/C=US/O=DigiCert Inc/CN=DigiCert Cloud Services CA-1' root
	authority azure '/C=US/O=Microsoft Corporation/CN=Microsoft Azure RSA TLS Issuing CA 03' root
	authority proxy '/O=Contoso/CN=Contoso Proxy CA'
	leaf outlook.office365.com "$microsoft/CN=outlook.com" digicert \
		'DNS:outlook.office365.com,DNS:*.office365.com,DNS:outlook.office.com'
	leaf login.microsoftonline.com "$microsoft/CN=stamp2.login.microsoftonline.com" digicert \
		'DNS:login.microsoftonline.com,DNS:login.windows.net'
	leaf contoso.sharepoint.com "$microsoft/CN=*.sharepoint.com" azure 'DNS:*.sharepoint.com'
	leaf teams.microsoft.com "$microsoft/CN=teams.microsoft.com" azure 'DNS:teams.microsoft.com'
	leaf device '/O=Contoso/CN=egress.contoso.example' proxy \
		"$(printf 'DNS:%s,' outlook.office365.com teams.microsoft.com \
			login.microsoftonline.com)DNS:*.sharepoint.com"
	cat "$W/root.crt" "$W/proxy.crt" > "$W/trust.pem"
	cat "$W/device.pem" "$W/device.key" > "$W/device.both"
	cat "$W/proxy.crt" "$W/proxy.key" > "$W/proxy.both"
	chmod 644 "$W"/*.both "$W/proxy.key"
}

# OpenSSL as it was: any suite, TLS 1.0 and above.
old_openssl() {
	cat > "$W/old.cnf" <<-'C'
	openssl_conf = d
	[d]
	ssl_conf = s
	[s]
	system_default = t
	[t]
	MinProtocol = TLSv1
	CipherString = ALL:@SECLEVEL=0
	C
}

# SPDX-License-Identifier: Apache-2.0
# servers: the servers of other makers.  Sourced by pcaps/make; the first part is in lab.sh.
#
#	.31 gnutls-serv, port 5556   .32 Apache   .33 stunnel   .34 openssl s_server
#	.35 postfix, ports 25, 587   .36 dovecot, ports 110, 143, 993, 995   .39 Java
#	.37 (10.9.5) PostgreSQL      .38 (10.9.5) X.224 and HTTP before TLS (upgrade.py)
#	.40 nginx with TCP fast open .41 fatal unrecognized_name   .42 the same as a warning
#	.60 and above: odd.py, one story each
#
# Every one speaks TLS 1.0 to 1.3.  gnutls-serv listens on all addresses: hence its port.
# shellcheck shell=bash

old() { OPENSSL_CONF=$W/old.cnf background in_s "$@"; }

lab_apache() {
	local at=/usr/lib/apache2/modules n
	{
		for n in mpm_event authz_core ssl socache_shmcb; do
			echo "LoadModule ${n}_module $at/mod_$n.so"
		done
		cat <<-A
		ServerRoot $W
		ServerName outlook.office365.com
		PidFile $W/apache.pid
		ErrorLog $W/apache.log
		User www-data
		Group www-data
		Listen 10.9.1.32:443
		SSLEngine on
		SSLProtocol all
		SSLCipherSuite ALL:@SECLEVEL=0
		SSLCertificateFile $W/outlook.office365.com.pem
		SSLCertificateKeyFile $W/outlook.office365.com.key
		A
	} > "$W/apache.conf"
	old apache2 -f "$W/apache.conf" -DFOREGROUND
}

lab_stunnel() {
	cat > "$W/stunnel.conf" <<-S
	foreground = yes
	pid =
	sslVersionMin = TLSv1
	ciphers = ALL:@SECLEVEL=0
	[lab]
	accept = 10.9.1.33:443
	connect = 10.9.5.80:80
	cert = $W/outlook.office365.com.pem
	key = $W/outlook.office365.com.key
	S
	old stunnel4 "$W/stunnel.conf"
}

lab_postfix() {
	local p=$W/postfix n
	mkdir "$p" "$p/queue" "$p/data"
	chown postfix "$p/data"
	cat > "$p/main.cf" <<-P
	compatibility_level = 3.6
	queue_directory = $p/queue
	data_directory = $p/data
	maillog_file = $p/queue/log
	maillog_file_prefixes = $W
	inet_interfaces = all
	inet_protocols = ipv4
	myhostname = smtp.office365.com
	mydestination =
	smtpd_tls_security_level = may
	smtpd_tls_cert_file = $W/smtp.office365.com.pem
	smtpd_tls_key_file = $W/smtp.office365.com.key
	smtpd_tls_protocols = >=TLSv1
	smtpd_tls_ciphers = low
	tls_low_cipherlist = ALL:@SECLEVEL=0
	smtputf8_enable = no
	P
	for n in 25 587; do echo "10.9.1.35:$n inet n - n - - smtpd"; done > "$p/master.cf"
	cat >> "$p/master.cf" <<-P
	postlog unix-dgram n - n - 1 postlogd
	cleanup unix n - n - 0 cleanup
	rewrite unix - - n - - trivial-rewrite
	anvil unix - - n - 1 anvil
	proxymap unix - - n - - proxymap
	tlsmgr unix - - n 1000? 1 tlsmgr
	P
	old postfix -c "$p" start-fg
}

lab_dovecot() {
	cat > "$W/dovecot.conf" <<-D
	base_dir = $W/dovecot
	state_dir = $W/dovecot
	instance_name = hellotap-lab
	log_path = $W/dovecot.log
	protocols = imap pop3
	listen = 10.9.1.36
	ssl = yes
	ssl_cert = <$W/outlook.office365.com.pem
	ssl_key = <$W/outlook.office365.com.key
	ssl_min_protocol = TLSv1
	ssl_cipher_list = ALL:@SECLEVEL=0
	passdb {
	  driver = static
	  args = password=x
	}
	D
	old dovecot -F -c "$W/dovecot.conf"
}

lab_postgres() {
	local p=$W/postgres is='setpriv --reuid=postgres --regid=postgres --clear-groups'
	mkdir "$p"
	cp "$W/www.example.org.pem" "$W/www.example.org.key" "$p"
	chmod 600 "$p"/*.key
	chown -R postgres "$p"
	env -C / $is initdb -D "$p/db" -A trust >>"$W/log" 2>&1
	cat >> "$p/db/postgresql.conf" <<-P
	listen_addresses = '10.9.5.37'
	unix_socket_directories = ''
	ssl = on
	ssl_cert_file = '$p/www.example.org.pem'
	ssl_key_file = '$p/www.example.org.key'
	ssl_ciphers = 'ALL:@SECLEVEL=0'
	ssl_min_protocol_version = 'TLSv1'
	P
	echo 'host all all 10.1.0.0/16 trust' >> "$p/db/pg_hba.conf"
	old env -C / $is postgres -D "$p/db"
}

# Knows its other name: a client that asks for a third one is told (RFC 6066 section 3).
named_server() {	# LAST-NUMBER OPTION...
	s_server "$@" -servername outlook.office365.com -tls1_2 \
		-cert2 "$W/outlook.office365.com.pem" -key2 "$W/outlook.office365.com.key"
}

lab_more_servers() {
	local own="$W/outlook.office365.com"
	chmod 711 "$W"
	background in_s gnutls-serv -p 5556 --http -q --x509certfile "$own.pem" \
		--x509keyfile "$own.key" \
		--priority 'NORMAL:+VERS-TLS1.0:+VERS-TLS1.1:%PROFILE_VERY_WEAK'
	lab_apache
	lab_stunnel
	lab_postfix
	lab_dovecot
	lab_postgres
	s_server 34 -cipher 'ALL:@SECLEVEL=0'
	background in_s java Jsse.java server 10.9.1.39 443 "$W/java.p12" \
		SSLv2Hello,SSLv3,TLSv1,TLSv1.1,TLSv1.2,TLSv1.3
	named_server 41 -servername_fatal
	named_server 42
	background in_s python3 upgrade.py serve 10.9.5.38 "$W/www.example.org.pem" \
		"$W/www.example.org.key"
	background in_s python3 odd.py serve
	sleep 3
}

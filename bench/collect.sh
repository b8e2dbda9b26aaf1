#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Record real TLS handshakes of several client libraries against openssl
# s_server, on the loopback of a private network namespace.  Writes
# handshakes.pcap (input of mktemplates.py).  Nothing leaves the namespace.
# Needs root, openssl, tcpdump, gnutls-cli, go, tstclnt (libnss3-tools), curl, node.
set -u
cd "$(dirname "$0")"
NS=pgen$$
W=$(mktemp -d)
cleanup() { [ -n "${TD:-}" ] && kill "$TD" 2>/dev/null; for p in ${SRV:-}; do kill "$p" 2>/dev/null; done
            ip netns del $NS; rm -rf "$W"; }
trap cleanup EXIT
ip netns add $NS && ip -n $NS link set lo up
N="ip netns exec $NS"

# RSA chain root > intermediate > leaf with many names, about the size of a big
# provider's chain; plus a minimal ECDSA leaf.
cat > $W/ossl.cnf <<'C'
openssl_conf = d
[d]
ssl_conf = s
[s]
system_default = t
[t]
MinProtocol = TLSv1
CipherString = ALL:@SECLEVEL=0
C
SAN=$(for i in $(seq 1 48); do printf 'DNS:host%02d.cloud.example.net,' $i; done)DNS:outlook.example.com
openssl req -x509 -newkey rsa:2048 -nodes -keyout $W/r.k -out $W/r.c -days 3650 -subj "/C=US/O=Example Trust/CN=Example Root G2" 2>/dev/null
openssl req -newkey rsa:2048 -nodes -keyout $W/i.k -out $W/i.r -subj "/C=US/O=Example Trust/CN=Example Cloud Services CA-1" 2>/dev/null
openssl x509 -req -in $W/i.r -CA $W/r.c -CAkey $W/r.k -CAcreateserial -days 3650 -out $W/i.c -extfile <(printf 'basicConstraints=CA:TRUE,pathlen:0\nkeyUsage=keyCertSign,cRLSign\ncrlDistributionPoints=URI:http://crl.example.net/root.crl\nauthorityInfoAccess=OCSP;URI:http://ocsp.example.net') 2>/dev/null
openssl req -newkey rsa:2048 -nodes -keyout $W/l.k -out $W/l.r -subj "/C=US/ST=Washington/L=Redmond/O=Example Corporation/CN=outlook.example.com" 2>/dev/null
openssl x509 -req -in $W/l.r -CA $W/i.c -CAkey $W/i.k -CAcreateserial -days 365 -out $W/l.c -extfile <(printf "subjectAltName=$SAN\nkeyUsage=digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth,clientAuth\ncrlDistributionPoints=URI:http://crl.example.net/ca1.crl\nauthorityInfoAccess=OCSP;URI:http://ocsp.example.net") 2>/dev/null
openssl ecparam -name prime256v1 -genkey -noout -out $W/e.k
openssl req -x509 -key $W/e.k -out $W/e.c -days 3650 -subj "/CN=o" 2>/dev/null

$N tcpdump -i lo -w handshakes.pcap -s 0 -U tcp 2>/dev/null & TD=$!
sleep 1
srv() { port=$1; shift; OPENSSL_CONF=$W/ossl.cnf $N openssl s_server -accept $port -quiet -www "$@" >/dev/null 2>&1 & SRV="${SRV:-} $!"; }
RSA="-cert $W/l.c -key $W/l.k -cert_chain $W/i.c"
EC="-cert $W/e.c -key $W/e.k"
srv 4410 $RSA -tls1   -cipher 'AES128-SHA:@SECLEVEL=0'
srv 4411 $RSA -tls1   -cipher 'ECDHE-RSA-AES256-SHA:@SECLEVEL=0'
srv 4412 $RSA -tls1_1 -cipher 'ECDHE-RSA-AES256-SHA:@SECLEVEL=0'
srv 4413 $RSA -tls1_2 -cipher 'ECDHE-RSA-AES256-GCM-SHA384'
srv 4414 $RSA -tls1_3
srv 4420 $EC  -tls1   -cipher 'ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0'
srv 4423 $EC  -tls1_2 -cipher 'ECDHE-ECDSA-AES256-GCM-SHA384'
srv 4424 $EC  -tls1_3
sleep 1
export OPENSSL_CONF=$W/ossl.cnf
H=outlook.office365.com
oc() { port=$1; shift; echo Q | timeout 5 $N openssl s_client -connect 127.0.0.1:$port -servername $H "$@" >/dev/null 2>&1; sleep 0.2; }
# openssl clients; the client's port tells nothing, the order in the capture names them (mktemplates.py)
oc 4410 -tls1; oc 4411 -tls1; oc 4412 -tls1_1; oc 4413 -tls1_2; oc 4414; oc 4414 -tls1_3
oc 4420 -tls1; oc 4423 -tls1_2; oc 4424
oc 4413 -tls1_2 -alpn h2,http/1.1; oc 4414 -alpn h2,http/1.1
# GnuTLS
g() { port=$1; shift; echo | timeout 5 $N gnutls-cli --insecure --sni-hostname=$H -p $port 127.0.0.1 "$@" >/dev/null 2>&1; sleep 0.2; }
g 4414; g 4413 --priority 'NORMAL:-VERS-ALL:+VERS-TLS1.2'; g 4411 --priority 'LEGACY:-VERS-ALL:+VERS-TLS1.0:%ALLOW_SMALL_RECORDS'
# NSS
n() { port=$1; shift; echo | timeout 5 $N tstclnt -h 127.0.0.1 -p $port -a $H -o -D "$@" >/dev/null 2>&1; sleep 0.2; }
n 4414; n 4413 -V tls1.2:tls1.2; n 4411 -V tls1.0:tls1.0
# curl, node
timeout 5 $N curl -sk --connect-to $H:443:127.0.0.1:4414 https://$H/ >/dev/null 2>&1
timeout 5 $N curl -sk --tls-max 1.2 --connect-to $H:443:127.0.0.1:4413 https://$H/ >/dev/null 2>&1
timeout 5 $N node -e "require('tls').connect({port:4414,host:'127.0.0.1',servername:'$H',rejectUnauthorized:false},function(){this.end()})" >/dev/null 2>&1
# Go
mkdir -p $W/go && cat > $W/go/m.go <<'G'
package main
import ("crypto/tls";"os")
func main(){ v:=map[string]uint16{"10":tls.VersionTLS10,"12":tls.VersionTLS12,"13":tls.VersionTLS13}[os.Args[2]]
 c,e:=tls.Dial("tcp","127.0.0.1:"+os.Args[1],&tls.Config{InsecureSkipVerify:true,ServerName:"outlook.office365.com",MinVersion:tls.VersionTLS10,MaxVersion:v}); if e==nil {c.Close()} }
G
(cd $W/go && HOME=$W GO111MODULE=off GOFLAGS= go build -o m m.go)
for a in "4414 13" "4413 12" "4411 10"; do timeout 5 $N $W/go/m $a; sleep 0.2; done
sleep 1
kill $TD; wait $TD 2>/dev/null; TD=
ls -l handshakes.pcap

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""upgrade: protocols that begin in the clear and become TLS on the same connection.

    upgrade.py serve ADDRESS CERT KEY      at ports 3389 (RDP) and 8080 (HTTP)
    upgrade.py ask HOW ADDRESS NAME [1.0]  HOW is one of HELLOS; at most TLS 1.0 if asked for

rdp: X.224 negotiation ([MS-RDPBCGR] 2.2.1.1 and 2.2.1.2), PROTOCOL_HYBRID chosen.
upgrade: HTTP's Upgrade: TLS/1.2 answered with 101 (RFC 2817).  get: an ordinary GET, its answer
of 200, and then a ClientHello all the same.
"""
import socket
import ssl
import sys
import threading

COOKIE = b"Cookie: mstshash=lab\r\n"
HELLOS = {                      # port, what is asked, what is answered
    "rdp": (3389, b"\x03\0\0\x29\x24\xe0\0\0\0\0\0" + COOKIE + b"\x01\0\x08\0\x03\0\0\0",
            b"\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x02\x1f\x08\0\x02\0\0\0"),
    "upgrade": (8080, b"OPTIONS * HTTP/1.1\r\nHost: www.example.org\r\nUpgrade: TLS/1.2\r\n"
                b"Connection: Upgrade\r\n\r\n",
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: TLS/1.2, HTTP/1.1\r\n"
                b"Connection: Upgrade\r\n\r\n"),
    "get": (8080, b"GET /ok.txt HTTP/1.1\r\nHost: www.example.org\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n"),
}


def tls(server, old=False):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    if not server:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if old:
        context.maximum_version = ssl.TLSVersion.TLSv1
    return context


def serve(address, port, context):
    listener = socket.create_server((address, port))
    while True:
        c, _ = listener.accept()
        asked = c.recv(4096)
        c.sendall(next(a for _, q, a in HELLOS.values() if q == asked))
        try:
            t = context.wrap_socket(c, server_side=True)
            t.sendall(t.recv(4096))
            t.close()
        except OSError:
            c.close()


def ask(how, address, name, old=None):
    port, question, answer = HELLOS[how]
    c = socket.create_connection((address, port), timeout=3)
    c.sendall(question)
    while answer:
        answer = answer[len(c.recv(len(answer))):]
    t = tls(False, bool(old)).wrap_socket(c, server_hostname=name)
    t.sendall(b"hello, hello")
    t.recv(4096)
    t.close()


def main():
    if sys.argv[1] == "ask":
        return ask(*sys.argv[2:])
    context = tls(True)
    context.load_cert_chain(sys.argv[3], sys.argv[4])
    for port in {p for p, _, _ in HELLOS.values()}:
        threading.Thread(target=serve, args=(sys.argv[2], port, context)).start()


if __name__ == "__main__":
    main()

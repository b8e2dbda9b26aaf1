#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""client: what users and browsers do to connections, and ordinary programs do not.

    client.py abort NAME    sends its ClientHello and ends the connection before the answer
    client.py race NAME     shakes hands by IPv6 and IPv4 at once; ends the slower one
"""
import select
import socket
import ssl
import sys


def start(name, family):
    """A connection of that family whose ClientHello is on its way."""
    where = socket.getaddrinfo(name, 443, family, socket.SOCK_STREAM)[0][4]
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    s = socket.create_connection(where[:2])
    s.setblocking(False)
    s = context.wrap_socket(s, server_hostname=name, do_handshake_on_connect=False)
    return s if not done(s) else None


def done(s):
    """One more step of the handshake."""
    try:
        s.do_handshake()
        return True
    except ssl.SSLWantReadError:
        return False


def race(name):
    runners = [start(name, family) for family in (socket.AF_INET6, socket.AF_INET)]
    while True:
        for s in select.select(runners, [], [])[0]:
            if not done(s):
                continue
            for other in runners:
                if other is not s:
                    other.close()
            s.setblocking(True)
            s.sendall(b"GET / HTTP/1.0\r\n\r\n")
            while s.recv(4096):
                pass
            s.close()
            return


def main():
    does, name = sys.argv[1:]
    if does == "race":
        race(name)
    else:
        start(name, socket.AF_INET).close()


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""peer: the small ends of the lab for which no ordinary program is at hand.

    peer.py silent|close|reset ADDRESS PORT    a server that takes the ClientHello and then
                                               says nothing, ends, or resets
    peer.py smtp ADDRESS PORT CERT KEY [refuse]  mail submission with STARTTLS (RFC 3207)
    peer.py dns ADDRESS                        answers every A query (table NAMES)
    peer.py dig SERVER NAME                    asks for one A record
    peer.py ping ADDRESS                       one ICMP echo
"""
import socket
import ssl
import struct
import sys
import threading
import time

NAMES = {"outlook.office365.com": "52.97.201.10", "contoso.sharepoint.com": "13.107.136.10",
         "teams.microsoft.com": "52.113.194.10", "login.microsoftonline.com": "20.190.160.10",
         "smtp.office365.com": "52.97.201.20"}


def listen(address, port, serve):
    """One thread a connection, for ever."""
    s = socket.create_server((address, int(port)))
    while True:
        connection, _ = s.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


def silent(c):
    c.recv(4096)
    time.sleep(60)


def close(c):
    c.recv(4096)
    c.close()


def reset(c):
    """SO_LINGER 0: close() sends RST (socket(7))."""
    c.recv(4096)
    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    c.close()


def smtp(cert, key, refuse):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    context.set_ciphers("ECDHE+AESGCM")
    context.minimum_version = ssl.TLSVersion.TLSv1_2

    def serve(c):
        c.sendall(b"220 AM0PR01CA0001.outlook.office365.com Microsoft ESMTP MAIL Service ready\r\n")
        while True:
            line = c.recv(4096).upper()
            if line.startswith(b"EHLO"):
                c.sendall(b"250-AM0PR01CA0001.outlook.office365.com Hello [" +
                          c.getpeername()[0].encode() + b"]\r\n"
                          b"250-SIZE 157286400\r\n250-STARTTLS\r\n250 SMTPUTF8\r\n")
            elif line.startswith(b"STARTTLS") and refuse:
                c.sendall(b"454 4.7.0 TLS not available due to temporary reason\r\n")
            elif line.startswith(b"STARTTLS"):
                c.sendall(b"220 2.0.0 SMTP server ready\r\n")
                try:
                    c = context.wrap_socket(c, server_side=True)
                except (ssl.SSLError, OSError):
                    return
            elif line.startswith(b"QUIT"):
                c.sendall(b"221 2.0.0 Service closing transmission channel\r\n")
                return c.close()
            elif not line:
                return c.close()
            else:
                c.sendall(b"250 2.1.0 OK\r\n")
    return serve


def question(name):
    labels = b"".join(bytes([len(n)]) + n.encode() for n in name.split(".")) + b"\0"
    return struct.pack(">HHHHHH", 0x2A2A, 0x0100, 1, 0, 0, 0) + labels + b"\0\x01\0\x01"


def dns(address):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((address, 53))
    while True:
        asked, who = s.recvfrom(512)
        answer = NAMES.get(next((n for n in NAMES if question(n)[12:] == asked[12:]), ""))
        body = asked[:2] + struct.pack(">HHHHH", 0x8180 if answer else 0x8183, 1,
                                       1 if answer else 0, 0, 0) + asked[12:]
        if answer:
            body += b"\xc0\x0c\0\x01\0\x01\0\0\x01\x2c\0\x04" + socket.inet_aton(answer)
        s.sendto(body, who)


def dig(server, name):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(2)
    s.sendto(question(name), (server, 53))
    s.recv(512)


def ping(address):
    """RFC 792; the kernel of the other end answers."""
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    data = struct.pack(">BBHHH", 8, 0, 0, 7, 1) + b"abcdefghijklmnopqrstuvwabcdefghi"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    s.sendto(data[:2] + struct.pack(">H", ~total & 0xFFFF) + data[4:], (address, 0))
    s.settimeout(2)
    s.recv(512)


def main():
    what, args = sys.argv[1], sys.argv[2:]
    if what in ("silent", "close", "reset"):
        listen(args[0], args[1], globals()[what])
    elif what == "smtp":
        listen(args[0], args[1], smtp(args[2], args[3], len(args) > 4))
    else:
        {"dns": dns, "dig": dig, "ping": ping}[what](*args)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""odd: handshakes that no program at hand makes, byte for byte, over real connections.

    odd.py serve                 one server a story, at 10.9.1.60 and above, port 443
    odd.py ask NAME [ADDRESS [PORT]]    the client of that story; of another server if named

A story is what the client sends first, what the server answers, and what the client sends
then: lists of pieces, each a segment of its own.  What would be encrypted is random bytes.
"""
import os
import socket
import struct
import sys
import threading
import time

NAME = "outlook.office365.com"
SUITES = [0xC02F, 0xC030, 0xC013, 0xC014, 0x002F, 0x0035]
MODERN = [0x1301, 0x1302] + SUITES
CCS = b"\x14\x03\x03\0\x01\x01"


def vec(size, data):
    return len(data).to_bytes(size, "big") + data


def codes(*values):
    return b"".join(struct.pack(">H", v) for v in values)


def extension(kind, data):
    return codes(kind) + vec(2, data)


def record(data, version=0x0303, kind=22):
    return bytes([kind]) + codes(version) + vec(2, data)


def sealed(n, kind=23):
    return record(os.urandom(n), 0x0303, kind)


def client_hello(versions=(), suites=MODERN, legacy=0x0303, extensions=True):
    """A ClientHello message.  versions: those of supported_versions, absent if there is none."""
    block = b""
    if extensions:
        block = extension(0, vec(2, b"\0" + vec(2, NAME.encode())))
        block += extension(10, vec(2, codes(0x001D, 0x0017))) + extension(11, b"\x01\0")
        block += extension(13, vec(2, codes(0x0403, 0x0804, 0x0401, 0x0201)))
        if versions:
            block += extension(43, vec(1, codes(*versions)))
            block += extension(51, vec(2, codes(0x001D) + vec(2, os.urandom(32))))
        block = vec(2, block)
    body = codes(legacy) + os.urandom(32) + vec(1, os.urandom(32)) + vec(2, codes(*suites))
    return b"\x01" + vec(3, body + b"\x01\0" + block)


def server_hello(suite, version=0x0303, selected=None):
    """A ServerHello message; selected: in supported_versions, absent if there is none."""
    block = extension(0xFF01, b"\0")
    if selected:
        block = extension(43, codes(selected))
        block += extension(51, codes(0x001D) + vec(2, os.urandom(32)))
    body = codes(version) + os.urandom(32) + vec(1, os.urandom(32)) + codes(suite) + b"\0"
    return b"\x02" + vec(3, body + vec(2, block))


def draft_hello(suite, version):
    """A ServerHello up to draft 21 of TLS 1.3: no session id, no compression method
    (draft-ietf-tls-tls13-18 section 4.1.3)."""
    block = vec(2, extension(51, codes(0x001D) + vec(2, os.urandom(32))))
    return b"\x02" + vec(3, codes(version) + os.urandom(32) + codes(suite) + block)


def modern(hello, answer):
    """TLS 1.3: what follows both hellos is encrypted."""
    return [hello], [record(answer) + CCS + sealed(900)], [CCS + sealed(53), sealed(60)]


def classic(hello, answer):
    """TLS 1.2 with RSA key exchange, but for the certificate."""
    exchange = record(b"\x10" + vec(3, vec(2, os.urandom(256))))
    return ([hello], [record(answer + b"\x0e\0\0\0")],
            [exchange + CCS + sealed(40, 22), sealed(60)])


def tls13(*versions):
    return record(client_hello(versions), 0x0301)


def pieces(message, n, between=b""):
    step = -(-len(message) // n)
    return between.join(record(message[i:i + step], 0x0301)
                        for i in range(0, len(message), step))


def ssl2_hello():
    """Asks for SSL 2.0 itself (draft-hickman-netscape-ssl-00)."""
    body = b"\x01\0\x02" + codes(6, 0, 16) + bytes.fromhex("0100800700c0") + os.urandom(16)
    return struct.pack(">H", 0x8000 | len(body)) + body


def ssl2_answer():
    certificate = b"\x30\x82\x01\0" + os.urandom(256)
    body = b"\x04\0\x01\0\x02" + codes(len(certificate), 3, 16) + certificate
    body += bytes.fromhex("010080") + os.urandom(16)
    return struct.pack(">H", 0x8000 | len(body)) + body


def lying_hello():
    """The name's length goes beyond its extension: any server must refuse it."""
    hello = client_hello((0x0303,), SUITES)
    at = hello.index(NAME.encode())
    return hello[:at - 2] + b"\x7f\xff" + hello[at:]


EMPTY = record(b"", 0x0301)
WARNING = record(b"\x01\x29", 0x0301, 21)               # warning, no_certificate
TLS13 = server_hello(0x1301, selected=0x0304)
TLS12 = server_hello(0x002F)

STORIES = {
    # odd-versions
    "draft-28": modern(tls13(0x7F1C, 0x0303), server_hello(0x1301, selected=0x7F1C)),
    "draft-23": modern(tls13(0x7F17, 0x0303), server_hello(0x1301, selected=0x7F17)),
    "draft-18": modern(tls13(0x7F12, 0x0303), draft_hello(0x1301, 0x7F12)),
    "fizz": modern(tls13(0xFB1A, 0x0303), server_hello(0x1301, selected=0xFB1A)),
    "unknown-version": classic(tls13(0x0399, 0x0303), TLS12),
    "legacy-0304": classic(record(client_hello(legacy=0x0304), 0x0301), TLS12),
    "legacy-0399": classic(record(client_hello(legacy=0x0399), 0x0301), TLS12),
    # odd-records
    "record-0300": modern(record(client_hello((0x0304, 0x0303)), 0x0300), TLS13),
    "record-0304": modern(record(client_hello((0x0304, 0x0303)), 0x0304), TLS13),
    "record-03ff": modern(record(client_hello((0x0304, 0x0303)), 0x03FF), TLS13),
    "split": modern(pieces(client_hello((0x0304, 0x0303)), 4), TLS13),
    "empty": modern(EMPTY + pieces(client_hello((0x0304, 0x0303)), 2, EMPTY), TLS13),
    "warning-first": modern(WARNING + tls13(0x0304, 0x0303), TLS13),
    "too-long": ([tls13(0x0304, 0x0303)],
                 [b"\x16\x03\x03\x48\x01" + server_hello(0x1301) + os.urandom(600)], []),
    # odd-hellos
    "400-suites": classic(record(client_hello(suites=range(1, 401)), 0x0301), TLS12),
    "no-extensions": classic(record(client_hello(suites=SUITES, extensions=False), 0x0300),
                             TLS12),
    "unknown-suite": classic(record(client_hello(), 0x0301), server_hello(0xFEFE)),
    "ssl2": ([ssl2_hello()], [ssl2_answer()], []),
    "not-tls": ([tls13(0x0304, 0x0303)],
                [b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"], []),
    "hello-request": classic(record(client_hello(), 0x0301), TLS12),
    # asked of other servers
    "lying": ([record(lying_hello(), 0x0301)], [], []),
}
FIRST = {"hello-request": record(b"\0\0\0\0")}           # said before the client's hello


def say(s, parts):
    for part in parts:
        s.sendall(part)
        time.sleep(0.02)


def serve(name, at):
    listener = socket.create_server((at, 443))
    while True:
        c, _ = listener.accept()
        _, answer, then = STORIES[name]
        say(c, [FIRST[name]] if name in FIRST else [])
        c.recv(65536)
        say(c, answer)
        if then:
            c.recv(65536)
            say(c, [CCS + sealed(40, 22)] if name in CLASSIC else [])
        time.sleep(0.05)
        c.close()


CLASSIC = {n for n, s in STORIES.items() if s[2] and s[2][0][0] == 22}


def address(name):
    return f"10.9.1.{60 + list(STORIES).index(name)}"


def ask(name, at=None, port=443):
    hello, _, then = STORIES[name]
    c = socket.create_connection((at or address(name), int(port)), timeout=3)
    time.sleep(0.02)
    say(c, hello)
    c.recv(65536)
    say(c, then)
    time.sleep(0.05)
    c.close()


def main():
    if sys.argv[1] == "ask":
        return ask(*sys.argv[2:])
    for name in STORIES:
        threading.Thread(target=serve, args=(name, address(name))).start()


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""schannel: a TLS 1.0 client with the ClientHello of Windows 7's Schannel.

    schannel.py ADDRESS NAME [established]

The hello has the cipher order, extensions and record version of Windows 7 / Server 2008 R2
as released, limited to TLS 1.0 (MicrosoftDocs/win32, "TLS Cipher Suites in Windows 7", and
published captures).  What follows is RFC 2246 with TLS_RSA_WITH_AES_128_CBC_SHA, done with
hashlib and openssl(1), so that a real server can finish the handshake: lab use only, it
checks neither the certificate nor the server's Finished.
"""
import hashlib
import hmac
import os
import socket
import struct
import subprocess
import sys
import time

TLS1_0 = b"\x03\x01"
CIPHERS = "002f 0035 0005 000a c013 c014 c009 c00a 0032 0038 0013 0004"


def vec(size, data):
    return len(data).to_bytes(size, "big") + data


def extension(kind, data):
    return struct.pack(">H", kind) + vec(2, data)


def client_hello(random, name):
    extensions = (
        extension(0xFF01, vec(1, b"")) +                                # renegotiation_info
        extension(0x0000, vec(2, b"\0" + vec(2, name.encode()))) +      # server_name
        extension(0x0005, b"\x01\0\0\0\0") +                            # status_request
        extension(0x000A, vec(2, bytes.fromhex("00170018"))) +          # P-256, P-384
        extension(0x000B, vec(1, b"\0")))                               # uncompressed points
    body = TLS1_0 + random + vec(1, b"") + vec(2, bytes.fromhex(CIPHERS)) + vec(1, b"\0")
    return b"\x01" + vec(3, body + vec(2, extensions))


def record(kind, data):
    return bytes([kind]) + TLS1_0 + vec(2, data)


def expand(digest, secret, seed, n):
    """P_hash of RFC 2246 section 5."""
    a, out = seed, b""
    while len(out) < n:
        a = hmac.new(secret, a, digest).digest()
        out += hmac.new(secret, a + seed, digest).digest()
    return out[:n]


def prf(secret, seed, n):
    half = (len(secret) + 1) // 2
    md5, sha1 = expand("md5", secret[:half], seed, n), expand("sha1", secret[-half:], seed, n)
    return bytes(x ^ y for x, y in zip(md5, sha1))


def openssl(data, *args):
    return subprocess.run(("openssl",) + args, input=data, check=True,
                          stdout=subprocess.PIPE).stdout


class Writer:
    """What the client sends after ChangeCipherSpec: MAC, padding, AES-128-CBC."""

    def __init__(self, mac_key, key, iv):
        self.mac_key, self.key, self.iv, self.number = mac_key, key, iv, 0

    def protect(self, kind, data):
        clear = struct.pack(">QB", self.number, kind) + TLS1_0 + vec(2, data)
        data += hmac.new(self.mac_key, clear, "sha1").digest()
        pad = 15 - len(data) % 16
        sealed = openssl(data + bytes([pad] * (pad + 1)), "enc", "-aes-128-cbc", "-nopad",
                         "-K", self.key.hex(), "-iv", self.iv.hex())
        self.iv, self.number = sealed[-16:], self.number + 1
        return record(kind, sealed)


def server_flight(c):
    """Handshake messages up to ServerHelloDone; None: the server wants no more of us."""
    data, messages = b"", b""
    while True:
        try:
            more = c.recv(16384)
        except ConnectionResetError:
            return None
        if not more:
            return None
        data += more
        while len(data) >= 5 and len(data) >= 5 + int.from_bytes(data[3:5], "big"):
            n = int.from_bytes(data[3:5], "big")
            if data[0] != 22:
                return None
            messages, data = messages + data[5:5 + n], data[5 + n:]
        if messages[-4:] == b"\x0e\0\0\0":
            return messages


def finish(c, hello, random, flight):
    server_random = flight[6:38]
    at = 4 + int.from_bytes(flight[1:4], "big")         # the Certificate message
    n = int.from_bytes(flight[at + 7:at + 10], "big")
    certificate = flight[at + 10:at + 10 + n]
    with open(f"/proc/self/fd/{os.memfd_create('c')}", "wb") as f:
        f.write(certificate)
        f.flush()
        key = openssl(certificate, "x509", "-inform", "DER", "-pubkey", "-noout")
        f.seek(0)
        f.truncate()
        f.write(key)
        f.flush()
        secret = TLS1_0 + os.urandom(46)
        path = f"/proc/{os.getpid()}/fd/{f.fileno()}"
        sealed = openssl(secret, "pkeyutl", "-encrypt", "-pubin", "-inkey", path)
    master = prf(secret, b"master secret" + random + server_random, 48)
    keys = prf(master, b"key expansion" + server_random + random, 104)
    writer = Writer(keys[:20], keys[40:56], keys[72:88])
    exchange = b"\x10" + vec(3, vec(2, sealed))
    said = hello + flight + exchange
    digest = hashlib.md5(said).digest() + hashlib.sha1(said).digest()
    finished = b"\x14" + vec(3, prf(master, b"client finished" + digest, 12))
    c.sendall(record(22, exchange) + record(20, b"\x01") + writer.protect(22, finished))
    c.recv(4096)                                        # ChangeCipherSpec, Finished
    c.sendall(writer.protect(23, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
    time.sleep(0.05)
    c.recv(65536)


def main():
    c = socket.create_connection((sys.argv[1], 443), timeout=5)
    random = struct.pack(">I", int(time.time())) + os.urandom(28)
    hello = client_hello(random, sys.argv[2])
    c.sendall(record(22, hello))
    flight = server_flight(c)
    if flight and "established" in sys.argv:
        finish(c, hello, random, flight)
    elif flight:
        c.sendall(record(21, b"\x02\x30"))              # fatal unknown_ca
    c.close()


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""client: Python's ssl as a client of the lab.

    client.py ADDRESS NAME [VERSION]

VERSION is 1.0 to 1.3, offered alone; without it, the defaults of Python's ssl.  The lab's
certificates are not checked.
"""
import socket
import ssl
import sys

VERSIONS = {"1.0": ssl.TLSVersion.TLSv1, "1.1": ssl.TLSVersion.TLSv1_1,
            "1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}

context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
if len(sys.argv) > 3:
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = VERSIONS[sys.argv[3]]
with socket.create_connection((sys.argv[1], 443), timeout=5) as s:
    with context.wrap_socket(s, server_hostname=sys.argv[2]) as t:
        t.sendall(b"GET / HTTP/1.0\r\n\r\n")
        while t.recv(4096):
            pass

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""families: client families that Microsoft's articles name, as captures made from a table.

    families.py FOLDER          writes FOLDER/NAME.pcap and prints what each must end in:
                                NAME, stack, verdict, fixes

A hello is put together from what rules/stacks.yaml says of its stack (which suites and
extensions, in which order): no client's own bytes.  Each family says its hello twice, to
Exchange Online, and is answered by an alert.
"""
import os
import struct
import sys


def vec(size, data):
    return len(data).to_bytes(size, "big") + data


def codes(text):
    return bytes.fromhex(text)


def extension(kind, hello):
    bodies = {
        "0000": vec(2, b"\0" + vec(2, b"outlook.office365.com")),
        "0005": b"\x01\0\0\0\0",
        "000a": vec(2, codes(hello.get("groups", ""))),
        "000b": vec(1, codes(hello.get("points", "00"))),
        "000d": vec(2, codes("0401 0501 0201 0403 0503 0203 0202")),
        "0016": b"", "0017": b"", "0023": b"", "3374": b"",
        "ff01": b"\0",
    }
    return codes(kind) + vec(2, bodies[kind])


def tls_hello(hello):
    version = codes(hello["version"])
    body = version + bytes(range(32)) + b"\0" + vec(2, codes(hello["suites"]))
    body += vec(1, codes(hello.get("compression", "00")))
    kinds = hello.get("extensions", "").split()
    if kinds:
        body += vec(2, b"".join(extension(k, hello) for k in kinds))
    message = b"\x01" + vec(3, body)
    return b"\x16" + codes(hello.get("record", hello["version"])) + vec(2, message)


def ssl2_hello(hello):
    specs = b"".join(b"\0" + codes(c) for c in hello["suites"].split())
    body = b"\x01" + codes(hello["version"]) + struct.pack(">HHH", len(specs), 0, 16)
    body += specs + bytes(range(16))
    return struct.pack(">H", 0x8000 | len(body)) + body


def frame(client, port, up, flags, seq, ack, data=b""):
    ends = [(bytes(map(int, client.split("."))), port), (bytes([52, 96, 165, 2]), 443)]
    (source, sport), (target, dport) = ends if up else reversed(ends)
    tcp = struct.pack(">HHIIBBHHH", sport, dport, seq, ack, 0x50, flags, 64240, 0, 0) + data
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 1, 0x4000, 128 if up else 116, 6, 0)
    return b"\x02\0\0\0\0\x01" + b"\x02\0\0\0\0\x02" + b"\x08\0" + ip + source + target + tcp


def connection(client, port, hello):
    said = ssl2_hello(hello) if hello.get("ssl2") else tls_hello(hello)
    alert = b"\x15" + codes(hello["version"]) + b"\0\2\2\x28"
    a, b = 1000 + len(said), 2000 + len(alert)
    return [frame(client, port, True, 0x02, 999, 0), frame(client, port, False, 0x12, 1999, 1000),
            frame(client, port, True, 0x10, 1000, 2000),
            frame(client, port, True, 0x18, 1000, 2000, said),
            frame(client, port, False, 0x18, 2000, a, alert),
            frame(client, port, False, 0x11, b, a), frame(client, port, True, 0x11, a, b + 1),
            frame(client, port, False, 0x10, b + 1, a + 1)]


def write(path, client, hellos):
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        now = 1795165200.0
        for i, hello in enumerate(2 * hellos):
            now += 60
            for k, one in enumerate(connection(client, 50000 + i, hello)):
                t = int((now + k / 100) * 1000000)
                f.write(struct.pack("<IIII", t // 1000000, t % 1000000, len(one), len(one)) + one)


XP = "0004 0005 000a 0009 0064 0062 0003 0006 0013 0012 0063"
VISTA = "002f 0035 0005 000a c009 c00a c013 c014 0032 0038 0013 0004"
WIN7_LOW = "002f 0035 0005 000a c013 c014 c009 c00a 0032 0038 0013 0004"
WIN7_UPDATED = ("c028 c027 c014 c013 009f 009e 0039 0033 009d 009c 003d 003c 0035 002f c02c c02b "
                "c024 c023 c00a c009 006a 0040 0038 0032 000a 0013")
WIN10_LOW = "c00a c009 c014 c013 0035 002f 000a"
NSS4 = ("00ff c00a c014 0088 0087 0039 0038 c00f c005 0084 0035 c007 c009 c011 c013 0045 0044 0033 "
        "0032 c00c c00e c002 c004 0096 0041 0004 0005 002f c008 c012 0016 0013 c00d c003 feff 000a")
JAVA6 = "0004 0005 002f 0033 0032 000a 0016 0013 0009 0015 0012 0003 0008 0014 0011"
JAVA7_LOW = ("c009 c013 002f c004 c00e 0033 0032 c007 c011 0005 c002 c00c c008 c012 000a c003 c00d "
             "0016 0013 0004 00ff")
ANDROID40 = ("c014 c00a 0039 0038 c00f c005 0035 c012 c008 0016 0013 c00d c003 000a c013 c009 0033 "
             "0032 c00e c004 002f c011 c007 c00c c002 0005 0004 00ff")
ANDROID41 = ("c014 c00a c022 c021 0039 0038 c00f c005 0035 c012 c008 c01c c01b 0016 0013 c00d c003 "
             "000a c013 c009 c01f c01e 0033 0032 c00e c004 002f c011 c007 c00c c002 0005 0004 00ff")
MACOS = ("c00a c009 c007 c008 {} c011 c012 c004 c005 c002 c003 c00e c00f c00c c00d 002f 0005 0004 "
         "0035 000a {}")
OPENSSL098 = ("0039 0038 0035 0016 0013 000a 0033 0032 002f 0007 0005 0004 0015 0012 0009 0014 "
              "0011 0008 0006 0003 00ff")
ANDROID_GROUPS = "000e 000d 0019 000b 000c 0018 0009 000a 0016 0017 0008 0006 0007 0014 0015"


def schannel(version, suites, extensions, **more):
    return dict(version=version, suites=suites, extensions=extensions, groups="0017 0018", **more)


EARLY = "ff01 0000 0005 000a 000b"
WINHTTP = "ff01 0000 000a 000b"

# Row of docs/coverage.md and name; hellos; stack, verdict, fixes.
FAMILIES = [
    ("W1-windows-7-winhttp", [schannel("0301", WIN7_LOW, WINHTTP)],
     "schannel-windows-7", "legacy", "winhttp-defaults"),
    ("W1-windows-7-tls1.2", [schannel("0303", WIN7_UPDATED, EARLY + " 000d")],
     "schannel-windows-7", "modern", "cipher-suites"),
    ("W1-windows-7-both", [schannel("0301", WIN7_LOW, WINHTTP),
                           schannel("0303", WIN7_UPDATED, EARLY + " 000d")],
     "schannel-windows-7", "mixed", "winhttp-defaults cipher-suites"),
    ("W2-windows-8", [schannel("0301", WIN7_LOW, EARLY + " 0023")],
     "schannel-windows-8", "legacy", "winhttp-defaults"),
    ("W3-windows-8.1-ie11", [schannel("0301", WIN7_LOW, EARLY + " 0023 3374")],
     "schannel-windows-8-1", "legacy", "windows-caller"),
    ("W4-windows-10", [schannel("0301", WIN10_LOW, "0000 0005 000a 000b 0023 0017 ff01")],
     "schannel-windows-10", "legacy", "windows-caller"),
    ("W5-server-2008", [schannel("0301", VISTA, "0000 000a 000b")],
     "schannel-windows-vista", "legacy", "windows-2008"),
    ("W10-posready-2009", [dict(version="0301", suites=XP)],
     "schannel-windows-xp", "legacy", "upgrade-client"),
    ("D5-ssl2-switched-on", [dict(ssl2=True, version="0301", suites=WIN7_LOW)],
     "schannel-windows-7-sslv2", "legacy", "ssl-off"),
    ("D6-ssl3-only", [dict(version="0300", suites="000a 0013 0005 0004")],
     "schannel-ssl3-only", "legacy", "cipher-suites ssl-off"),
    ("D8-tls1.1-only", [schannel("0302", WIN7_LOW, EARLY)],
     "schannel-windows-7", "legacy", "winhttp-defaults"),
    ("S2-policy-without-ecdhe", [schannel("0303", "003c 002f 003d 0035 0005 000a",
                                          "ff01 0000 0005 000d")],
     "", "weak", "ecdhe-client"),
    ("N2-net-default", [schannel("0301", WIN7_LOW, EARLY)],
     "schannel-windows-7", "legacy", "winhttp-defaults"),
    ("K1-android-4.0", [dict(version="0301", suites=ANDROID40, extensions="0000 000b 000a 0023",
                             groups="0001 0002 0003 0004 0005", points="00 01 02")],
     "android-4-0-browser", "legacy", "upgrade-client"),
    ("K1-android-4.1", [dict(version="0301", suites=ANDROID41, extensions="0000 000b 000a 0023",
                             groups=ANDROID_GROUPS, points="00 01 02", compression="01 00")],
     "android-4-1-browser", "legacy", "upgrade-client"),
    ("K1-android-4.3", [dict(version="0301", suites=ANDROID41, extensions="0000 000b 000a 0023",
                             groups=ANDROID_GROUPS, points="00 01 02")],
     "android-4-2-browser", "legacy", "upgrade-client"),
    ("K2-firefox-5", [dict(version="0301", suites=NSS4, extensions="0000 000a 000b 0023",
                           groups="0017 0018 0019")],
     "nss-firefox-4", "legacy", "upgrade-client"),
    ("K3-ie6-xp-ssl2", [dict(ssl2=True, version="0301", suites=XP)],
     "schannel-windows-xp", "legacy", "upgrade-client"),
    ("K3-ie-7-vista", [schannel("0301", VISTA, "0000 0005 000a 000b")],
     "schannel-windows-vista", "legacy", "windows-2008"),
    ("K4-windows-phone-8.0", [schannel("0301", WIN7_LOW, "ff01 0000 000a 000b 0023")],
     "schannel-windows-8", "legacy", "winhttp-defaults"),
    ("K5-os-x-10.6", [dict(version="0301", extensions="0000 000a 000b", groups="0017 0018 0019",
                           suites=MACOS.format("c013 c014", "0009 0003 0008 0006 0032 0033 0038 "
                                               "0039 0016 0015 0014 0013 0012 0011"))],
     "securetransport-macos-10-6", "legacy", "upgrade-client"),
    ("K5-os-x-10.7", [dict(version="0301", extensions="0000 000a 000b", groups="0017 0018 0019",
                           suites=MACOS.format("c013 c014", "0032 0033 0038 0039 0016 0013"))],
     "securetransport-macos-10-7", "legacy", "upgrade-client"),
    ("K5-os-x-10.8", [dict(version="0301", extensions="0000 000a 000b", groups="0017 0018 0019",
                           suites="00ff " + MACOS.format("c014 c013", "0033 0039 0016"))],
     "securetransport-macos-10-8", "legacy", "upgrade-client"),
    ("K14-java-6", [dict(ssl2=True, version="0301", suites=JAVA6)],
     "jsse-6", "legacy", "java-tls12"),
    ("K14-java-7", [dict(version="0301", suites=JAVA7_LOW, extensions="000a 000b 0000",
                         groups="0017 0018 0019")],
     "jsse-7", "legacy", "java-tls12"),
    ("K14-openssl-0.9.8", [dict(version="0301", suites=OPENSSL098)],
     "openssl-0-9-8", "legacy", "openssl-tls12"),
    ("K14-openssl-limited", [dict(version="0301", suites="c00a c014 0039 c009 c013 0033 0035 002f "
                                  "00ff", extensions="0000 000b 000a 0023 0016 0017",
                                  groups="001d 0017 001e 0019 0018", points="00 01 02")],
     "openssl-1-1-limited", "legacy", "legacy-by-policy"),
    ("B3-printer", [dict(version="0303", suites="002f 0035 003c 003d 000a 00ff",
                         extensions="0000 000d")],
     "", "weak", "ecdhe-client"),
]


def main():
    for i, (name, hellos, *expected) in enumerate(FAMILIES):
        write(os.path.join(sys.argv[1], name + ".pcap"), "10.7.0.%d" % (i + 1), hellos)
        print("\t".join([name] + [e or "-" for e in expected]))


main()

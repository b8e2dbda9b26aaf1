#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turn handshakes.pcap (see collect.sh) into templates.h for gen.c.

Two kinds of ClientHello come out: those recorded from real client libraries,
and a few "browser/OS shaped" ones assembled here field by field (marked
made=1), because those stacks do not run on a Linux build machine.
Server flights are all recorded.  No third-party capture is used.
"""
import struct, sys

NAMES = [  # in the order collect.sh starts them
    "openssl3-tls10", "openssl3-tls10-b", "openssl3-tls11", "openssl3-tls12", "openssl3", "openssl3-tls13only",
    "openssl3-tls10-ec", "openssl3-tls12-ec", "openssl3-ec", "openssl3-tls12-h2", "openssl3-h2",
    "gnutls37", "gnutls37-tls12", "gnutls37-tls10", "nss3", "nss3-tls12", "nss3-tls10",
    "curl788", "curl788-tls12", "node20", "go119", "go119-tls12", "go119-tls10"]
FLIGHTS = {4410: "rsa10-rsakx", 4411: "rsa10-ecdhe", 4412: "rsa11-ecdhe", 4413: "rsa12-ecdhe", 4414: "rsa13",
           4420: "ec10", 4423: "ec12", 4424: "ec13"}
SNI = b"outlook.office365.com"


def read_pcap(path):
    d = open(path, "rb").read()
    assert struct.unpack_from("<I", d)[0] == 0xA1B2C3D4
    o = 24
    while o < len(d):
        _, _, cl, _ = struct.unpack_from("<IIII", d, o)
        yield d[o + 16:o + 16 + cl]
        o += 16 + cl


def streams(path):
    """[(server_port, client_port, [(dir, bytes), ...])], dir 0 = client; in-order loopback capture assumed."""
    conns, order = {}, []
    for p in read_pcap(path):
        if p[12:14] != b"\x08\x00" or p[23] != 6:
            continue
        ihl = (p[14] & 15) * 4
        tl = struct.unpack_from(">H", p, 16)[0]
        t = 14 + ihl
        sp, dp, seq = struct.unpack_from(">HHI", p, t)
        doff = (p[t + 12] >> 4) * 4
        fl = p[t + 13]
        data = p[t + doff:14 + tl]
        d = 0 if dp in FLIGHTS else 1
        key = (dp, sp) if d == 0 else (sp, dp)
        if fl & 2 and d == 0:
            conns[key] = []
            order.append(key)
        if data and key in conns:
            c = conns[key]
            if c and c[-1][0] == d:
                c[-1] = (d, c[-1][1] + data)
            else:
                c.append((d, data))
    return [(k[0], k[1], conns[k]) for k in order if len(conns[k]) >= 3]


def u16(b, o): return struct.unpack_from(">H", b, o)[0]


class Hello:
    """Field offsets of a ClientHello that fits one TLS record."""
    def __init__(self, b):
        assert b[0] == 22 and b[5] == 1 and u16(b, 3) + 5 == len(b), (b[:10].hex(), len(b))
        self.b = b
        self.rec_ver, self.ver = u16(b, 1), u16(b, 9)
        self.random = 11
        o = 43
        self.sid_len = b[o]; self.sid = o + 1; o += 1 + self.sid_len
        n = u16(b, o); self.ciphers = [u16(b, o + 2 + i) for i in range(0, n, 2)]; o += 2 + n
        o += 1 + b[o]
        self.exts_len = self.sni_ext = self.sni_name = 0
        self.groups, self.shares, self.max = [], [], self.ver
        if o < len(b):
            self.exts_len = o; end = o + 2 + u16(b, o); o += 2
            while o < end:
                t, l = u16(b, o), u16(b, o + 2); v = o + 4
                if t == 0:
                    self.sni_ext, self.sni_name = o, v + 5
                    assert b[v + 5:v + l] == SNI, b[v:v + l]
                elif t == 43:
                    vs = [u16(b, v + 1 + i) for i in range(0, b[v], 2)]
                    self.max = max(x for x in vs if x & 0x0F0F != 0x0A0A)
                elif t == 51:
                    q = v + 2
                    while q < v + l:
                        g, n = u16(b, q), u16(b, q + 2)
                        if n >= 32:
                            self.shares.append((q + 4 + (1 if g in (23, 24, 25) else 0), n - (1 if g in (23, 24, 25) else 0)))
                        q += 4 + n
                o = v + l


def ext(t, v): return struct.pack(">HH", t, len(v)) + v
def vec16(v): return struct.pack(">H", len(v)) + v
def vec8(v): return bytes([len(v)]) + v
def u16s(*a): return b"".join(struct.pack(">H", x) for x in a)
def sni(): return ext(0, vec16(b"\0" + vec16(SNI)))
def alpn(*p): return ext(16, vec16(b"".join(vec8(x) for x in p)))


def made(rec, ver, sid, ciphers, exts):
    body = struct.pack(">H", ver) + bytes(range(32)) + vec8(bytes(sid)) + vec16(u16s(*ciphers)) + vec8(b"\0")
    if exts:
        body += vec16(b"".join(exts))
    hs = b"\x01" + struct.pack(">I", len(body))[1:] + body
    return b"\x16" + struct.pack(">H", rec) + vec16(hs)


def made_hellos():
    G = 0x2A2A
    sig12 = ext(13, vec16(u16s(0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601)))
    pf = ext(11, vec8(b"\0")); ems = ext(23, b""); reneg = ext(0xFF01, b"\0"); sct = ext(18, b""); ocsp = ext(5, b"\1\0\0\0\0")
    tick = ext(35, b"")
    chrome_c = [G, 0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC013, 0xC014, 0x9C, 0x9D, 0x2F, 0x35]

    def chrome(pq):
        grp = [G] + ([0x11EC] if pq else []) + [29, 23, 24]
        ks = u16s(G) + vec16(b"\0") + (u16s(0x11EC) + vec16(bytes(1216)) if pq else b"") + u16s(29) + vec16(bytes(32))
        return made(0x0301, 0x0303, 32, chrome_c, [
            ext(G, b""), sni(), ems, reneg, ext(10, vec16(u16s(*grp))), pf, tick, alpn(b"h2", b"http/1.1"), ocsp, sig12, sct,
            ext(51, vec16(ks)), ext(45, b"\1\1"), ext(43, vec8(u16s(G, 0x0304, 0x0303))), ext(27, b"\2\0\2"),
            ext(17613, vec16(vec8(b"h2"))), ext(0xFE0D, b"\0\0\1\0\1\7" + vec16(bytes(32)) + vec16(bytes(144))), ext(0x3A3A, b"\0")])

    firefox = made(0x0301, 0x0303, 32, [0x1301, 0x1303, 0x1302, 0xC02B, 0xC02F, 0xCCA9, 0xCCA8, 0xC02C, 0xC030, 0xC00A, 0xC009, 0xC013,
                                        0xC014, 0x9C, 0x9D, 0x2F, 0x35], [
        sni(), ems, reneg, ext(10, vec16(u16s(29, 23, 24, 25, 256, 257))), pf, tick, alpn(b"h2", b"http/1.1"), ocsp,
        ext(34, vec16(u16s(0x0403, 0x0503, 0x0603, 0x0203))),
        ext(51, vec16(u16s(29) + vec16(bytes(32)) + u16s(23) + vec16(b"\4" + bytes(64)))), ext(43, vec8(u16s(0x0304, 0x0303))),
        ext(13, vec16(u16s(0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201))), ext(45, b"\1\1"),
        ext(28, b"\x40\1")])
    sch12 = made(0x0303, 0x0303, 0, [0xC02C, 0xC02B, 0xC030, 0xC02F, 0xC024, 0xC023, 0xC028, 0xC027, 0xC00A, 0xC009, 0xC014, 0xC013, 0x9D,
                                     0x9C, 0x3D, 0x3C, 0x35, 0x2F, 0x0A], [
        sni(), ocsp, ext(10, vec16(u16s(29, 23, 24))), pf,
        ext(13, vec16(u16s(0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0201, 0x0403, 0x0503, 0x0203, 0x0202, 0x0601, 0x0603))), tick,
        alpn(b"h2", b"http/1.1"), ems, reneg])
    sch10 = made(0x0301, 0x0301, 0, [0xC014, 0xC013, 0x35, 0x2F, 0xC00A, 0xC009, 0x38, 0x32, 0x0A, 0x13, 0x05, 0x04], [
        sni(), ocsp, ext(10, vec16(u16s(23, 24))), pf, tick, reneg])
    java7 = made(0x0301, 0x0301, 0, [0xC009, 0xC013, 0x2F, 0xC004, 0xC00E, 0x33, 0x32, 0xC008, 0xC012, 0x0A, 0xC003, 0xC00D, 0x16, 0x13,
                                     0xC007, 0xC011, 0x05, 0xC002, 0xC00C, 0x04, 0xFF], [
        ext(10, vec16(u16s(23, 1, 3, 19, 21, 6, 7, 9, 10, 24, 11, 12, 25, 13, 14, 15, 16, 17, 2, 18, 4, 5, 20, 8, 22))), pf, sni()])
    xpish = made(0x0301, 0x0301, 0, [0x04, 0x05, 0x0A, 0x09, 0x64, 0x62, 0x03, 0x06, 0x13, 0x12, 0x63], [])
    tls11 = made(0x0302, 0x0302, 0, [0xC014, 0xC00A, 0x39, 0x35, 0xC013, 0xC009, 0x33, 0x2F, 0xC012, 0x0A, 0xFF], [
        sni(), pf, ext(10, vec16(u16s(23, 24, 25))), tick])
    # (name, bytes, weight in the modern mix, weight in the legacy mix)
    return [("chrome-pq", chrome(True), 12, 0), ("chrome", chrome(False), 22, 0), ("firefox", firefox, 8, 0), ("schannel-tls12", sch12, 18, 0),
            ("schannel-tls10", sch10, 0, 8), ("java7-tls10", java7, 0, 5), ("old-rc4-nosni", xpish, 0, 1), ("generic-tls11", tls11, 0, 4)]


def c_bytes(name, b):
    s = "static const unsigned char %s[%d] = {\n" % (name, len(b))
    for i in range(0, len(b), 24):
        s += "\t" + "".join("%d," % x for x in b[i:i + 24]) + "\n"
    return s + "};\n"


def main():
    st = streams(sys.argv[1] if len(sys.argv) > 1 else "handshakes.pcap")
    if len(st) != len(NAMES):
        sys.exit("%d recorded connections, %d names: %s" % (len(st), len(NAMES), [s[0] for s in st]))
    flights, hellos = {}, []
    for name, (port, _, c) in zip(NAMES, st):
        ch = c[0][1]
        h = Hello(ch)
        w = (0, 3) if h.max < 0x0303 else (3, 0)
        hellos.append((name, h, w, 0))
        if port not in flights and name.startswith("openssl3"):
            flights[port] = (c[1][1], c[2][1], c[3][1] if len(c) > 3 else b"")
    for name, b, wm, wl in made_hellos():
        hellos.append((name, Hello(b), (wm, wl), 1))
    fl = []
    for port in sorted(flights):
        s, cf, sf = flights[port]
        assert s[0] == 22 and s[5] == 2
        ver = u16(s, 9); o = 43; sid = s[o]; co = o + 1 + sid
        ks = 0
        if co + 3 < 5 + u16(s, 3):
            e = co + 3; end = e + 2 + u16(s, e); e += 2
            while e < end and e < 9 + struct.unpack(">I", b"\0" + s[6:9])[0]:
                t, l = u16(s, e), u16(s, e + 2)
                if t == 43: ver = u16(s, e + 4)
                if t == 51: ks = e + 8
                e += 4 + l
        fl.append((FLIGHTS[port], ver, s, cf, sf, sid, co, ks))
    RSA12, EC12 = [0xC030, 0xC02F, 0xC028, 0xC027, 0xC014, 0xC013], [0xC02C, 0xC02B, 0xC024, 0xC023, 0xC00A, 0xC009]
    OK = {"rsa10-rsakx": [0x2F, 0x35, 0x0A, 0x05, 0x04], "rsa10-ecdhe": [0xC014, 0xC013], "rsa11-ecdhe": [0xC014, 0xC013], "rsa12-ecdhe": RSA12,
          "rsa13": [0x1302, 0x1301], "ec10": [0xC00A, 0xC009], "ec12": EC12, "ec13": [0x1302, 0x1301]}
    out = ["/* Written by mktemplates.py; do not edit. */\n#ifndef TEMPLATES_H\n#define TEMPLATES_H\n",
           "struct flight { const char *name; unsigned ver; const unsigned char *s, *cf, *sf; unsigned slen, cflen, sflen, sidlen, cipher, share; };\n",
           "struct pair { unsigned char flight; unsigned short cipher; };\n",
           "struct hello { const char *name; const unsigned char *b; unsigned len, maxver, recver, sidlen, exts, sni_ext, sni_name, nshare; "
           "unsigned short share[3][2]; unsigned wmodern, wlegacy, made, npair; struct pair pair[4]; };\n"]
    for i, f in enumerate(fl):
        out += [c_bytes("fl%d_s" % i, f[2]), c_bytes("fl%d_cf" % i, f[3] or b"\0"), c_bytes("fl%d_sf" % i, f[4] or b"\0")]
    out.append("static const struct flight flights[] = {\n")
    for i, f in enumerate(fl):
        out.append('\t{ "%s", 0x%04x, fl%d_s, fl%d_cf, fl%d_sf, %d, %d, %d, %d, %d, %d },\n' %
                   (f[0], f[1], i, i, i, len(f[2]), len(f[3]), len(f[4]), f[5], f[6], f[7]))
    out.append("};\n")
    for i, (n, h, w, m) in enumerate(hellos):
        out.append(c_bytes("ch%d" % i, h.b))
    out.append("static const struct hello hellos[] = {\n")
    for i, (n, h, w, m) in enumerate(hellos):
        pairs = []
        for j, f in enumerate(fl):
            # A server answers with its best version; TLS 1.3 clients also meet TLS 1.2-only servers.
            if f[1] > h.max or (h.max == 0x0304 and f[1] < 0x0303) or (h.max < 0x0304 and f[1] < h.max):
                continue
            c = [x for x in OK[f[0]] if x in h.ciphers]
            if c and len(pairs) < 4:
                pairs.append((j, c[0]))
        if not pairs:
            sys.exit("no server flight for " + n)
        sh = ", ".join("{ %d, %d }" % x for x in h.shares[:3]) or "{ 0, 0 }"
        out.append('\t{ "%s", ch%d, %d, 0x%04x, 0x%04x, %d, %d, %d, %d, %d, { %s }, %d, %d, %d, %d, { %s } },\n' %
                   (n, i, len(h.b), h.max, h.rec_ver, h.sid_len, h.exts_len, h.sni_ext, h.sni_name, min(3, len(h.shares)), sh, w[0], w[1], m,
                    len(pairs), ", ".join("{ %d, 0x%04x }" % p for p in pairs)))
        print("%-20s len %4d max %04x sni %d pairs %s" % (n, len(h.b), h.max, h.sni_name, [(fl[p[0]][0], "%04x" % p[1]) for p in pairs]))
    out.append("};\n#endif\n")
    open("templates.h", "w").write("".join(out))
    for f in fl:
        print("flight %-12s ver %04x server %d client2 %d server2 %d" % (f[0], f[1], len(f[2]), len(f[3]), len(f[4])))


main()

# SPDX-License-Identifier: Apache-2.0
"""tunnels: what wrap.py puts frames into, layer by layer, and what it cuts them into.

Each takes an Ethernet frame and its number in the capture.  Ids that a real tunnel
chooses anew for each way (TEIDs, sessions, labels) are others each way here, too.
"""
import struct
import zlib

import frames as fr

INNER = b"\x02\x4a\x00\x00\x00\x02" b"\x02\x4a\x00\x00\x00\x03"    # ends of the tunnels
ENDS = (fr.addr("10.200.0.1"), fr.addr("10.200.0.2"))               # switch, sensor
TEREDO = fr.addr("2001:0:4136:e378:8000:63bf:3fff:fdd2")            # of RFC 4380, 4
BSSID = b"\x02\x4a\x00\x00\x00\x09"
SNAP = b"\xaa\xaa\x03\0\0\0"                                        # RFC 1042


def ipv4(proto, data):
    head = struct.pack(">BBHHHBB", 0x45, 0, 20 + len(data), 0, 0, 64, proto)
    total = fr.checksum(head + b"\0\0" + ENDS[0] + ENDS[1])
    return INNER + b"\x08\0" + head + struct.pack(">H", total) + ENDS[0] + ENDS[1] + data


def udp(port, data, sport=54321):
    return ipv4(17, struct.pack(">HHHH", sport, port, 8 + len(data), 0) + data)


def way(frame):
    """0 from the client, 1 from the server."""
    return int(fr.Packet(frame).dport not in (443, 587))


def vxlan(f, n):
    return udp(4789, struct.pack(">II", 0x08000000, 5001 << 8) + f)


def labels(f, *stack):
    entries = b"".join(struct.pack(">I", label << 12 | (i == len(stack) - 1) << 8 | 63)
                       for i, label in enumerate(stack))
    return INNER + b"\x88\x47" + entries


def mpls(f, n):
    return labels(f, 16 + way(f), 300000 + way(f)) + f[14:]


def mpls_ether(f, n):
    """RFC 4448, without a control word."""
    return labels(f, 16 + way(f), 400 + way(f)) + f


def mpls_word(f, n):
    """The same with one, which counts the frames."""
    return labels(f, 16 + way(f), 500 + way(f)) + struct.pack(">I", n + 1) + f


def pppoe(f, n):
    return f[:12] + struct.pack(">HBBHHH", 0x8864, 0x11, 0, 17, len(f) - 12, 0x0021) + f[14:]


def pptp(f, n):
    """GRE version 1 with a sequence number; address, control and half the protocol left out."""
    ppp = b"\x21" + f[14:]
    return ipv4(47, struct.pack(">HHHHI", 0x3001, 0x880B, len(ppp), 7 + way(f), n) + ppp)


def gtp(f, n):
    """A PDU session container as a base station of 5G sends it (3GPP TS 38.415)."""
    rest = struct.pack(">HBB", 0, 0, 0x85) + b"\x01\x00\x09\x00" + f[14:]
    return udp(2152, struct.pack(">BBHI", 0x34, 0xFF, len(rest), 0x1000 + way(f)) + rest, 2152)


def l2tp(f, n):
    ppp = b"\xff\x03\x00\x21" + f[14:]
    return udp(1701, struct.pack(">HHHH", 0x4002, 8 + len(ppp), 1 + way(f), 2) + ppp, 1701)


def nsh(f, n):
    """RFC 8300, metadata type 1, path 40."""
    head = struct.pack(">HBBI", 63 << 6 | 6, 1, 3, 40 << 8 | 255) + b"\0" * 16
    return INNER + b"\x89\x4f" + head + f


def pbb(f, n):
    return INNER + b"\x88\xe7" + struct.pack(">I", 70001) + f


def lisp(f, n):
    return udp(4341, struct.pack(">II", 0x88000000 | n + 1, 42 << 8) + f[14:])


def teredo(f, n):
    p = fr.Packet(f)
    if way(f):
        p.dst = TEREDO
    else:
        p.src = TEREDO
    packet = p.bytes()[14:]
    return udp(54321, packet, 3544) if way(f) else udp(3544, packet)


def tzsp(f, n):
    return udp(37008, struct.pack(">BBHB", 1, 0, 1, 1) + f)


def geneve(f, n):
    """One option of four bytes, as RFC 8926 has them."""
    option = struct.pack(">HBBI", 0x0102, 0x80, 1, n)
    return udp(6081, struct.pack(">BBHI", 2, 0, 0x6558, 5002 << 8) + option + f)


def vxlan_gpe(f, n):
    return udp(4790, struct.pack(">BHBI", 0x0C, 0, 1, 5003 << 8) + f[14:])


def cmd(f, n):
    return f[:12] + struct.pack(">HBBHH", 0x8909, 1, 1, 1, 100 + way(f)) + f[12:]


def wlan(f, n, swapped=False):
    """To and from an access point; the client's frames with QoS."""
    control, ends, qos = ((0x0208, f[:6] + BSSID + f[6:12], b"") if way(f) else
                          (0x0188, BSSID + f[6:12] + f[:6], b"\0\0"))
    order = ">" if swapped else "<"
    return struct.pack(order + "HH", control, 0) + ends + struct.pack(order + "H", n << 4) + \
        qos + SNAP + f[12:]


def capwap(f, n):
    """From an access point of Cisco's and back, 802.11 with its bytes swapped."""
    data = struct.pack(">II", 2 << 19 | 1 << 9 | 0x100, 0) + wlan(f, n, True)
    return udp(54321, data, 5247) if way(f) else udp(5247, data)


def radiotap(f, n):
    """Clock, flags (an FCS behind) and rate."""
    frame = wlan(f, n)
    return struct.pack("<BBHIQBB", 0, 0, 18, 7, n * 1000, 0x10, 12) + frame + \
        struct.pack("<I", zlib.crc32(frame))


def pktap(f, n):
    return struct.pack("<III24sIIIII20sIHHI20s", 108, 1, 1, b"en0", 2, 2, 14, 0, 501, b"curl",
                       0, 6, 0, 501, b"curl") + f


def nflog(f, n):
    packet = f[14:]
    return struct.pack(">BBH", 2, 0, 30) + struct.pack("<HHHBB", 8, 1, 8, 3, 0) + \
        struct.pack("<HH", 9, 10) + b"tls:\0" + b"\0" * 3 + \
        struct.pack("<HH", 4 + len(packet), 9) + packet + b"\0" * (-len(packet) % 4)


def juniper(f, n):
    return b"MGC\x81" + struct.pack(">HBBB", 3, 1, 1, 1) + f


def parts(data, size):
    """(offset, more, bytes) of each, the last one first: order is not promised."""
    return [(at, at + size < len(data), data[at:at + size])
            for at in range(0, len(data), size)][::-1]


def fragments(f, n, size=160):
    """IPv4 or IPv6, in fragments of size bytes; what is not longer stays whole."""
    p = fr.Packet(f)
    data = p.bytes()[14 + len(p.head):14 + len(p.head) + len(p.data)] if p.proto == 6 else p.data
    if len(data) <= size:
        return [f]
    out = []
    for at, more, piece in parts(data, size):
        if p.kind == fr.IPV6:
            extra = struct.pack(">BBHI", p.body[6], 0, at | more, 7000 + n)
            head = p.head[:4] + struct.pack(">HBB", len(piece) + 8, 44, p.body[7]) + \
                p.head[8:] + extra
        else:
            head = p.head[:2] + struct.pack(">HHH", 20 + len(piece), 7000 + n,
                                            more << 13 | at // 8) + p.head[8:10]
            head += struct.pack(">H", fr.checksum(head + b"\0\0" + p.head[12:20])) + p.head[12:20]
        out.append(f[:14] + head + piece)
    return out


WRAPS = {
    "mpls": mpls, "mpls-ether": mpls_ether, "mpls-word": mpls_word, "pppoe": pppoe,
    "pptp": pptp, "gtp": gtp, "l2tp": l2tp, "nsh": nsh, "pbb": pbb, "lisp": lisp,
    "teredo": teredo, "tzsp": tzsp, "geneve": geneve, "vxlan-gpe": vxlan_gpe, "cmd": cmd,
    "capwap": capwap,
}

LINKS = {                       # (LINKTYPE_*, function)
    "ppp": (9, lambda f, n: b"\x00\x21" + f[14:]),
    "ppp-hdlc": (50, lambda f, n: b"\xff\x03\x00\x21" + f[14:]),
    "chdlc": (104, lambda f, n: b"\x0f\x00" + f[12:]),
    "wlan": (105, wlan), "radiotap": (127, radiotap), "juniper": (178, juniper),
    "nflog": (239, nflog), "pktap": (258, pktap),
}

CUTS = {                        # one frame becomes several
    "fragments": fragments,
    "fragments-vxlan": lambda f, n: fragments(vxlan(f, n), n),
    "fragments-gre": lambda f, n: [ipv4(47, struct.pack(">HH", 0, 0x0800) + part[14:])
                                   for part in fragments(f, n)],
}

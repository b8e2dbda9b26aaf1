#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""wrap: one capture becomes others: in tunnels, under other link types, or seen badly.

    wrap.py HOW IN.pcap OUT.pcap          HOW is one of WRAPS, LINKS or VIEWS below,
                                          or of CUTS in tunnels.py

WRAPS put each frame into something, CUTS into several, LINKS change the link type, VIEWS leave frames out,
repeat them, put them in another order or cut them, as bad span ports do.
"""
import struct
import sys

import frames as fr
import tunnels
from tunnels import ipv4

def tagged(frame, *tags):
    """tags: (TPID, VLAN id), outermost first."""
    return frame[:12] + b"".join(struct.pack(">HH", *t) for t in tags) + frame[12:]


def erspan2(frame, n):
    """draft-foschiano-erspan, type II: VLAN 20, session 77, port index 5."""
    head = struct.pack(">HHI", 1 << 12 | 20, 77, 5)
    return ipv4(47, struct.pack(">HHI", 0x1000, 0x88BE, n) + head + frame)


def erspan3(frame, n):
    """Type III: VLAN 20, session 77, a clock of 100 ns units, Ethernet payload."""
    head = struct.pack(">HHIHH", 2 << 12 | 20, 77, 1000 * n, 0, 0)
    return ipv4(47, struct.pack(">HHI", 0x1000, 0x22EB, n) + head + frame)


WRAPS = {
    "vlan": lambda f, n: tagged(f, (0x8100, 20)),
    "qinq": lambda f, n: tagged(f, (0x88A8, 300), (0x8100, 20)),
    "qinq-8100": lambda f, n: tagged(f, (0x8100, 300), (0x8100, 20)),
    "ipip": lambda f, n: ipv4(4, f[14:]),
    "gre": lambda f, n: ipv4(47, struct.pack(">HH", 0, 0x0800) + f[14:]),
    "gre-ether": lambda f, n: ipv4(47, struct.pack(">HHI", 0x2000, 0x6558, 9) + f),
    "erspan1": lambda f, n: ipv4(47, struct.pack(">HH", 0, 0x88BE) + f),
    "erspan2": erspan2,
    "erspan3": erspan3,
    "vxlan": tunnels.vxlan,
    "6in4": lambda f, n: ipv4(41, f[14:]),
    "trailer": lambda f, n: f.ljust(60, b"\0") + b"\xde\xad\xbe\xef",
    **tunnels.WRAPS,
}

LINKS = {                       # (LINKTYPE_*, frame as it is there)
    "sll": (113, lambda f, n: struct.pack(">HHH", 4, 1, 6) + f[6:12] + b"\0\0" + f[12:]),
    "sll2": (276, lambda f, n: f[12:14] + struct.pack(">HIHBB", 0, 2, 1, 4, 6) + f[6:12] +
             b"\0\0" + f[14:]),
    "raw": (101, lambda f, n: f[14:]),
    "null": (0, lambda f, n: struct.pack("<I", 2) + f[14:]),
    **tunnels.LINKS,
}


def from_client(packet):
    return packet.dport in (443, 587)


def tcp(frames):
    return [fr.Packet(f[1]) for f in frames]


def one_way(frames, clients):
    return [f for f, p in zip(frames, tcp(frames)) if from_client(p) is clients]


def hello_segments(frames):
    """Where the pieces of the first ClientHello stand."""
    packets = tcp(frames)
    first = next(i for i, p in enumerate(packets) if from_client(p) and p.payload)
    answer = next(i for i, p in enumerate(packets) if not from_client(p) and p.payload)
    return [i for i in range(first, answer) if packets[i].payload and from_client(packets[i])]


def swapped(frames):
    """The second piece of the hello before the first; times stay in order."""
    a, b = hello_segments(frames)[:2]
    frames[a][1], frames[b][1] = frames[b][1], frames[a][1]
    return frames


def torn(frames):
    """The span lost the second piece of the hello; the server did not."""
    lost = hello_segments(frames)[1]
    return frames[:lost] + frames[lost + 1:]


def crumbs(frames):
    """The hello in segments of one byte."""
    at = hello_segments(frames)[0]
    ts, p = frames[at][0], fr.Packet(frames[at][1])
    head, payload, out = p.data[:len(p.data) - len(p.payload)], p.payload, []
    for i in range(len(payload)):
        p.data = head[:4] + struct.pack(">I", (p.seq + i) % 2**32) + head[8:] + payload[i:i + 1]
        out.append([ts + 1000 * i, p.bytes()])
    return frames[:at] + out + frames[at + 1:]


def wrapped(frames):
    """Sequence numbers that pass 2^32 inside the ClientHello, and in the server's flight."""
    packets = tcp(frames)
    bases = {}
    for p in packets:
        bases.setdefault(p.src, p.seq)
    shift = {who: (2**32 - 100 - base) % 2**32 for who, base in bases.items()}
    out = []
    for f, p in zip(frames, packets):
        ack = (p.ack + shift[p.dst]) % 2**32 if p.flags & fr.ACK else 0
        p.data = p.data[:4] + struct.pack(">II", (p.seq + shift[p.src]) % 2**32, ack) + p.data[12:]
        out.append([f[0], p.bytes()])
    return out


def doubled(frames):
    """A span port that mirrors both ways of a port: every frame twice, 3 us apart."""
    return [[f[0] + late, f[1]] for f in frames for late in (0, 3000)]


VIEWS = {
    "client-only": lambda f: one_way(f, True),
    "server-only": lambda f: one_way(f, False),
    "no-syn": lambda f: f[3:],
    "no-offer": lambda f: f[hello_segments(f)[-1] + 1:],
    "swapped": swapped,
    "torn": torn,
    "crumbs": crumbs,
    "seq-wrap": wrapped,
    "doubled": doubled,
    "snaplen": lambda f: f,
}


def main():
    how, source, target = sys.argv[1:]
    frames = fr.read(source)
    linktype, snaplen = fr.ETHERNET, 262144
    if how in WRAPS:
        frames = [[ts, WRAPS[how](f, n)] for n, (ts, f) in enumerate(frames)]
    elif how in LINKS:
        linktype, change = LINKS[how]
        frames = [[ts, change(f, n)] for n, (ts, f) in enumerate(frames)]
    elif how in tunnels.CUTS:
        frames = [[ts + 1000 * i, part] for n, (ts, f) in enumerate(frames)
                  for i, part in enumerate(tunnels.CUTS[how](f, n))]
    else:
        frames = VIEWS[how](frames)
        snaplen = 128 if how == "snaplen" else snaplen
    fr.write(target, frames, linktype, snaplen)


if __name__ == "__main__":
    main()

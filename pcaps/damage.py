#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""damage: one capture of one connection becomes another, of several that were seen badly.

    damage.py HOW IN.pcap OUT.pcap         HOW is one of DAMAGES below

Only the first connection of IN is taken.  Each copy has a client port of its own and begins a
second after the one before; what happened to it is told beside DAMAGES.
"""
import copy
import random
import struct
import sys

import frames as fr

SECOND = 10**9


def first_connection(frames):
    """Its frames, as [time, Packet], and the client's address."""
    packets = [[ts, fr.Packet(f)] for ts, f in frames]
    syn = next(p for _, p in packets if p.proto == 6)
    ends = {(syn.src, syn.sport), (syn.dst, syn.dport)}
    return [[ts, p] for ts, p in packets
            if p.proto == 6 and {(p.src, p.sport), (p.dst, p.dport)} == ends], syn.src


def edited(p, seq=None, ack=None, flags=None, payload=None, port=0):
    """A copy of a TCP packet with other fields; port is added to the client's port."""
    q = copy.copy(p)
    q.sport += port if q.from_client else 0
    q.dport += 0 if q.from_client else port
    q.seq = p.seq if seq is None else seq % 2**32
    q.ack = p.ack if ack is None else ack % 2**32
    q.flags = p.flags if flags is None else flags
    q.payload = p.payload if payload is None else payload
    header = p.data[12] >> 4 << 2
    q.data = struct.pack(">HHIIBB", q.sport, q.dport, q.seq, q.ack, p.data[12], q.flags)
    q.data += p.data[14:header] + q.payload
    return q


def fragments(p, size=64):
    """Frames with the pieces of an IP packet (RFC 791 section 3.2, RFC 8200 section 4.5)."""
    frame, out = p.bytes(), []
    number = p.seq + p.sport + p.dport
    header = 34 if p.kind == fr.IPV4 else 54
    data = frame[header:]
    for at in range(0, len(data), size):
        more = at + size < len(data)
        piece = data[at:at + size]
        if p.kind == fr.IPV4:
            q = copy.copy(p)
            q.proto, q.data = None, piece
            q.head = p.head[:4] + struct.pack(">HH", number & 0xFFFF, more << 13 | at >> 3) + \
                p.head[8:]
            out.append(q.bytes())
        else:
            extension = struct.pack(">BBHI", 6, 0, at | more, number % 2**32)
            out.append(frame[:18] + struct.pack(">HB", 8 + len(piece), 44) + frame[21:54] +
                       extension + piece)
    return out


# ---- what happens to one copy: [time, Packet] in, [time, Packet or frame] out ---------------

def fragmented(change):
    def damage(conn):
        out = []
        for ts, p in conn:
            parts = fragments(p) if len(p.payload) > 64 else [p]
            out += [[ts + i, f] for i, f in enumerate(change(parts) if parts[1:] else parts)]
        return out
    return damage


def overlapping(parts):
    """A piece with other bytes that begins within the first: RFC 5722 drops all of them."""
    f = parts[1]
    return parts[:1] + [f[:56] + struct.pack(">H", 57) + f[58:62] + bytes(len(f) - 62)] + parts[1:]


FRAGMENTS = [
    lambda parts: parts,                        # in order
    lambda parts: parts[::-1],                  # last first
    lambda parts: [x for x in parts for _ in "12"],     # each twice
    lambda parts: parts[:1] + parts[2:],        # the second is lost
]


def shuffled(seed):
    def damage(conn):
        r = random.Random(seed)
        order = sorted(range(len(conn)), key=lambda i: i + r.uniform(0, 3) if i > 2 else i)
        return [[conn[n][0], conn[i][1]] for n, i in enumerate(order)]
    return damage


def without(n):
    return lambda conn: conn[:n] + conn[n + 1:]


def answers_first(conn):
    return [[ts, p] for ts, p in conn if not p.from_client] + \
        [[ts, p] for ts, p in conn if p.from_client]


def late(ms, client):
    """One of the span's two directions comes late, by its own buffer."""
    return lambda conn: sorted(
        ([ts + (ms * 10**6 if p.from_client is client else 0), p] for ts, p in conn),
        key=lambda f: f[0])


def bogus(n, which):
    """Bare ACKs with n bytes of zeros that count as payload: a device's padding."""
    def damage(conn):
        bare = [i for i, (_, p) in enumerate(conn)
                if p.flags == fr.ACK and not p.payload and p.from_client]
        return [[ts, edited(p, payload=bytes(n)) if i in bare[which] else p]
                for i, (ts, p) in enumerate(conn)]
    return damage


def answer(conn):
    return next(i for i, (_, p) in enumerate(conn) if not p.from_client and p.payload)


def reset_before_answer(offset):
    """Somebody's RST in the server's name; the server answers nevertheless."""
    def damage(conn):
        at = answer(conn)
        ts, p = conn[at]
        rst = edited(p, seq=p.seq + offset, flags=fr.RST | fr.ACK, payload=b"")
        return conn[:at] + [[ts - 1000, rst]] + conn[at:]
    return damage


def reset_by_client(conn):
    """The client gives up as the answer is on its way."""
    at = answer(conn)
    ts, p = next(f for f in conn[at - 1::-1] if f[1].from_client)
    rst = edited(p, seq=p.seq + len(p.payload), flags=fr.RST | fr.ACK, payload=b"")
    out = conn[:at] + [[conn[at][0] - 1000, rst]]
    for f in conn[at:]:
        if f[1].from_client and f[1].payload:
            return out
        out += [] if f[1].from_client else [f]


def routed_twice(conn):
    """Both sides of a router are mirrored: everything twice, with another TTL the second time."""
    out = []
    for ts, p in conn:
        q = copy.copy(p)
        q.macs = b"\x02\x4a\0\0\0\x11\x02\x4a\0\0\0\x12"
        q.head = p.head[:8] + bytes([p.head[8] - 1]) + p.head[9:]
        out += [[ts, p], [ts + 40000, q]]
    return out


def unanswered_connect(conn):
    return [f for f in conn if not f[1].payload.startswith(b"HTTP/1.0 200")]


def each_lost(conn):
    return [without(n) for n in range(len(conn))]


def always(*damages):
    return lambda conn: list(damages)


DAMAGES = {
    "fragments-order": always(*map(fragmented, FRAGMENTS)),
    "fragments-order-ipv6": always(*map(fragmented, FRAGMENTS + [overlapping])),
    "reordered": always(*map(shuffled, range(12))),
    "lost": each_lost,
    "answers-first": always(answers_first),
    "late": always(late(30, True), late(30, False)),
    "bogus-acks": always(*(bogus(n, w) for n in (2, 6) for w in (slice(1), slice(None)))),
    "rst-then-data": always(reset_before_answer(0), reset_before_answer(10**8),
                            reset_by_client),
    "doubled-routed": always(routed_twice),
    "connect-unanswered": always(unanswered_connect),
    "same": always(lambda conn: conn),
}


def main():
    how, source, target = sys.argv[1:4]
    snaplen = int(sys.argv[4]) if len(sys.argv) > 4 else 262144
    conn, client = first_connection(fr.read(source))
    for _, p in conn:
        p.from_client = p.src == client
    out = []
    for n, damage in enumerate(DAMAGES[how](conn)):
        moved = [[ts + n * SECOND, edited(p, port=n)] for ts, p in conn]
        out += [[ts, f if isinstance(f, bytes) else f.bytes()] for ts, f in damage(moved)]
    fr.write(target, out, fr.ETHERNET, snaplen)


if __name__ == "__main__":
    main()

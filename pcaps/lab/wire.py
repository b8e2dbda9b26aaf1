#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""wire: two network cards become a wire, and perhaps a device in it that meddles.

    wire.py plain IFACE             no checksum or segmentation offload from now on, then ends
    wire.py pass A B                every frame that comes in at A leaves at B, and back
    wire.py reset A B               ClientHellos that offer TLS 1.2 or more are answered by an
                                    RST in the server's name, with the device's own TTL
    wire.py drop-large A B          ClientHellos over 1,400 bytes vanish
    wire.py rewrite A B             every version offered becomes TLS 1.0
    wire.py lose A B NAME ...       the first connection that asks for NAME loses its hello,
                                    as often as it is sent
    --delay MS                      each way

A is the clients' side.  TCP over Ethernet and IPv4 or IPv6; all else passes.  Only our own
lab's programs send through it, so nothing here expects hostile bytes.
"""
import argparse
import array
import fcntl
import heapq
import os
import select
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import frames as fr  # noqa: E402

ALL, OUTGOING = 3, 4                    # ETH_P_ALL, PACKET_OUTGOING (packet(7))
SIOCETHTOOL, STXCSUM = 0x8946, 0x17     # linux/sockios.h, linux/ethtool.h
TTL = 64                                # of the device's own packets
LARGE = 1400


def plain(name):
    """The sender makes its checksums itself (and so it cuts its segments itself)."""
    value = array.array("I", [STXCSUM, 0])      # struct ethtool_value
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        fcntl.ioctl(s, SIOCETHTOOL, struct.pack("16sP8x", name.encode(), value.buffer_info()[0]))


# ---- ClientHellos (RFC 8446 4.1.2), of those that fit in one segment at least their start ----
def hello_length(payload):
    """Bytes of the ClientHello that begins here, its record's header among them; else 0."""
    if len(payload) < 43 or payload[0] != 22 or payload[1] != 3 or payload[5] != 1:
        return 0
    return 5 + struct.unpack_from(">H", payload, 3)[0]


def extensions(payload):
    """(type, where its body begins, its length) of every extension in sight."""
    at = 43
    at += 1 + payload[at]                                   # session id
    at += 2 + struct.unpack_from(">H", payload, at)[0]      # suites
    at += 1 + payload[at] + 2                               # compression
    while at + 4 <= len(payload):
        kind, length = struct.unpack_from(">HH", payload, at)
        yield kind, at + 4, length
        at += 4 + length


def versions(payload):
    """Where in the hello a version is offered."""
    yield 9
    for kind, at, length in extensions(payload):
        if kind == 43:
            for i in range(at + 1, min(at + length, len(payload) - 1), 2):
                yield i


def highest(payload):
    offered = [struct.unpack_from(">H", payload, i)[0] for i in versions(payload)]
    return max(v for v in offered if v <= 0x0304)           # GREASE is above (RFC 8701)


def lowered(payload):
    out = bytearray(payload)
    for i in versions(payload):
        if 0x0301 < struct.unpack_from(">H", out, i)[0] <= 0x0304:
            struct.pack_into(">H", out, i, 0x0301)
    return bytes(out)


def asks_for(payload, name):
    return any(kind == 0 and payload[at + 5:at + length] == name
               for kind, at, length in extensions(payload))


# ---- what the device does: frames that go on, frames that go back ----------------------------
def reset(p, back):
    """An RST for what p said; back: to its sender, else to its receiver (RFC 9293 3.10.7)."""
    r = fr.Packet(p.bytes())
    if back:
        r.macs = p.macs[6:] + p.macs[:6]
        r.src, r.dst = p.dst, p.src
        seq, ack, ports = p.ack, p.seq + len(p.payload), (p.dport, p.sport)
    else:
        seq, ack, ports = p.seq, p.ack, (p.sport, p.dport)
    r.head = p.head[:8] + bytes([TTL]) + p.head[9:] if p.kind == fr.IPV4 else \
        p.head[:7] + bytes([TTL]) + p.head[8:]
    r.data = struct.pack(">HHIIBBHHH", *ports, seq, ack & 0xFFFFFFFF, 0x50,
                         fr.RST | fr.ACK, 0, 0, 0)
    return r.bytes()


class Device:
    def __init__(self, does, name):
        self.does, self.name, self.lost = does, name, None

    def __call__(self, frame):
        """What becomes of a frame from the clients: (frames on, frames back)."""
        if self.does == "pass":
            return [frame], []
        p = fr.Packet(frame)
        if p.kind not in (fr.IPV4, fr.IPV6) or p.proto != 6 or not hello_length(p.payload):
            return [frame], []
        if self.does == "reset" and highest(p.payload) >= 0x0303:
            return [reset(p, False)], [reset(p, True)]
        if self.does == "drop-large" and hello_length(p.payload) > LARGE:
            return [], []
        if self.does == "rewrite":
            p.data = p.data[:len(p.data) - len(p.payload)] + lowered(p.payload)
            return [p.bytes()], []
        if self.does == "lose" and asks_for(p.payload, self.name):
            self.lost = self.lost or (p.src, p.sport)
            if self.lost == (p.src, p.sport):
                return [], []
        return [frame], []


def card(name):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL))
    s.bind((name, ALL))
    return s


def run(a, b, device, delay):
    """Frames wait in a heap until their time; the count keeps those of one time in order."""
    queue, count = [], 0
    while True:
        wait = max(0, queue[0][0] - time.monotonic()) if queue else None
        for s in select.select([a, b], [], [], wait)[0]:
            frame, address = s.recvfrom(65535)
            if address[2] == OUTGOING:
                continue
            on, back = device(frame) if s is a else ([frame], [])
            for out, way in [(f, b if s is a else a) for f in on] + [(f, s) for f in back]:
                count += 1
                heapq.heappush(queue, (time.monotonic() + delay, count, out, way))
        while queue and queue[0][0] <= time.monotonic():
            _, _, out, way = heapq.heappop(queue)
            way.send(out)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("does", choices=["plain", "pass", "reset", "drop-large", "rewrite", "lose"])
    ap.add_argument("iface", nargs="+")
    ap.add_argument("--name", default="")
    ap.add_argument("--delay", type=float, default=0.0)
    a = ap.parse_args()
    if a.does == "plain":
        plain(a.iface[0])
        return
    device = Device(a.does, a.name.encode())
    run(card(a.iface[0]), card(a.iface[1]), device, a.delay / 1000)


if __name__ == "__main__":
    main()

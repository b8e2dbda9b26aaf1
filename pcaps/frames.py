# SPDX-License-Identifier: Apache-2.0
"""frames: captures in and out, and what every script here needs to know of a frame.

A frame is [time, bytes]: time in nanoseconds since 1970, bytes an Ethernet frame.  Only
captures that our own tcpdump just wrote are read, so nothing here expects hostile bytes.
Formats: pcap (libpcap's pcap-savefile(5)) and pcapng (draft-ietf-opsawg-pcapng).
"""
import ipaddress
import struct

ETHERNET, SLL2 = 1, 276         # LINKTYPE_* of the tcpdump registry
IPV4, ARP, VLAN, IPV6 = 0x0800, 0x0806, 0x8100, 0x86DD
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


def read(path):
    """All frames of a little-endian pcap file, micro- or nanoseconds."""
    with open(path, "rb") as f:
        data = f.read()
    magic, = struct.unpack_from("<I", data)
    unit = {0xA1B2C3D4: 1000, 0xA1B23C4D: 1}[magic]
    at, frames = 24, []
    while at < len(data):
        sec, sub, have, _ = struct.unpack_from("<IIII", data, at)
        frames.append([sec * 10**9 + sub * unit, data[at + 16:at + 16 + have]])
        at += 16 + have
    return frames


def write(path, frames, linktype=ETHERNET, snaplen=262144):
    """A pcap file of microseconds; frames longer than snaplen are cut, as a capture would."""
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, snaplen, linktype))
        for ts, frame in frames:
            f.write(struct.pack("<IIII", ts // 10**9, ts % 10**9 // 1000,
                                min(len(frame), snaplen), len(frame)) + frame[:snaplen])


def options(*pairs):
    """pcapng options: (code, text) ..., closed by opt_endofopt."""
    out = b""
    for code, text in pairs:
        raw = text if isinstance(text, bytes) else text.encode()
        out += struct.pack("<HH", code, len(raw)) + raw + b"\0" * (-len(raw) % 4)
    return out + struct.pack("<HH", 0, 0)


def block(kind, body):
    n = len(body) + 12
    return struct.pack("<II", kind, n) + body + struct.pack("<I", n)


def write_ng(path, frames, interfaces, comment):
    """A pcapng file of nanoseconds.

    frames: [time, bytes, interface number, comment or ""]; interfaces: [(name, description)].
    """
    with open(path, "wb") as f:
        f.write(block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) +
                      options((1, comment), (4, "pcaps/make of hellotap"))))
        for name, description in interfaces:
            f.write(block(1, struct.pack("<HHI", ETHERNET, 0, 262144) +
                          options((2, name), (3, description), (9, b"\x09"))))
        for ts, frame, interface, words in frames:
            body = struct.pack("<IIIII", interface, ts >> 32, ts & 0xFFFFFFFF,
                               len(frame), len(frame))
            body += frame + b"\0" * (-len(frame) % 4)
            f.write(block(6, body + (options((1, words)) if words else b"")))
        for i in range(len(interfaces)):
            seen = sum(1 for frame in frames if frame[2] == i)
            last = frames[-1][0]
            f.write(block(5, struct.pack("<III", i, last >> 32, last & 0xFFFFFFFF) +
                          options((4, struct.pack("<Q", seen)), (5, struct.pack("<Q", 0)))))


def checksum(data):
    """The internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def addr(text):
    return ipaddress.ip_address(text).packed


class Packet:
    """An untagged Ethernet frame taken apart; bytes() puts it together, checksums right.

    kind is the EtherType; src and dst are packed addresses (of ARP: sender and target).
    For TCP seq, ack, flags, sport, dport and payload are there too.
    """

    def __init__(self, frame):
        self.macs = frame[:12]
        self.kind, = struct.unpack_from(">H", frame, 12)
        self.body = frame[14:]
        self.src = self.dst = b""
        self.proto = None
        if self.kind == IPV4:
            self.split(20, struct.unpack_from(">H", self.body, 2)[0], self.body[9], (12, 16, 20))
        elif self.kind == IPV6:
            size, = struct.unpack_from(">H", self.body, 4)
            self.split(40, 40 + size, self.body[6], (8, 24, 40))
        elif self.kind == ARP:
            self.src, self.dst = self.body[14:18], self.body[24:28]

    def split(self, header, total, proto, ends):
        self.head, self.data = self.body[:header], self.body[header:total]
        self.src, self.dst = self.body[ends[0]:ends[1]], self.body[ends[1]:ends[2]]
        self.proto = proto
        if proto == 6:
            self.sport, self.dport, self.seq, self.ack = struct.unpack_from(">HHII", self.data)
            self.flags = self.data[13]
            self.payload = self.data[self.data[12] >> 4 << 2:]

    def bytes(self):
        if self.kind == ARP:
            b = self.body
            mac = self.macs[6:]
            target = b"\0" * 6 if self.macs[:6] == b"\xff" * 6 else self.macs[:6]
            return self.macs + b"\x08\x06" + b[:8] + mac + self.src + target + self.dst
        if self.kind == IPV4:
            head = self.head[:2] + struct.pack(">H", 20 + len(self.data)) + self.head[4:10]
            sum_ = checksum(head + b"\0\0" + self.src + self.dst)
            head += struct.pack(">H", sum_) + self.src + self.dst
        elif self.kind == IPV6:
            head = self.head[:4] + struct.pack(">H", len(self.data)) + self.head[6:8]
            head += self.src + self.dst
        else:
            return self.macs + struct.pack(">H", self.kind) + self.body
        return self.macs + struct.pack(">H", self.kind) + head + self.summed()

    def summed(self):
        """The transport's bytes with its checksum over the pseudo-header (RFC 9293 3.1)."""
        at = {6: 16, 17: 6, 1: 2, 58: 2}.get(self.proto)
        if at is None:
            return self.data
        zeroed = self.data[:at] + b"\0\0" + self.data[at + 2:]
        pseudo = b""
        if self.proto != 1:
            pseudo = self.src + self.dst + struct.pack(">IHBB", len(zeroed), 0, 0, self.proto) \
                if self.kind == IPV6 else \
                self.src + self.dst + struct.pack(">BBH", 0, self.proto, len(zeroed))
        value = checksum(pseudo + zeroed)
        if self.proto == 17 and value == 0:
            value = 0xFFFF
        return zeroed[:at] + struct.pack(">H", value) + zeroed[at + 2:]

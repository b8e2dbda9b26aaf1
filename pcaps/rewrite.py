#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""rewrite: a recording of the lab becomes a capture of an office.

    rewrite.py IN.pcap OUT.pcap --start 2026-11-20T09:00:00 [options]

Server networks of the lab become Microsoft's (NETWORKS), hardware addresses are made up
from the address behind them, the first packet gets the time --start, every answer comes
--rtt milliseconds after what it answers, and --wait stretches the longest pause to a
given number of seconds.  Checksums are right afterwards.  Payload is not touched.
"""
import argparse
import calendar
import ipaddress
import time

import frames as fr

# Lab network -> public one.  Microsoft's ranges are of its published endpoint list
# (endpoints.office.com, sets 1, 2, 12, 31, 56); 203.0.113.0/24 is documentation (RFC 5737).
NETWORKS = [(ipaddress.ip_network(a), ipaddress.ip_network(b)) for a, b in (
    ("10.9.1.0/24", "52.97.201.0/24"),          # Exchange Online
    ("10.9.2.0/24", "13.107.136.0/24"),         # SharePoint, OneDrive
    ("10.9.3.0/24", "52.113.194.0/24"),         # Teams
    ("10.9.4.0/24", "20.190.160.0/24"),         # Entra sign-in
    ("10.9.5.0/24", "203.0.113.0/24"),          # a server of somebody else
    ("10.9.6.0/24", "13.107.246.0/24"),         # Azure Front Door: in no endpoint set
    ("fd00:9:1::/64", "2603:1026:c0d:80::/64"),  # Exchange Online
    ("fd00:9:4::/64", "2603:1006:2000::/64"),   # Entra sign-in
)]
OFFICE = [ipaddress.ip_network(n) for n in ("10.1.0.0/16", "fd00:1::/64")]
GATEWAYS = [fr.addr(a) for a in ("10.1.0.1", "fd00:1::1")]
ROUTER = b"\x02\x4a\x00\x00\x00\x01"


def public(packed):
    """The public address for one of the lab's servers; any other stays."""
    a = ipaddress.ip_address(packed)
    for lab, net in NETWORKS:
        if a.version == lab.version and a in lab:
            return net[int(a) - int(lab.network_address)].packed
    return packed


def mac_of(packed):
    """Locally administered: of the office's hosts their own, of all others the router's."""
    a = ipaddress.ip_address(packed)
    if packed not in GATEWAYS and any(a.version == n.version and a in n for n in OFFICE):
        return b"\x02\x4a" + packed[-4:]
    return ROUTER


def rewrite(frame):
    p = fr.Packet(frame)
    p.macs = (p.macs[:6] if p.macs[0] & 1 else mac_of(p.dst)) + mac_of(p.src)
    p.src, p.dst = public(p.src), public(p.dst)
    return p.bytes()


def retime(frames, start, rtt, wait):
    """New times, in place: see the head of this file."""
    gaps = [0] + [b[0] - a[0] for a, b in zip(frames, frames[1:])]
    if wait:
        gaps[gaps.index(max(gaps))] = wait
    now, before = start, None
    for frame, gap in zip(frames, gaps):
        p = fr.Packet(frame[1])
        answers = p.src and before and p.src == before.dst and p.dst == before.src
        if answers and mac_of(p.src) == ROUTER and p.kind != fr.ARP and gap < rtt:
            gap = gap + rtt         # the server answers: the packets crossed the network
        now += gap
        frame[0] = now
        before = p if p.src else before


def nanoseconds(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%S")) * 10**9


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("input")
    ap.add_argument("output")
    ap.add_argument("--start", required=True, type=nanoseconds)
    ap.add_argument("--rtt", type=float, default=8.0)
    ap.add_argument("--wait", type=float, default=0.0)
    a = ap.parse_args()
    frames = [f for f in fr.read(a.input) if fr.Packet(f[1]).src]
    retime(frames, a.start, int(a.rtt * 10**6), int(a.wait * 10**9))
    fr.write(a.output, [[ts, rewrite(frame)] for ts, frame in frames])


if __name__ == "__main__":
    main()

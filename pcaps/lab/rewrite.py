#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""rewrite: recordings of one story, made at the same time, become captures of an office.

    rewrite.py --start 2026-11-20T10:00:00 [--ahead SECONDS] IN OUT [IN OUT ...]

The servers' networks become Microsoft's (../rewrite.py has the table), the lab's one client
card a card for each client, and all clocks move by the same: the earliest packet of all files
gets the time --start.  The clock of every file but the first is ahead by --ahead seconds.
Times are otherwise as recorded, checksums right, payload untouched.
"""
import argparse
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import frames as fr  # noqa: E402
import rewrite as office  # noqa: E402

CLIENT = bytes.fromhex("024a000000c0")      # CLIENT_MAC of net.sh


def card(mac, address):
    """Of the clients' one card: locally administered, from the address behind it."""
    return b"\x02\x4a" + address[-4:] if mac == CLIENT else mac


def rewrite(frame):
    p = fr.Packet(frame)
    p.macs = card(p.macs[:6], p.dst) + card(p.macs[6:], p.src)
    p.src, p.dst = office.public(p.src), office.public(p.dst)
    return p.bytes()


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--start", required=True, type=office.nanoseconds)
    ap.add_argument("--ahead", type=float, default=0.0)
    ap.add_argument("files", nargs="+")
    a = ap.parse_args()
    read = [fr.read(path) for path in a.files[::2]]
    shift = a.start - min(frames[0][0] for frames in read if frames)
    for frames, path in zip(read, a.files[1::2]):
        fr.write(path, [[ts + shift, rewrite(frame)] for ts, frame in frames])
        if path == a.files[1]:
            shift += int(a.ahead * 10**9)


if __name__ == "__main__":
    main()

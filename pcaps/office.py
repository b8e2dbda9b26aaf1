#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""office: sessions recorded one by one become one morning on two span ports.

    office.py LIST OUT.pcapng       LIST: time, client address, capture, comment; tabs between
"""
import sys

import frames as fr
import rewrite
import wrap

INTERFACES = [("span-core", "SPAN session 1: core switch, access VLAN"),
              ("span-floor2", "SPAN session 2: floor 2, VLAN 20 (offices) and 30 (printers)")]
COMMENT = ("A morning in an office: hellotap's demo. Made by pcaps/make from real programs in "
           "network namespaces; the servers' addresses were rewritten to Microsoft's ranges.")


def session(line):
    time, client, path, comment = line.rstrip("\n").split("\t")
    vlan = int(client.split(".")[2])
    frames = [f for f in fr.read(path) if fr.Packet(f[1]).src]
    rewrite.retime(frames, rewrite.nanoseconds("2026-11-20T" + time), 8 * 10**6, 0)
    first = next((f for f in frames if fr.Packet(f[1]).kind != fr.ARP), None)
    for f in frames:
        frame = rewrite.rewrite(f[1])
        if vlan != 4:
            frame = wrap.tagged(frame, (fr.VLAN, vlan))
        yield [f[0], frame, int(vlan != 4), comment if f is first else ""]


def main():
    with open(sys.argv[1]) as lines:
        frames = [f for line in lines for f in session(line)]
    frames.sort(key=lambda f: f[0])
    fr.write_ng(sys.argv[2], frames, INTERFACES, COMMENT)


if __name__ == "__main__":
    main()

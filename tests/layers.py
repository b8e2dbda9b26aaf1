#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""layers.py HELLOTAP SRCDIR - the table of docs/layers.md, made from the registry and our captures.

Every line of src/decode/layers.def that is read into, its number, and the captures of pcaps/ in
whose records it stands.  Layers without one are tested by annotated bytes only."""
import glob
import json
import os
import re
import subprocess
import sys

MANY = 9
KEYS = {"LINK": "link type", "ETHERTYPE": "EtherType", "IPPROTO": "IP protocol",
        "UDPPORT": "UDP port", "UDPSOURCE": "UDP source port", "ERSPAN": "ERSPAN type",
        "PPP": "PPP protocol", "WLAN": "802.11 type"}


def registry(srcdir):
    line = re.compile(r'LAYER\(KEY_(\w+),\s*(\w+),\s*"([^"]+)",\s*(\w+)\)')
    layers = {}
    for key, value, name, decoder in line.findall(
            open(os.path.join(srcdir, "src/decode/layers.def")).read()):
        if decoder != "decode_other":
            layers.setdefault(name, []).append("%s %s" % (KEYS.get(key, key), value))
    return layers


def captures(hellotap, srcdir):
    found = {}
    for path in sorted(glob.glob(os.path.join(srcdir, "pcaps", "*.pcap*"))):
        run = subprocess.run([hellotap, "read", "--scope", "all", "-o", "json", path],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        for line in run.stdout.splitlines():
            o = json.loads(line)
            for name in o["hellotap"].get("encapsulation", {}).get("layers", []):
                found.setdefault(name, set()).add(os.path.basename(path).split(".")[0])
    return found


def main():
    layers, found = registry(sys.argv[2]), captures(sys.argv[1], sys.argv[2])
    print("| layer | known by | captures in pcaps/ |\n| --- | --- | --- |")
    for name in sorted(layers):
        names = sorted(found.get(name, ()))
        shown = ", ".join(names) if len(names) < MANY else "many"
        print("| %s | %s | %s |" % (name, ", ".join(layers[name]),
                                    shown or "none: annotated bytes in the tests"))


main()

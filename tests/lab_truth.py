#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""lab_truth.py HELLOTAP PCAPS - holds pcaps/lab/truth.tsv against the captures it speaks of.

What a verdict means is asked of the handshakes alone (who offered which version, which random is
on which side, when), not of what hellotap concludes from them.  Prints what does not hold; ends
with 1 if something does not."""
import collections
import datetime
import json
import os
import re
import subprocess
import sys

RANK = {"ssl2": 0, "ssl3": 1, "tls1.0": 2, "tls1.1": 3, "tls1.2": 4, "tls1.3": 5}
CULPRITS = {"proxy", "path", "host", "server", "none"}
SCSV = 0x00FF       # a renegotiation mark among the suites (RFC 5746)
Hello = collections.namedtuple("Hello", "at client server random max suites result")


def hellos(hellotap, path):
    """Those that offer something, in time order."""
    said = subprocess.run([hellotap, "read", "-o", "json", path], check=True,
                          stdout=subprocess.PIPE).stdout
    found = []
    for line in said.splitlines():
        r = json.loads(line)
        offer = r["hellotap"].get("offer") if "source" in r else None
        if offer and offer.get("random") and offer.get("max"):
            at = datetime.datetime.fromisoformat(r["@timestamp"][:26] + "+00:00").timestamp()
            found.append(Hello(at, r["source"]["ip"], r["destination"]["ip"], offer["random"],
                               RANK[offer["max"]],
                               [s for s in offer["cipher_codes"] if s != SCSV],
                               r["hellotap"]["outcome"]["result"]))
    return sorted(found)


def old(hello):
    return hello.max < RANK["tls1.2"]


def randoms(side):
    return {h.random for h in side}


def fell_back(inside):
    """Clients that came back with an old offer after a new one was reset."""
    return {b.client for a, b in zip(inside, inside[1:]) if a.client == b.client and
            a.result == "reset" and not old(a) and old(b)}


def before_13(hello):
    """A set: Squid's comes in any order.  0x13.. are TLS 1.3's; GREASE is RFC 8701's."""
    return {s for s in hello.suites if s >> 8 != 0x13 and s & 0x0F0F != 0x0A0A}


def mimicked(inside, outside):
    offered = [before_13(h) for h in inside]
    return all(before_13(h) in offered for h in outside)


# What has to hold of each verdict: name -> of (inside, outside, culprits).
VERDICTS = {
    "tunnels": lambda i, o, who: randoms(i) == randoms(o) and sum(map(old, i)) == sum(map(old, o)),
    "re-originates": lambda i, o, who: not randoms(i) & randoms(o),
    "mimics": lambda i, o, who: not randoms(i) & randoms(o) and mimicked(i, o),
    "raises": lambda i, o, who: not randoms(i) & randoms(o) and not any(map(old, o)),
    "lowers": lambda i, o, who: not any(map(old, i)) and all(map(old, o)) and
    (randoms(i) == randoms(o) if who == {"path"} else not randoms(i) & randoms(o)),
    "fallback": lambda i, o, who: bool(fell_back(i)) and randoms(o) < randoms(i),
    "none": lambda i, o, who: randoms(o) <= randoms(i),
}


def apart(inside, outside):
    """Seconds by which outside's hellos are behind inside's, of one random or of one turn."""
    at = {h.random: h.at for h in inside}
    pairs = [(at[h.random], h.at) for h in outside if h.random in at] or \
        list(zip((h.at for h in inside), (h.at for h in outside)))
    return sorted(b - a for a, b in pairs)[len(pairs) // 2]


def wrong(line, inside, outside):
    """What does not hold of one line; a list of texts."""
    _, culprit, address, verdict, ahead, notes = line
    who, named = set(culprit.split(",")), set(address.split(",")) - {"-"}
    seen = {a for h in inside + outside for a in (h.client, h.server)}
    guilty = {h.client for h in inside if old(h)}
    if not who <= CULPRITS or verdict not in VERDICTS or not notes:
        return ["not a line of truth"]
    why = []
    if not VERDICTS[verdict](inside, outside, who):
        why.append("its handshakes are not what '%s' means" % verdict)
    if not named <= seen:
        why.append("no %s in the captures" % ", ".join(named - seen))
    if who == {"none"} and (named or guilty):
        why.append("nobody is at fault, but one is named or offers TLS 1.1 or less")
    if "host" in who and not named & guilty == guilty:
        why.append("hosts offer TLS 1.1 or less and are not named: %s" % (guilty - named))
    if verdict == "fallback" and fell_back(inside) != named:
        why.append("%s fell back" % fell_back(inside))
    if abs(apart(inside, outside) - float(ahead)) > 0.5:
        why.append("the clocks are apart by %.1f s" % apart(inside, outside))
    return why


def main():
    hellotap, pcaps = sys.argv[1:]
    with open(os.path.join(pcaps, "lab", "truth.tsv")) as f:
        lines = [li.rstrip("\n").split("\t") for li in f if not li.startswith("#")]
    with open(os.path.join(pcaps, "lab", "make")) as f:
        told = re.findall(r"^\ttell ([a-z0-9-]+)", f.read(), re.M)
    bad = 0
    if [li[0] for li in lines] != told:
        print("stories are not those of pcaps/lab/make: %s" % (set(told) ^ {li[0] for li in lines}))
        bad = 1
    for line in lines:
        sides = [hellos(hellotap, os.path.join(pcaps, "lab-%s-%s.pcap" % (line[0], side)))
                 for side in ("inside", "outside")]
        for why in wrong(line, *sides):
            print("%s: %s" % (line[0], why))
            bad = 1
    sys.exit(bad)


main()

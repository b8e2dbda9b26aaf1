#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""culprits.py HELLOTAP PCAPS - for every story of the proxy laboratory: who is at fault in truth
(pcaps/lab/truth.tsv), and whom hellotap accuses on each side, with its confidence.  Prints
docs/culprits.md; what is wrong goes to standard error and makes it end with 1."""
import json
import os
import subprocess
import sys

HEAD = """# Culprits

Made by `tests/culprits.sh`, which fails when this page is not what it finds. The stories are those
of `pcaps/lab`: real clients, proxies and servers, recorded on both sides of what stands between.
`pcaps/lab/truth.tsv` says who is at fault, and what else there is to know of each.

A culprit in brackets is named with less than high confidence. *right*: who is named is at fault, or
nobody is. *not from here*: nobody is named, since this side does not show it. *misled*: somebody is
named who is not at fault, for the reason below the table.

The last column has what becomes of the offers in truth, and what hellotap says of each box that it
found, with its confidence (*-*: none), when all files of the story are read together.

| story | at fault | inside alone | outside alone | all files together | what proxies do |
| --- | --- | --- | --- | --- | --- |
"""

# Addresses that speak for others: what they send is theirs, as far as the wire outside tells.
SPEAKS_FOR_OTHERS = {"10.1.9.7", "10.1.9.8", "10.1.9.9", "10.1.10.8", "198.51.100.7"}

# Verdicts on what a box does to offers.
DOES = {"tunnels", "re-originates", "mimics", "raises", "lowers"}

# What one side cannot know, mostly.
MISLED = {
    ("path-reset", "outside"): "only the lower hellos get that far, and nothing marks them",
    ("path-rewrite", "outside"): "the hellos that get that far are those of the device",
    ("haproxy-tproxy-tls10", "outside"): "the proxy speaks with the addresses of its clients",
    ("legacy-server", "inside"): "the server is behind a proxy, whose address the wire shows",
}


def accused(hellotap, paths):
    """{(kind, address): (confidence, rules)} of findings of level low and above."""
    said = subprocess.run([hellotap, "read", "-o", "json"] + paths, check=True,
                          stdout=subprocess.PIPE).stdout
    found = {}
    order = ["low", "medium", "high"]
    for line in said.splitlines():
        r = json.loads(line)
        if r["event"]["dataset"] != "hellotap.finding" or r["rule"]["level"] == "info":
            continue
        if r["rule"]["id"] == "proxy-masks":    # the fault is that of its clients, and it says so
            continue
        who = (r["hellotap"]["culprit"]["kind"], r["hellotap"]["culprit"].get("ip", "-"))
        sure, rules = found.get(who, ("low", set()))
        sure = max(sure, r["hellotap"]["confidence"], key=order.index)
        found[who] = (sure, rules | {r["rule"]["id"]})
    return found


def proxies(hellotap, paths):
    """[(address, verdict, confidence)] of the inventory."""
    said = subprocess.run([hellotap, "read", "-o", "json"] + paths, check=True,
                          stdout=subprocess.PIPE).stdout
    summary = json.loads(said.splitlines()[-1])["hellotap"]
    return [(p.get("ip", "no address"), p["verdict"], p["confidence"])
            for p in summary.get("proxies", [])]


def does(story, kinds, verdict, found):
    """Why what is said of proxies is not so; None: it is."""
    said = {v for _, v, c in found if c != "low"}
    if verdict not in DOES or kinds == {"path"}:
        return "%s: a proxy is seen where there is none" % story if said else None
    wrong = said - {verdict} - ({"tunnels", "re-originates"} if "chain" in story else set())
    if verdict not in said or wrong:
        return "%s: it %s, not %s" % (story, verdict, ", ".join(sorted(said)) or "nothing")
    return None


def words(found):
    return "; ".join("%s %s: %s" % (k if c == "high" else "(%s)" % k, a, ", ".join(sorted(r)))
                     for (k, a), (c, r) in sorted(found.items()))


def judge(found, kinds, addresses, side):
    """right, not from here, misled."""
    if not found:
        return "right" if kinds == {"none"} else "not from here"
    for kind, address in found:
        outside = side == "outside" and address in SPEAKS_FOR_OTHERS
        if not (address in addresses and (kind in kinds or outside)) and not outside:
            return "misled"
    return "right"


def main():
    hellotap, pcaps = sys.argv[1:3]
    wrong, used = 0, set()
    print(HEAD, end="")
    for line in open(os.path.join(pcaps, "lab", "truth.tsv"), encoding="utf-8"):
        if line.startswith("#") or not line.strip():
            continue
        story, kinds, addresses, verdict = line.split("\t")[:4]
        all_files = [os.path.join(pcaps, "lab-%s-%s.pcap" % (story, s))
                     for s in ("inside", "outside", "middle")]
        all_files = [path for path in all_files if os.path.exists(path)]
        cells = []
        for side, paths in ("inside", all_files[:1]), ("outside", all_files[1:2]), \
                ("together", all_files):
            found = accused(hellotap, paths)
            is_so = judge(found, set(kinds.split(",")), set(addresses.split(",")), side)
            cells.append("*%s*%s" % (is_so, ": " + words(found) if found else ""))
            if is_so == "misled":
                used.add((story, side))
                if (story, side) not in MISLED:
                    print("%s, %s: accused wrongly: %s" % (story, side, words(found)),
                          file=sys.stderr)
                    wrong = 1
        boxes = proxies(hellotap, all_files)
        why = does(story, set(kinds.split(",")), verdict, boxes)
        if why:
            print(why, file=sys.stderr)
            wrong = 1
        cells.append("%s: %s" % (verdict if verdict in DOES else "-",
                                 "; ".join("%s %s (%s)" % box for box in boxes) or "-"))
        print("| %s | %s | %s |" % (story, ("%s %s" % (kinds, addresses)).replace(" -", ""),
                                    " | ".join(cells)))
    print("\nMisled, and why:\n")
    for (story, side), why in MISLED.items():
        print("- %s, %s: %s." % (story, side, why))
        if (story, side) not in used:
            print("%s, %s: is not misled any more" % (story, side), file=sys.stderr)
            wrong = 1
    sys.exit(wrong)


main()

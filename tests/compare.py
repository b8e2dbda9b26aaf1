#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare.py HELLOTAP DIR ORACLE_DIR [NAME ...] - hold hellotap's records against tshark's.

For each capture DIR/NAME with ORACLE_DIR/NAME.jsonl (one object a hello, as tshark sees it), runs
    HELLOTAP read --workers 0 --scope all -o json NAME
and pairs hellos by client address and port, server address and port.  Compared of a ClientHello:
legacy version, offered versions, suites, extensions and groups in order, server name, JA3; of a
ServerHello: version, suite, extensions, JA3S.  GREASE values stay in the lists on both sides.

Left out: what the oracle marks implausible or malformed; hellos inside EAP, RADIUS, OpenVPN or RDP
over UDP; QUIC and DTLS unless --udp is given; the hello that follows a HelloRetryRequest.
Prints a line per difference, then the totals; exits 0 if nothing differs.  With --extra there is a
line too for each offer that tshark has nothing for."""
import json
import os
import subprocess
import sys

FOREIGN = {"eap", "radius", "openvpn", "rdpudp"}
TOKENS = {0x0002: "ssl2", 0x0300: "ssl3", 0x0301: "tls1.0", 0x0302: "tls1.1", 0x0303: "tls1.2",
          0x0304: "tls1.3", 0xfeff: "dtls1.0", 0xfefd: "dtls1.2", 0xfefc: "dtls1.3"}


def token(version):
    return TOKENS.get(version, "0x%04x" % version) if version is not None else None


def is_grease(code):
    return code & 0x0f0f == 0x0a0a and code >> 8 == code & 0xff


def oracle_hellos(path, udp):
    with open(path) as lines:
        for line in lines:
            o = json.loads(line)
            if o.get("kind") not in ("client_hello", "server_hello"):
                continue
            if o.get("implausible") or o.get("malformed"):
                continue
            protocols = set(o.get("protocols", "").split(":"))
            if protocols & FOREIGN:
                continue
            if not udp and (o.get("transport") in ("udp", "quic", "dtls") or "dtls" in protocols):
                continue
            yield o


def records(tool, capture):
    run = subprocess.run([tool, "read", "--workers", "0", "--scope", "all", "--progress", "never",
                          "-o", "json", capture], capture_output=True, text=True, timeout=120)
    if run.returncode not in (0, 4):
        print("%s: exit %d: %s" % (os.path.basename(capture), run.returncode,
                                   run.stderr.strip()[-200:]))
    client, server = {}, {}
    for line in run.stdout.splitlines():
        r = json.loads(line)
        if r["event"]["dataset"] != "hellotap.handshake":
            continue
        s, d = r.get("source", {}), r.get("destination", {})
        ends = (s.get("ip"), s.get("port"), d.get("ip"), d.get("port"))
        if "offer" in r["hellotap"]:
            client.setdefault(ends, []).append(r)
        if "answer" in r["hellotap"]:
            server.setdefault(ends, []).append(r)
    return client, server


def differences(pairs):
    return ["%s: tshark %s, hellotap %s" % (name, want, got)
            for name, want, got in pairs if want != got]


def differs_client(o, r):
    offer, ecs = r["hellotap"]["offer"], r.get("tls", {}).get("client", {})
    if o.get("sslv2") or offer.get("format") == "ssl2":
        return differences([("ciphers", o.get("ciphers"), offer.get("cipher_codes"))])
    pairs = [("legacy_version", token(o["handshake_version"]), offer.get("legacy_version")),
             ("ciphers", o["ciphers"], offer.get("cipher_codes")),
             ("extensions", o["extensions"], offer.get("extension_codes", [])),
             ("groups", o.get("groups") or [], offer.get("group_codes", [])),
             ("sni", o.get("sni") or None, ecs.get("server_name"))]
    offered = [token(v) for v in o.get("supported_versions") or [] if not is_grease(v)]
    if offered:
        pairs.append(("versions", offered, offer.get("versions")))
    if o.get("ja3"):
        pairs.append(("ja3", o["ja3"], ecs.get("ja3")))
    return differences(pairs)


def differs_server(o, r):
    answer, ecs = r["hellotap"]["answer"], r.get("tls", {}).get("server", {})
    chosen = o.get("selected_version") or o["handshake_version"]
    if chosen >> 8 == 0x7f or chosen == 0xfb1a:
        chosen = 0x0304
    pairs = [("version", token(chosen), answer.get("version")),
             ("cipher", o.get("cipher"), answer.get("cipher_code")),
             ("extensions", o.get("extensions") or [], answer.get("extension_codes", []))]
    if o.get("ja3s"):
        pairs.append(("ja3s", o["ja3s"], ecs.get("ja3s")))
    return differences(pairs)


def compare_capture(name, hellos, seen, total):
    """Adds to total; returns our offers that tshark has nothing for, as (capture, ends)."""
    client, server = seen
    used, retried, randoms = set(), set(), {}
    for o in hellos:
        kind = o["kind"]
        ends = (o["src"], o["sport"], o["dst"], o["dport"])
        if kind == "server_hello":
            ends = ends[2:] + ends[:2]
            if o.get("hrr"):
                retried.add(ends)
                continue
        elif ends in retried:
            retried.discard(ends)
            continue
        elif o.get("random") and randoms.setdefault(ends, o["random"]) == o["random"]:
            if (ends, "first") in retried:
                continue    # the same random again: a retry whose request was not captured
            retried.add((ends, "first"))
        total[kind][1] += 1
        where = "%s frame %s: %s" % (name, o["frame"], kind)
        pool = (client if kind == "client_hello" else server).get(ends, [])
        if not pool:
            print("%s %s not seen" % (where, ends))
            continue
        differs = differs_client if kind == "client_hello" else differs_server
        best = min(pool, key=lambda r: len(differs(o, r)))
        used.add((kind, id(best)))
        why = differs(o, best)
        if why:
            print("%s: %s" % (where, "; ".join(why)))
        else:
            total[kind][0] += 1
    return [(name, ends) for ends, rs in client.items() for r in rs
            if ("client_hello", id(r)) not in used]


def main():
    args = [a for a in sys.argv[1:] if not a.startswith("--")]
    udp = "--udp" in sys.argv
    tool, captures, oracle = args[:3]
    names = args[3:] or sorted(n[:-6] for n in os.listdir(oracle) if n.endswith(".jsonl"))
    total = {"client_hello": [0, 0], "server_hello": [0, 0]}
    extra = []
    for name in names:
        hellos = oracle_hellos(os.path.join(oracle, name + ".jsonl"), udp)
        extra += compare_capture(name, hellos, records(tool, os.path.join(captures, name)), total)
    if "--extra" in sys.argv:
        for name, ends in extra:
            print("%s: client_hello %s extra" % (name, ends))
    print("matched %d of %d client hellos, %d of %d server hellos, extra %d" %
          (*total["client_hello"], *total["server_hello"], len(extra)))
    sys.exit(any(n[0] != n[1] for n in total.values()))


main()

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gen - write deterministic packet captures of TLS traffic, for benchmarks.
 *
 *   gen mix      -o mix.pcap    [-s seed] [-n connections] [-b bytes] [-c concurrent] [-6 pct] [-T truth.tsv]
 *   gen hellos   -o hellos.pcap [-s seed] [-n connections] [-c concurrent] [-6 pct] [-T truth.tsv]
 *   gen synflood -o syn.pcap    [-s seed] [-n packets]
 *
 * Common: [-p percent of connections to Microsoft 365] [-l percent of legacy clients] [-v vlan id] [-S truth.json]
 *         [-f percent of hellos split] [-q percent QUIC/DNS noise packets (mix)]
 *
 * One pcap (little-endian, microseconds, Ethernet) comes out, with correct IP,
 * TCP and UDP checksums and consistent sequence numbers.  The same options and
 * seed give the same bytes.  A JSON summary of what is in the file goes to
 * standard output or to -S.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>

#include "templates.h"

#define NHELLO (sizeof hellos / sizeof *hellos)
#define MSS 1460
#define POOL (4u << 20)

static void die(const char *m)
{
	fprintf(stderr, "gen: %s: %s\n", m, strerror(errno));
	exit(1);
}

/* ---- random numbers: xoshiro256** seeded by splitmix64 ---- */

static uint64_t rs[4];

static uint64_t splitmix(uint64_t *x)
{
	uint64_t z = (*x += 0x9e3779b97f4a7c15ull);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

static uint64_t rnd(void)
{
	uint64_t r = ((rs[1] * 5) << 7 | (rs[1] * 5) >> 57) * 9, t = rs[1] << 17;
	rs[2] ^= rs[0]; rs[3] ^= rs[1]; rs[1] ^= rs[2]; rs[0] ^= rs[3];
	rs[2] ^= t;
	rs[3] = rs[3] << 45 | rs[3] >> 19;
	return r;
}

static unsigned below(unsigned n) { return (unsigned)(((rnd() >> 32) * (uint64_t)n) >> 32); }
static int pct(double p) { return (double)(rnd() >> 11) * 0x1p-53 * 100.0 < p; }
static void rbytes(unsigned char *p, unsigned n) { for (; n; n--) *p++ = (unsigned char)(rnd() >> 56); }

/* ---- address plan ---- */

struct net { const char *s; const char *host; int family, len; unsigned char a[16]; };
static struct net m365[] = {
	{ "13.107.6.152/31", "outlook.office.com", 0, 0, {0} }, { "13.107.18.10/31", "outlook.office365.com", 0, 0, {0} },
	{ "13.107.128.0/22", "outlook.office365.com", 0, 0, {0} }, { "23.103.160.0/20", "outlook.office365.com", 0, 0, {0} },
	{ "40.96.0.0/13", "outlook.office365.com", 0, 0, {0} }, { "40.104.0.0/15", "outlook.office365.com", 0, 0, {0} },
	{ "52.96.0.0/14", "outlook.office365.com", 0, 0, {0} }, { "131.253.33.215/32", "outlook.office.com", 0, 0, {0} },
	{ "132.245.0.0/16", "outlook.office365.com", 0, 0, {0} }, { "150.171.32.0/22", "outlook.office365.com", 0, 0, {0} },
	{ "204.79.197.215/32", "outlook.office.com", 0, 0, {0} }, { "40.92.0.0/15", "mail.protection.outlook.com", 0, 0, {0} },
	{ "40.107.0.0/16", "mail.protection.outlook.com", 0, 0, {0} }, { "52.100.0.0/14", "mail.protection.outlook.com", 0, 0, {0} },
	{ "104.47.0.0/17", "mail.protection.outlook.com", 0, 0, {0} }, { "52.104.0.0/14", "contoso.sharepoint.com", 0, 0, {0} },
	{ "13.107.136.0/22", "contoso-my.sharepoint.com", 0, 0, {0} }, { "40.108.128.0/17", "contoso.sharepoint.com", 0, 0, {0} },
	{ "104.146.128.0/17", "contoso.sharepoint.com", 0, 0, {0} }, { "150.171.40.0/22", "contoso.sharepoint.com", 0, 0, {0} },
	{ "52.112.0.0/14", "teams.microsoft.com", 0, 0, {0} }, { "52.122.0.0/15", "teams.microsoft.com", 0, 0, {0} },
	{ "20.190.128.0/18", "login.microsoftonline.com", 0, 0, {0} }, { "40.126.0.0/18", "login.windows.net", 0, 0, {0} },
	{ "20.20.32.0/19", "login.microsoftonline.com", 0, 0, {0} }, { "20.231.128.0/19", "login.live.com", 0, 0, {0} },
	{ "52.108.0.0/14", "word-edit.officeapps.live.com", 0, 0, {0} }, { "13.107.6.171/32", "www.office.com", 0, 0, {0} },
	{ "2603:1006::/40", "outlook.office365.com", 0, 0, {0} }, { "2603:1016::/36", "outlook.office365.com", 0, 0, {0} },
	{ "2603:1026::/36", "outlook.office365.com", 0, 0, {0} }, { "2603:1036::/36", "outlook.office365.com", 0, 0, {0} },
	{ "2603:1046::/36", "outlook.office365.com", 0, 0, {0} }, { "2603:1056::/36", "outlook.office365.com", 0, 0, {0} },
	{ "2620:1ec:8f8::/46", "contoso.sharepoint.com", 0, 0, {0} }, { "2603:1027::/48", "teams.microsoft.com", 0, 0, {0} },
	{ "2603:1006:2000::/48", "login.microsoftonline.com", 0, 0, {0} }, { "2620:1ec:a92::152/128", "outlook.office.com", 0, 0, {0} },
};
#define NM365 (sizeof m365 / sizeof *m365)
static unsigned n4, n6;

static void nets_init(void)
{
	for (unsigned i = 0; i < NM365; i++) {
		char b[64], *s;
		snprintf(b, sizeof b, "%s", m365[i].s);
		s = strchr(b, '/');
		*s = 0;
		m365[i].len = atoi(s + 1);
		m365[i].family = strchr(b, ':') ? 6 : 4;
		if (inet_pton(m365[i].family == 6 ? AF_INET6 : AF_INET, b, m365[i].a) != 1)
			die(b);
		if (m365[i].family == 4)
			n4++;
		else
			n6++;
	}
	for (unsigned i = 0; i < NM365; i++) /* IPv4 first */
		if ((m365[i].family == 4) != (i < n4))
			die("m365 table order");
}

static int in_m365_4(const unsigned char *a)
{
	uint32_t x = (uint32_t)a[0] << 24 | a[1] << 16 | a[2] << 8 | a[3];
	for (unsigned i = 0; i < n4; i++) {
		const unsigned char *n = m365[i].a;
		uint32_t y = (uint32_t)n[0] << 24 | n[1] << 16 | n[2] << 8 | n[3];
		if (!((x ^ y) >> (32 - m365[i].len)))
			return 1;
	}
	return 0;
}

static void addr_in(const struct net *n, unsigned char *out)
{
	int size = n->family == 6 ? 16 : 4;
	rbytes(out, (unsigned)size);
	for (int b = 0; b < n->len; b++) {
		unsigned char m = 0x80 >> (b & 7);
		out[b >> 3] = (unsigned char)((out[b >> 3] & ~m) | (n->a[b >> 3] & m));
	}
}

static void public4(unsigned char *a)
{
	do {
		rbytes(a, 4);
	} while (a[0] == 0 || a[0] == 10 || a[0] == 127 || a[0] >= 224 || (a[0] == 172 && (a[1] & 0xf0) == 16) || (a[0] == 192 && a[1] == 168) ||
		 (a[0] == 169 && a[1] == 254) || (a[0] == 100 && (a[1] & 0xc0) == 64) || in_m365_4(a));
}

/* ---- output ---- */

static FILE *out;
static uint64_t npkts, nbytes, now; /* now: microseconds */
static unsigned vlan;
static unsigned char pool[POOL + 2048];

static uint32_t sum16(const unsigned char *p, unsigned n, uint32_t s)
{
	for (; n > 1; n -= 2, p += 2)
		s += (uint32_t)p[0] << 8 | p[1];
	return n ? s + ((uint32_t)p[0] << 8) : s;
}

static unsigned fold(uint32_t s)
{
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return ~s & 0xffff;
}

static void put16(unsigned char *p, unsigned v) { p[0] = (unsigned char)(v >> 8); p[1] = (unsigned char)v; }
static void put32(unsigned char *p, uint32_t v) { put16(p, v >> 16); put16(p + 2, v); }
static unsigned get16(const unsigned char *p) { return p[0] << 8 | p[1]; }

static void write_frame(const unsigned char *f, unsigned n)
{
	uint32_t h[4] = { (uint32_t)(now / 1000000), (uint32_t)(now % 1000000), n, n };
	if (fwrite(h, sizeof h, 1, out) != 1 || fwrite(f, n, 1, out) != 1)
		die("write");
	npkts++;
	nbytes += n + sizeof h;
}

/* Build and write one IP packet. sa/da are 4 or 16 bytes. For TCP, tcp holds seq, ack, flags and is followed by opts. */
struct seg { uint32_t seq, ack; unsigned flags, win; const unsigned char *opt; unsigned optlen; };

static void emit(int fam, const unsigned char *sa, const unsigned char *da, unsigned sp, unsigned dp, const struct seg *t,
		 const unsigned char *d, unsigned n, int from_client)
{
	static unsigned char f[4096];
	static uint16_t ipid;
	unsigned char *p = f, *l4;
	unsigned hl = t ? 20 + t->optlen : 8, alen = fam == 6 ? 16 : 4;
	static const unsigned char mac[2][6] = { { 2, 0, 0x5e, 0x10, 0, 1 }, { 2, 0, 0x5e, 0x10, 0, 2 } };

	memcpy(p, mac[from_client], 6);
	memcpy(p + 6, mac[!from_client], 6);
	p += 12;
	if (vlan) {
		put16(p, 0x8100);
		put16(p + 2, vlan);
		p += 4;
	}
	put16(p, fam == 6 ? 0x86dd : 0x0800);
	p += 2;
	if (fam == 6) {
		put32(p, 0x60000000);
		put16(p + 4, hl + n);
		p[6] = t ? 6 : 17;
		p[7] = from_client ? 63 : 115;
		memcpy(p + 8, sa, 16);
		memcpy(p + 24, da, 16);
		l4 = p + 40;
	} else {
		put16(p, 0x4500);
		put16(p + 2, 20 + hl + n);
		put16(p + 4, ipid++);
		put16(p + 6, 0x4000);
		p[8] = from_client ? 63 : 115;
		p[9] = t ? 6 : 17;
		put16(p + 10, 0);
		memcpy(p + 12, sa, 4);
		memcpy(p + 16, da, 4);
		put16(p + 10, fold(sum16(p, 20, 0)));
		l4 = p + 20;
	}
	put16(l4, sp);
	put16(l4 + 2, dp);
	if (t) {
		put32(l4 + 4, t->seq);
		put32(l4 + 8, t->ack);
		l4[12] = (unsigned char)((hl / 4) << 4);
		l4[13] = (unsigned char)t->flags;
		put16(l4 + 14, t->win);
		put32(l4 + 16, 0);
		if (t->optlen)
			memcpy(l4 + 20, t->opt, t->optlen);
	} else {
		put16(l4 + 4, 8 + n);
		put16(l4 + 6, 0);
	}
	if (n)
		memcpy(l4 + hl, d, n);
	unsigned c = fold(sum16(l4, hl + n, sum16(sa, alen, sum16(da, alen, (t ? 6 : 17) + hl + n))));
	if (t)
		put16(l4 + 16, c);
	else
		put16(l4 + 6, c ? c : 0xffff);
	l4 += hl + n;
	if (l4 - f < 60) {
		memset(l4, 0, 60 - (size_t)(l4 - f));
		l4 = f + 60;
	}
	write_frame(f, (unsigned)(l4 - f));
}

/* ---- flows ---- */

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };
enum st { S_SYN, S_SYNACK, S_ACK, S_CH, S_CHACK, S_SRV, S_CLI2, S_SRV2, S_DATA, S_FIN1, S_FIN2, S_FIN3, S_DONE };

struct part { unsigned off, len; };
struct flow {
	uint64_t when, left; /* left: application bytes still to send */
	uint32_t seq[2]; /* next sequence number of client, server */
	unsigned char sa[16], da[16];
	unsigned sp, dp, rtt, gap;
	int fam, m365;
	enum st st;
	const struct hello *h;
	const struct flight *fl;
	unsigned cipher;
	unsigned char *ch;
	unsigned chlen, nparts, part, soff, msg, rec, unacked;
	struct part parts[8];
	int dir, split, reorder, retrans, plain;
	uint32_t chseq;
	char host[64];
};

static struct {
	uint64_t conns, tls, m365, ch[4], ch_m365[4], sh[4], sh_m365[4], split, reorder, retrans, v6, udp, legacy_m365, big;
} tr;
static FILE *truth;
static double p_m365 = 10, p_legacy = 5, p_split = 2, p_v6 = 8, p_noise = 4;
static int dense;
static unsigned wsum[2];

static const struct hello *pick_hello(int legacy)
{
	unsigned x = below(wsum[legacy]);
	for (unsigned i = 0;; i++) {
		unsigned w = legacy ? hellos[i].wlegacy : hellos[i].wmodern;
		if (x < w)
			return &hellos[i];
		x -= w;
	}
}

static int vidx(unsigned v) { return (int)(v - 0x0301); }

/* The template with this flow's server name, random, session id and key share. */
static void build_hello(struct flow *f)
{
	const struct hello *h = f->h;
	unsigned nl = (unsigned)strlen(f->host), old = h->sni_name ? get16(h->b + h->sni_name - 2) : 0;
	int delta = h->sni_name ? (int)nl - (int)old : 0;
	f->chlen = (unsigned)((int)h->len + delta);
	f->ch = malloc(f->chlen);
	if (!f->ch)
		die("malloc");
	if (!h->sni_name) {
		memcpy(f->ch, h->b, h->len);
	} else {
		memcpy(f->ch, h->b, h->sni_name);
		memcpy(f->ch + h->sni_name, f->host, nl);
		memcpy(f->ch + h->sni_name + nl, h->b + h->sni_name + old, h->len - h->sni_name - old);
		put16(f->ch + 3, f->chlen - 5);
		put16(f->ch + 7, f->chlen - 9);
		put16(f->ch + h->exts, (unsigned)((int)get16(h->b + h->exts) + delta));
		put16(f->ch + h->sni_ext + 2, nl + 5);
		put16(f->ch + h->sni_ext + 4, nl + 3);
		put16(f->ch + h->sni_name - 2, nl);
	}
	rbytes(f->ch + 11, 32);
	rbytes(f->ch + 44, h->sidlen);
	for (unsigned i = 0; i < h->nshare; i++)
		rbytes(f->ch + h->share[i][0] + (h->sni_name && h->share[i][0] > h->sni_name ? delta : 0), h->share[i][1]);
}

static void plan_hello(struct flow *f)
{
	unsigned n = (f->chlen + MSS - 1) / MSS;
	f->split = pct(p_split);
	if (n > 1)
		tr.big++;
	if (f->split) {
		unsigned k = 2 + below(2), cut1 = 1 + below(f->chlen - 2), cut2;
		if (pct(50)) /* half of them cut inside the first 64 bytes: headers, random, session id */
			cut1 = 1 + below(64);
		cut2 = cut1 + 1 + below(f->chlen - cut1 - 1);
		f->parts[0] = (struct part){ 0, cut1 };
		f->parts[1] = (struct part){ cut1, (k == 3 ? cut2 : f->chlen) - cut1 };
		f->parts[2] = (struct part){ cut2, f->chlen - cut2 };
		if (k == 3 && !f->parts[2].len)
			k = 2;
		n = k;
		/* a piece larger than the MSS is cut again */
		for (unsigned i = 0; i < n; i++)
			if (f->parts[i].len > MSS) {
				memmove(&f->parts[i + 1], &f->parts[i], (n - i) * sizeof *f->parts);
				f->parts[i].len = MSS;
				f->parts[i + 1].off += MSS;
				f->parts[i + 1].len -= MSS;
				n++;
			}
		if (pct(33)) { /* one piece arrives late */
			unsigned i = below(n - 1);
			struct part p = f->parts[i];
			f->parts[i] = f->parts[i + 1];
			f->parts[i + 1] = p;
			f->reorder = 1;
		}
		if (pct(33)) { /* one piece arrives twice */
			unsigned i = below(n);
			f->parts[n++] = f->parts[i];
			f->retrans = 1;
		}
	} else {
		for (unsigned i = 0; i < n; i++)
			f->parts[i] = (struct part){ i * MSS, i + 1 < n ? MSS : f->chlen - i * MSS };
	}
	f->nparts = n;
	tr.split += (unsigned)f->split;
	tr.reorder += (unsigned)f->reorder;
	tr.retrans += (unsigned)f->retrans;
}

static void flow_new(struct flow *f, uint64_t size)
{
	memset(f, 0, sizeof *f);
	int legacy = pct(p_legacy);
	f->m365 = pct(p_m365);
	f->fam = pct(p_v6) ? 6 : 4;
	if (f->m365) {
		const struct net *n = f->fam == 6 ? &m365[n4 + below(n6)] : &m365[below(n4)];
		addr_in(n, f->da);
		snprintf(f->host, sizeof f->host, "%s", n->host);
	} else {
		static const char *pre[] = { "www", "cdn", "api", "img", "static", "a", "login", "mail", "edge-node" };
		static const char *tld[] = { "example.com", "example.net", "example.org", "a-longer-name.example.co.uk" };
		if (f->fam == 6) {
			rbytes(f->da, 16);
			memcpy(f->da, "\x2a\x00\x14\x50", 4);
		} else {
			public4(f->da);
		}
		snprintf(f->host, sizeof f->host, "%s%u.site%u.%s", pre[below(9)], below(100), below(5000), tld[below(4)]);
	}
	if (f->fam == 6) {
		rbytes(f->sa, 16);
		memcpy(f->sa, "\x20\x01\x0d\xb8\0\0\0\1\0\0\0\0\0\0", 14);
	} else {
		f->sa[0] = 10;
		f->sa[1] = (unsigned char)(1 + below(dense ? 200 : 8));
		f->sa[2] = (unsigned char)rnd();
		f->sa[3] = (unsigned char)(1 + below(254));
	}
	f->sp = 32768 + below(28000);
	f->dp = 443;
	f->seq[0] = (uint32_t)rnd();
	f->seq[1] = (uint32_t)rnd();
	f->rtt = 2000 + below(60000);
	f->gap = 20 + below(200);
	f->left = size;
	tr.conns++;
	tr.m365 += (unsigned)f->m365;
	tr.v6 += f->fam == 6;
	f->plain = !dense && pct(2); /* a little clear HTTP */
	if (f->plain) {
		f->dp = 80;
		return;
	}
	f->h = pick_hello(legacy);
	const struct pair *p;
	if (dense) { /* the last pairs are the short ECDSA chains */
		p = &f->h->pair[f->h->npair - 1];
		if (f->h->maxver == 0x0304 && f->h->npair > 1 && pct(40))
			p--;
	} else {
		p = &f->h->pair[below(f->h->npair)];
	}
	f->fl = &flights[p->flight];
	f->cipher = p->cipher;
	build_hello(f);
	plan_hello(f);
	int c = vidx(f->h->maxver), s = vidx(f->fl->ver);
	tr.tls++;
	tr.ch[c]++;
	tr.sh[s]++;
	if (f->m365) {
		tr.ch_m365[c]++;
		tr.sh_m365[s]++;
		tr.legacy_m365 += f->h->maxver < 0x0303 || f->fl->ver < 0x0303;
	}
}

static void truth_line(const struct flow *f)
{
	char a[64], b[64];
	if (!truth || f->plain)
		return;
	inet_ntop(f->fam == 6 ? AF_INET6 : AF_INET, f->sa, a, sizeof a);
	inet_ntop(f->fam == 6 ? AF_INET6 : AF_INET, f->da, b, sizeof b);
	fprintf(truth, "%s\t%u\t%s\t%u\t%d\t%s\t%04x\t%s\t%04x\t%04x\t%s\t%u\t%d\t%d\t%d\n", a, f->sp, b, f->dp, f->m365, f->h->name, f->h->maxver,
		f->fl->name, f->fl->ver, f->cipher, f->h->sni_name ? f->host : "-", f->nparts, f->split, f->reorder, f->retrans);
}

static const unsigned char synopt[20] = { 2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 1, 2, 3, 0, 0, 0, 0, 1, 3, 3, 8 };

static void send_seg(struct flow *f, int dir, uint32_t seq, unsigned flags, const unsigned char *d, unsigned n)
{
	struct seg t = { seq, flags & ACK ? f->seq[!dir] : 0, flags, 501, NULL, 0 };
	if (flags & SYN) {
		t.opt = synopt;
		t.optlen = 20;
		t.win = 64240;
	}
	emit(f->fam, dir ? f->da : f->sa, dir ? f->sa : f->da, dir ? f->dp : f->sp, dir ? f->sp : f->dp, &t, d, n, !dir);
}

static void send_next(struct flow *f, int dir, unsigned flags, const unsigned char *d, unsigned n)
{
	send_seg(f, dir, f->seq[dir], flags, d, n);
	f->seq[dir] += n + !!(flags & (SYN | FIN));
}

/* One slice of the server's first flight, with this connection's random, session id, cipher and share patched in. */
static void send_server_flight(struct flow *f)
{
	static unsigned char b[8192];
	const struct flight *s = f->fl;
	unsigned n = s->slen - f->soff;
	if (!f->soff) {
		/* the patched bytes all lie in the first segment */
		memcpy(b, s->s, s->slen < MSS ? s->slen : MSS);
		rbytes(b + 11, 32);
		if (s->sidlen == 32) {
			if (s->ver == 0x0304 && f->h->sidlen == 32)
				memcpy(b + 44, f->ch + 44, 32);
			else
				rbytes(b + 44, 32);
		}
		put16(b + s->cipher, f->cipher);
		if (s->share)
			rbytes(b + s->share, 32);
	}
	if (n > MSS)
		n = MSS;
	send_next(f, 1, ACK | (f->soff + n == s->slen ? PSH : 0), f->soff ? s->s + f->soff : b, n);
	f->soff += n;
}

/* One packet of the transfer phase: TLS application data (or clear text), with an acknowledgement after every third. */
static unsigned data_step(struct flow *f)
{
	static unsigned char b[MSS];
	unsigned n = 0;
	if (f->unacked >= 3 || (f->unacked && !f->msg)) {
		send_next(f, !f->dir, ACK, NULL, 0);
		f->unacked = 0;
		return f->gap / 2;
	}
	if (!f->msg) {
		if (!f->left)
			return 0;
		f->dir = f->dir ? 0 : 1; /* requests and answers alternate */
		f->msg = f->dir ? (f->left > 0xffffff ? 0xffffff : (unsigned)f->left) : 200 + below(900);
		if (f->dir && f->msg > 20000)
			f->msg = 20000 + below(f->msg - 20000 + 1);
		if (f->dir)
			f->left -= f->msg;
		if (!f->dir && pct(8)) /* upload */
			f->msg += below(60000);
	}
	memcpy(b, pool + below(POOL), MSS);
	while (n < MSS && f->msg) {
		if (!f->plain && !f->rec) {
			if (MSS - n < 5)
				break;
			f->rec = f->msg < 16401 ? f->msg : 16401;
			b[n] = 23;
			put16(b + n + 1, f->fl->ver > 0x0303 ? 0x0303 : f->fl->ver);
			put16(b + n + 3, f->rec);
			n += 5;
		}
		unsigned k = MSS - n;
		if (k > f->msg)
			k = f->msg;
		if (!f->plain && k > f->rec)
			k = f->rec;
		n += k;
		f->msg -= k;
		if (!f->plain)
			f->rec -= k;
	}
	send_next(f, f->dir, ACK | (f->msg ? 0 : PSH), b, n);
	f->unacked++;
	return f->msg ? f->gap : f->gap + f->rtt / 4;
}

/* Send the flow's next packet; the delay to the one after it, in microseconds. */
static unsigned step(struct flow *f)
{
	unsigned d;
	switch (f->st) {
	case S_SYN:
		send_next(f, 0, SYN, NULL, 0);
		f->st = S_SYNACK;
		return f->rtt / 2;
	case S_SYNACK:
		send_next(f, 1, SYN | ACK, NULL, 0);
		f->st = S_ACK;
		return f->rtt / 2;
	case S_ACK:
		send_next(f, 0, ACK, NULL, 0);
		f->chseq = f->seq[0];
		f->st = f->plain ? S_DATA : S_CH;
		f->dir = 1;
		if (f->plain) {
			static const char req[] = "GET /index.html HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: gen\r\n\r\n";
			send_next(f, 0, ACK | PSH, (const unsigned char *)req, sizeof req - 1);
			f->dir = 0;
		}
		return 30 + below(100);
	case S_CH: {
		struct part p = f->parts[f->part++];
		send_seg(f, 0, f->chseq + p.off, ACK | PSH, f->ch + p.off, p.len);
		if (f->part < f->nparts)
			return f->split ? 5 + below(400) : 5;
		f->seq[0] = f->chseq + f->chlen;
		f->st = dense ? S_SRV : S_CHACK;
		return f->rtt / 2;
	}
	case S_CHACK:
		send_next(f, 1, ACK, NULL, 0);
		f->st = S_SRV;
		return 50 + below(300);
	case S_SRV:
		send_server_flight(f);
		if (f->soff < f->fl->slen)
			return f->gap;
		f->st = dense ? S_FIN1 : S_CLI2;
		return f->rtt / 2;
	case S_CLI2:
		send_next(f, 0, ACK | PSH, f->fl->cf, f->fl->cflen);
		f->st = S_SRV2;
		return f->rtt / 2;
	case S_SRV2:
		send_next(f, 1, ACK | PSH, f->fl->sf, f->fl->sflen);
		f->st = S_DATA;
		return f->rtt / 2;
	case S_DATA:
		d = data_step(f);
		if (d)
			return d;
		f->st = S_FIN1;
		/* fall through */
	case S_FIN1:
		send_next(f, 0, FIN | ACK, NULL, 0);
		f->st = S_FIN2;
		return f->rtt / 2;
	case S_FIN2:
		send_next(f, 1, FIN | ACK, NULL, 0);
		f->st = dense ? S_DONE : S_FIN3;
		return f->rtt / 2;
	case S_FIN3:
		send_next(f, 0, ACK, NULL, 0);
		f->st = S_DONE;
		return 0;
	default:
		return 0;
	}
}

/* ---- noise: DNS questions and answers, and datagrams shaped like QUIC (their contents are random) ---- */

static void noise(void)
{
	unsigned char c[4], s[4], b[1400];
	unsigned sp = 32768 + below(28000), n;
	c[0] = 10; c[1] = (unsigned char)(1 + below(8)); c[2] = (unsigned char)rnd(); c[3] = (unsigned char)(1 + below(254));
	tr.udp++;
	if (pct(40)) {
		char l[16];
		int k = snprintf(l, sizeof l, "host%u", below(100000));
		put16(b, (unsigned)rnd()); put16(b + 2, 0x0100); put16(b + 4, 1); memset(b + 6, 0, 6);
		n = 12;
		b[n++] = (unsigned char)k; memcpy(b + n, l, (size_t)k); n += (unsigned)k;
		memcpy(b + n, "\7example\3com\0\0\1\0\1", 17); n += 17;
		memcpy(s, "\x0a\0\0\x35", 4);
		emit(4, c, s, sp, 53, NULL, b, n, 1);
		put16(b + 2, 0x8180); put16(b + 6, 1);
		memcpy(b + n, "\xc0\x0c\0\1\0\1\0\0\1\x2c\0\4\xc6\x33\x64\1", 16); n += 16;
		now += 300;
		emit(4, s, c, 53, sp, NULL, b, n, 0);
		tr.udp++;
		return;
	}
	public4(s);
	n = pct(20) ? 1200 : 1200 + below(150);
	memcpy(b, pool + below(POOL), n);
	b[0] = (unsigned char)(0x40 | (b[0] & 0x3f)); /* short header */
	if (pct(50))
		emit(4, c, s, sp, 443, NULL, b, n, 1);
	else
		emit(4, s, c, 443, sp, NULL, b, n, 0);
}

/* ---- a binary heap of flows ordered by time ---- */

static struct flow **heap;
static unsigned nheap;

static void heap_push(struct flow *f)
{
	unsigned i = nheap++;
	for (; i && heap[(i - 1) / 2]->when > f->when; i = (i - 1) / 2)
		heap[i] = heap[(i - 1) / 2];
	heap[i] = f;
}

static void heap_down(void)
{
	struct flow *f = heap[0];
	unsigned i = 0;
	for (;;) {
		unsigned c = 2 * i + 1;
		if (c >= nheap)
			break;
		if (c + 1 < nheap && heap[c + 1]->when < heap[c]->when)
			c++;
		if (heap[c]->when >= f->when)
			break;
		heap[i] = heap[c];
		i = c;
	}
	heap[i] = f;
}

static uint64_t flow_size(uint64_t mean)
{
	/* Three quarters of the connections are small; the rest carry nearly all the bytes. */
	if (pct(75))
		return 500 + below(8000);
	uint64_t m = mean * 4, x = 0;
	for (int i = 0; i < 3; i++)
		x += below((unsigned)(m > 0x7fffffff ? 0x7fffffff : m));
	return x * 2 / 3 * (pct(10) ? 4 : 1) * 10 / 16;
}

static void run_flows(uint64_t conns, uint64_t bytes, unsigned conc)
{
	uint64_t started = 0, mean = bytes / conns;
	uint64_t over = 8600;
	if (conc > conns)
		conc = (unsigned)conns;
	heap = malloc(conc * sizeof *heap);
	struct flow *fs = calloc(conc, sizeof *fs);
	if (!heap || !fs)
		die("malloc");
	mean = mean > over ? mean - over : 1;
	for (unsigned i = 0; i < conc; i++, started++) {
		flow_new(&fs[i], dense ? 0 : flow_size(mean));
		fs[i].when = now + below(200000);
		heap_push(&fs[i]);
	}
	while (nheap) {
		struct flow *f = heap[0];
		if (f->when > now)
			now = f->when;
		if (!dense && pct(p_noise))
			noise();
		unsigned d = step(f);
		if (f->st == S_DONE) {
			truth_line(f);
			free(f->ch);
			if (started < conns) {
				flow_new(f, dense ? 0 : flow_size(mean));
				started++;
				f->when = now + 1 + below(5000);
			} else {
				heap[0] = heap[--nheap];
				if (!nheap)
					break;
			}
		} else {
			f->when = (f->when > now ? f->when : now) + d;
		}
		heap_down();
	}
	free(heap);
	free(fs);
}

static void run_synflood(uint64_t n)
{
	unsigned char s[4], d[4];
	struct seg t = { 0, 0, SYN, 64240, synopt, 20 };
	while (n--) {
		public4(s);
		addr_in(&m365[below(n4)], d);
		t.seq = (uint32_t)rnd();
		emit(4, s, d, 1024 + below(64000), 443, &t, NULL, 0, 1);
		now += n & 1;
	}
}

static void summary(FILE *f, const char *mode, uint64_t seed)
{
	static const char *v[] = { "tls10", "tls11", "tls12", "tls13" };
	uint64_t ch = 0, chm = 0;
	for (int i = 0; i < 4; i++) {
		ch += tr.ch[i];
		chm += tr.ch_m365[i];
	}
	fprintf(f, "{\"mode\":\"%s\",\"seed\":%llu,\"packets\":%llu,\"file_bytes\":%llu,\"avg_frame\":%.1f,\"seconds\":%.3f,\"connections\":%llu,"
		"\"client_hellos\":%llu,\"client_hellos_m365\":%llu,\"legacy_m365\":%llu,\"split\":%llu,\"reordered\":%llu,\"retransmitted\":%llu,"
		"\"over_one_mss\":%llu,\"ipv6\":%llu,\"udp_packets\":%llu",
		mode, (unsigned long long)seed, (unsigned long long)npkts, (unsigned long long)(nbytes + 24),
		npkts ? (double)nbytes / (double)npkts - 16 : 0, (double)(now - 1700000000000000ull) / 1e6, (unsigned long long)tr.conns,
		(unsigned long long)ch, (unsigned long long)chm, (unsigned long long)tr.legacy_m365, (unsigned long long)tr.split,
		(unsigned long long)tr.reorder, (unsigned long long)tr.retrans, (unsigned long long)tr.big, (unsigned long long)tr.v6,
		(unsigned long long)tr.udp);
	for (int i = 0; i < 4; i++)
		fprintf(f, ",\"offer_max_%s\":%llu,\"negotiated_%s\":%llu,\"m365_offer_max_%s\":%llu,\"m365_negotiated_%s\":%llu", v[i],
			(unsigned long long)tr.ch[i], v[i], (unsigned long long)tr.sh[i], v[i], (unsigned long long)tr.ch_m365[i], v[i],
			(unsigned long long)tr.sh_m365[i]);
	fprintf(f, "}\n");
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "", *path = NULL, *sum = NULL;
	uint64_t seed = 1, n = 0, bytes = 2000000000ull;
	unsigned conc = 0;
	int o, mix = !strcmp(mode, "mix"), syn = !strcmp(mode, "synflood");

	dense = !strcmp(mode, "hellos");
	if (!mix && !syn && !dense) {
		fprintf(stderr, "usage: gen mix|hellos|synflood -o FILE [-s seed] [-n count] [-b bytes] [-c concurrent] [-p m365%%] [-l legacy%%]\n"
				"           [-f split%%] [-6 ipv6%%] [-q noise%%] [-v vlan] [-T truth.tsv] [-S truth.json]\n");
		return 2;
	}
	if (dense) {
		p_m365 = 100;
		p_split = 33.3333;
		p_legacy = 10;
		p_v6 = 5;
	}
	optind = 2;
	while ((o = getopt(argc, argv, "o:s:n:b:c:p:l:f:6:q:v:T:S:")) != -1)
		switch (o) {
		case 'o': path = optarg; break;
		case 's': seed = strtoull(optarg, NULL, 10); break;
		case 'n': n = strtoull(optarg, NULL, 10); break;
		case 'b': bytes = strtoull(optarg, NULL, 10); break;
		case 'c': conc = (unsigned)strtoul(optarg, NULL, 10); break;
		case 'p': p_m365 = atof(optarg); break;
		case 'l': p_legacy = atof(optarg); break;
		case 'f': p_split = atof(optarg); break;
		case '6': p_v6 = atof(optarg); break;
		case 'q': p_noise = atof(optarg); break;
		case 'v': vlan = (unsigned)strtoul(optarg, NULL, 10); break;
		case 'T':
			truth = fopen(optarg, "w");
			if (!truth)
				die(optarg);
			break;
		case 'S': sum = optarg; break;
		default: return 2;
		}
	if (!path) {
		fprintf(stderr, "gen: -o FILE is needed\n");
		return 2;
	}
	out = fopen(path, "wb");
	if (!out)
		die(path);
	setvbuf(out, NULL, _IOFBF, 1 << 20);
	uint64_t s = seed;
	for (int i = 0; i < 4; i++)
		rs[i] = splitmix(&s);
	for (unsigned i = 0; i < sizeof pool; i += 8) {
		uint64_t x = rnd();
		memcpy(pool + i, &x, 8);
	}
	for (unsigned i = 0; i < NHELLO; i++) {
		wsum[0] += hellos[i].wmodern;
		wsum[1] += hellos[i].wlegacy;
	}
	nets_init();
	now = 1700000000000000ull;
	uint32_t gh[6] = { 0xa1b2c3d4, 4 << 16 | 2, 0, 0, 262144, 1 };
	if (fwrite(gh, sizeof gh, 1, out) != 1)
		die("write");
	if (truth)
		fprintf(truth, "src\tsport\tdst\tdport\tm365\thello\tmaxver\tflight\tversion\tcipher\tsni\tpieces\tsplit\treordered\tretransmitted\n");
	if (syn)
		run_synflood(n ? n : 5000000);
	else
		run_flows(n ? n : dense ? 500000 : 20000, bytes, conc ? conc : dense ? 400 : 500);
	if (fclose(out) || (truth && fclose(truth)))
		die("close");
	FILE *j = sum ? fopen(sum, "w") : stdout;
	if (!j)
		die(sum);
	summary(j, mode, seed);
	return fclose(j) ? 1 : 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: which of several sockets on one interface gets a packet.
 *
 * The kernel's own hash (PACKET_FANOUT_HASH) parts connections: IPv6 stops at the
 * flow label, which the two sides draw for themselves; fragments have no ports;
 * the outer ports of VXLAN and its like differ by direction.  So a program of our
 * own decides, in classic BPF, which every process may load that may capture:
 *
 *	TCP, plain or behind VLAN tags, whole or in fragments: by the two addresses,
 *	whichever way it goes; ports would part fragments.  DNS and QUIC likewise.
 *	Everything else may be a tunnel with a connection in it, of which the outside
 *	tells nothing: it goes to the first socket, all of it.
 *
 * So a connection is never parted, on several interfaces either; a port that
 * carries nothing but tunnels keeps one thread busy, and the others idle.
 *
 * Source: Linux, Documentation/networking/filter.rst and net/packet/af_packet.c.
 */
#include "capture/handle.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/filter.h>
#include <linux/if_packet.h>

enum { MOST = 160, NET = SKF_NET_OFF };

/* Places to jump to; NEXT: the instruction behind. */
enum place_of { NEXT, ETHERTYPE, V4, V6, V6_MORE, UDP4, UDP6, PORTS, HASH4, HASH6, FOLD, FIRST,
		PLACES };

struct program {
	struct sock_filter v[MOST];
	uint8_t yes[MOST], no[MOST];	/* enum place_of */
	unsigned n;
	unsigned at[PLACES];
};

static void put(struct program *p, unsigned code, uint32_t k)
{
	assert(p->n < MOST);
	p->v[p->n++] = (struct sock_filter){ .code = (uint16_t)code, .k = k };
}

/* Goes on to yes if A is k. */
static void on(struct program *p, uint32_t k, enum place_of yes)
{
	p->yes[p->n] = (uint8_t)yes;
	put(p, BPF_JMP | BPF_JEQ | BPF_K, k);
}

static void go(struct program *p, enum place_of to)
{
	p->yes[p->n] = p->no[p->n] = (uint8_t)to;
	put(p, BPF_JMP | BPF_JEQ | BPF_K, 0);
}

static void here(struct program *p, enum place_of label)
{
	p->at[label] = p->n;
}

/* From the network header on, which lies behind the tag that the kernel took off. */
static void load(struct program *p, unsigned size, int offset)
{
	put(p, BPF_LD | size | BPF_IND, (uint32_t)(NET + offset));
}

/* X becomes where the IP header begins, A what EtherType it has: behind two more tags at most. */
static void put_link(struct program *p)
{
	static const uint32_t tags[] = { 0x8100, 0x88a8, 0x9100 };

	put(p, BPF_LD | BPF_H | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL));
	for (unsigned depth = 0; depth < 2; depth++) {
		put(p, BPF_LDX | BPF_IMM, 4 * depth);
		on(p, 0x0800, V4);
		on(p, 0x86dd, V6);
		/* Any of the tags: over the jumps between, to the load. */
		for (unsigned i = 0; i < 3; i++) {
			put(p, BPF_JMP | BPF_JEQ | BPF_K, tags[i]);
			p->v[p->n - 1].jt = (uint8_t)(3 - i);
		}
		go(p, FIRST);
		load(p, BPF_H, 2);
	}
	put(p, BPF_LDX | BPF_IMM, 8);
	on(p, 0x0800, V4);
	on(p, 0x86dd, V6);
	go(p, FIRST);
}

static void put_v4(struct program *p)
{
	here(p, V4);
	put(p, BPF_STX, 0);
	load(p, BPF_B, 9);
	on(p, 6, HASH4);
	on(p, 17, UDP4);
	go(p, FIRST);
	here(p, UDP4);
	load(p, BPF_H, 6);				/* RFC 791: a fragment has no ports */
	put(p, BPF_ALU | BPF_AND | BPF_K, 0x3fff);
	p->no[p->n] = FIRST;
	put(p, BPF_JMP | BPF_JEQ | BPF_K, 0);
	load(p, BPF_B, 0);
	put(p, BPF_ALU | BPF_AND | BPF_K, 0x0f);
	put(p, BPF_ALU | BPF_LSH | BPF_K, 2);
	put(p, BPF_ALU | BPF_ADD | BPF_X, 0);
	put(p, BPF_MISC | BPF_TAX, 0);
	load(p, BPF_H, 0);
	on(p, 53, HASH4);
	on(p, 443, HASH4);
	load(p, BPF_H, 2);
	on(p, 53, HASH4);
	on(p, 443, HASH4);
	go(p, FIRST);
}

/* RFC 8200: one header between is looked behind, that of fragments above all. */
static void put_v6(struct program *p)
{
	here(p, V6);
	put(p, BPF_STX, 0);
	load(p, BPF_B, 6);
	on(p, 6, HASH6);
	on(p, 17, UDP6);
	on(p, 44, V6_MORE);
	on(p, 0, V6_MORE);
	on(p, 60, V6_MORE);
	on(p, 43, V6_MORE);
	go(p, FIRST);
	here(p, V6_MORE);
	load(p, BPF_B, 40);
	on(p, 6, HASH6);
	go(p, FIRST);
	here(p, UDP6);
	load(p, BPF_H, 40);
	on(p, 53, HASH6);
	on(p, 443, HASH6);
	load(p, BPF_H, 42);
	on(p, 53, HASH6);
	on(p, 443, HASH6);
	go(p, FIRST);
}

/* A becomes A ^ the word there. */
static void mix(struct program *p, int offset)
{
	put(p, BPF_ST, 1);
	put(p, BPF_LDX | BPF_MEM, 0);
	load(p, BPF_W, offset);
	put(p, BPF_LDX | BPF_MEM, 1);
	put(p, BPF_ALU | BPF_XOR | BPF_X, 0);
}

static void put_hash(struct program *p)
{
	here(p, HASH4);
	put(p, BPF_LD | BPF_IMM, 0);
	mix(p, 12);
	mix(p, 16);
	go(p, FOLD);
	here(p, HASH6);
	put(p, BPF_LD | BPF_IMM, 0);
	for (int at = 8; at < 40; at += 4)
		mix(p, at);
	here(p, FOLD);
	put(p, BPF_ST, 1);
	put(p, BPF_ALU | BPF_RSH | BPF_K, 16);
	put(p, BPF_LDX | BPF_MEM, 1);
	put(p, BPF_ALU | BPF_XOR | BPF_X, 0);
	put(p, BPF_ALU | BPF_MUL | BPF_K, 0x9e3779b1);
	put(p, BPF_ALU | BPF_RSH | BPF_K, 8);
	put(p, BPF_RET | BPF_A, 0);
	here(p, FIRST);
	put(p, BPF_RET | BPF_K, 0);
}

static uint8_t distance(const struct program *p, unsigned from, enum place_of to)
{
	return to == NEXT ? 0 : (uint8_t)(p->at[to] - from - 1);
}

static void write_program(struct program *p)
{
	*p = (struct program){ .n = 0 };
	put_link(p);
	put_v4(p);
	put_v6(p);
	put_hash(p);
	for (unsigned i = 0; i < p->n; i++) {
		if (p->yes[i] != NEXT)
			p->v[i].jt = distance(p, i, (enum place_of)p->yes[i]);
		if (p->no[i] != NEXT)
			p->v[i].jf = distance(p, i, (enum place_of)p->no[i]);
	}
}

static bool join(int fd, unsigned group, unsigned flags)
{
	unsigned arg = group | (unsigned)(PACKET_FANOUT_CBPF | flags) << 16;

	return setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &arg, sizeof(arg)) == 0;
}

bool fanout_join(struct handle *const *handles, unsigned n, struct buf *why)
{
	struct program p;
	struct sock_fprog code;
	unsigned group = 0;
	socklen_t size = sizeof(group);
	bool joined;

	if (n < 2)
		return true;
	write_program(&p);
	code = (struct sock_fprog){ (unsigned short)p.n, p.v };
	joined = join(handles[0]->fd, 0, PACKET_FANOUT_FLAG_UNIQUEID) &&
		 getsockopt(handles[0]->fd, SOL_PACKET, PACKET_FANOUT, &group, &size) == 0 &&
		 setsockopt(handles[0]->fd, SOL_PACKET, PACKET_FANOUT_DATA, &code,
			    sizeof(code)) == 0;
	for (unsigned i = 1; joined && i < n; i++)
		joined = join(handles[i]->fd, group & 0xffff, 0);
	if (!joined)
		buf_printf(why, "cannot be shared among %u threads: %s", n, strerror(errno));
	return joined;
}

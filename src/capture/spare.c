/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: the program in eBPF, written here instruction by instruction, so that
 * no compiler for it is needed.
 *
 * Two maps.  `began` is the program's: by connection, the number of its last SYN.
 * `done` is ours: by connection, the number of the SYN of the one that is done
 * with.  A packet is left out where both are there and equal: a new connection
 * between the same ports is another one at once, whenever we hear of it.  Both
 * maps forget what was not used for longest; what is forgotten passes.
 *
 * Source: Linux, Documentation/bpf/instruction-set.rst; bpf-helpers(7).
 */
#include "capture/spare.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include "base/arena.h"

enum { MOST = 160, CONNECTIONS = 131072 };

/* Where things lie on the program's stack. */
enum { KEY = -40, NUMBER = -48, IP = -96, TCP = -120 };

enum place_of { NEXT, V4, V6, SWAP, KEYED, BEGINS, PASS, PLACES };

struct program {
	struct bpf_insn v[MOST];
	uint8_t to[MOST];		/* enum place_of */
	int n;
	int at[PLACES];
};

struct spare {
	int began, done, program;
};

static void put(struct program *p, struct bpf_insn i)
{
	assert(p->n < MOST);
	p->v[p->n++] = i;
}

static void alu(struct program *p, int op, unsigned dst, int32_t imm)
{
	put(p, (struct bpf_insn){ .code = (uint8_t)(BPF_ALU64 | op | BPF_K),
				  .dst_reg = dst & 0xf, .imm = imm });
}

static void move(struct program *p, unsigned dst, unsigned src)
{
	put(p, (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_X,
				  .dst_reg = dst & 0xf, .src_reg = src & 0xf });
}

static void load(struct program *p, int size, unsigned dst, unsigned src, int off)
{
	put(p, (struct bpf_insn){ .code = (uint8_t)(BPF_LDX | size | BPF_MEM),
				  .dst_reg = dst & 0xf, .src_reg = src & 0xf,
				  .off = (int16_t)off });
}

static void store(struct program *p, int size, int off, unsigned src)
{
	put(p, (struct bpf_insn){ .code = (uint8_t)(BPF_STX | size | BPF_MEM),
				  .dst_reg = BPF_REG_10, .src_reg = src & 0xf,
				  .off = (int16_t)off });
}

static void jump(struct program *p, int op, unsigned dst, int32_t imm, enum place_of to)
{
	p->to[p->n] = (uint8_t)to;
	put(p, (struct bpf_insn){ .code = (uint8_t)(BPF_JMP | op | BPF_K),
				  .dst_reg = dst & 0xf, .imm = imm });
}

static void jump_by(struct program *p, int op, unsigned dst, unsigned src, enum place_of to)
{
	p->to[p->n] = (uint8_t)to;
	put(p, (struct bpf_insn){ .code = (uint8_t)(BPF_JMP | op | BPF_X),
				  .dst_reg = dst & 0xf, .src_reg = src & 0xf });
}

static void call(struct program *p, int helper)
{
	put(p, (struct bpf_insn){ .code = BPF_JMP | BPF_CALL, .imm = helper });
}

static void here(struct program *p, enum place_of label)
{
	p->at[label] = p->n;
}

/* n bytes behind the beginning of the network header; what is shorter passes. */
static void fetch(struct program *p, int from, int to, int n)
{
	move(p, BPF_REG_1, BPF_REG_6);
	alu(p, BPF_MOV, BPF_REG_2, from);
	move(p, BPF_REG_3, BPF_REG_10);
	alu(p, BPF_ADD, BPF_REG_3, to);
	alu(p, BPF_MOV, BPF_REG_4, n);
	alu(p, BPF_MOV, BPF_REG_5, BPF_HDR_START_NET);
	call(p, BPF_FUNC_skb_load_bytes_relative);
	jump(p, BPF_JNE, BPF_REG_0, 0, PASS);
}

static void map_and_key(struct program *p, int map)
{
	put(p, (struct bpf_insn){ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = BPF_REG_1,
				  .src_reg = BPF_PSEUDO_MAP_FD, .imm = map });
	put(p, (struct bpf_insn){ .code = 0 });
	move(p, BPF_REG_2, BPF_REG_10);
	alu(p, BPF_ADD, BPF_REG_2, KEY);
}

/* The value of the connection in a map into r7; passes if there is none. */
static void find(struct program *p, int map)
{
	map_and_key(p, map);
	call(p, BPF_FUNC_map_lookup_elem);
	jump(p, BPF_JEQ, BPF_REG_0, 0, PASS);
	load(p, BPF_W, BPF_REG_7, BPF_REG_0, 0);
}

/* IPv4 without options, no fragment. */
static void put_v4(struct program *p)
{
	here(p, V4);
	fetch(p, 0, IP, 20);
	load(p, BPF_B, BPF_REG_0, BPF_REG_10, IP);
	jump(p, BPF_JNE, BPF_REG_0, 0x45, PASS);
	load(p, BPF_B, BPF_REG_0, BPF_REG_10, IP + 9);
	jump(p, BPF_JNE, BPF_REG_0, 6, PASS);
	load(p, BPF_H, BPF_REG_0, BPF_REG_10, IP + 6);
	alu(p, BPF_AND, BPF_REG_0, htons(0x3fff));
	jump(p, BPF_JNE, BPF_REG_0, 0, PASS);
	load(p, BPF_W, BPF_REG_8, BPF_REG_10, IP + 12);
	load(p, BPF_W, BPF_REG_9, BPF_REG_10, IP + 16);
	store(p, BPF_W, KEY, BPF_REG_8);
	store(p, BPF_W, KEY + 16, BPF_REG_9);
	fetch(p, 20, TCP, 20);
	jump_by(p, BPF_JGT, BPF_REG_8, BPF_REG_9, SWAP);
	jump_by(p, BPF_JNE, BPF_REG_8, BPF_REG_9, KEYED);
	jump(p, BPF_JA, 0, 0, PASS);		/* to itself, or so it says */
}

/* IPv6, TCP right behind its header. */
static void put_v6(struct program *p)
{
	here(p, V6);
	fetch(p, 0, IP, 40);
	load(p, BPF_B, BPF_REG_0, BPF_REG_10, IP + 6);
	jump(p, BPF_JNE, BPF_REG_0, 6, PASS);
	for (int i = 0; i < 32; i += 8) {
		load(p, BPF_DW, BPF_REG_0, BPF_REG_10, IP + 8 + i);
		store(p, BPF_DW, KEY + i, BPF_REG_0);
	}
	fetch(p, 40, TCP, 20);
	for (int i = 8; i >= 0; i -= 8) {
		load(p, BPF_DW, BPF_REG_8, BPF_REG_10, KEY + i);
		load(p, BPF_DW, BPF_REG_9, BPF_REG_10, KEY + 16 + i);
		jump_by(p, BPF_JGT, BPF_REG_8, BPF_REG_9, SWAP);
		jump_by(p, BPF_JNE, BPF_REG_8, BPF_REG_9, KEYED);
	}
	jump(p, BPF_JA, 0, 0, PASS);
}

/* The greater address goes behind, with its port: then both directions have one key. */
static void put_swap(struct program *p)
{
	here(p, SWAP);
	for (int i = 0; i < 16; i += 8) {
		load(p, BPF_DW, BPF_REG_8, BPF_REG_10, KEY + i);
		load(p, BPF_DW, BPF_REG_9, BPF_REG_10, KEY + 16 + i);
		store(p, BPF_DW, KEY + i, BPF_REG_9);
		store(p, BPF_DW, KEY + 16 + i, BPF_REG_8);
	}
	load(p, BPF_H, BPF_REG_8, BPF_REG_10, TCP);
	load(p, BPF_H, BPF_REG_9, BPF_REG_10, TCP + 2);
	store(p, BPF_H, TCP, BPF_REG_9);
	store(p, BPF_H, TCP + 2, BPF_REG_8);
}

static void put_verdict(struct program *p, const struct spare *s)
{
	here(p, KEYED);
	load(p, BPF_W, BPF_REG_0, BPF_REG_10, TCP);
	store(p, BPF_W, KEY + 32, BPF_REG_0);
	load(p, BPF_B, BPF_REG_8, BPF_REG_10, TCP + 13);
	alu(p, BPF_AND, BPF_REG_8, 0x17);		/* ACK RST SYN FIN */
	jump(p, BPF_JEQ, BPF_REG_8, 0x02, BEGINS);
	alu(p, BPF_AND, BPF_REG_8, 0x07);
	jump(p, BPF_JNE, BPF_REG_8, 0, PASS);
	find(p, s->done);
	move(p, BPF_REG_9, BPF_REG_7);
	find(p, s->began);
	jump_by(p, BPF_JNE, BPF_REG_9, BPF_REG_7, PASS);
	alu(p, BPF_MOV, BPF_REG_0, 0);
	put(p, (struct bpf_insn){ .code = BPF_JMP | BPF_EXIT });
	here(p, BEGINS);
	load(p, BPF_W, BPF_REG_0, BPF_REG_10, TCP + 4);
	store(p, BPF_W, NUMBER, BPF_REG_0);
	map_and_key(p, s->began);
	move(p, BPF_REG_3, BPF_REG_10);
	alu(p, BPF_ADD, BPF_REG_3, NUMBER);
	alu(p, BPF_MOV, BPF_REG_4, BPF_ANY);
	call(p, BPF_FUNC_map_update_elem);
	here(p, PASS);
	alu(p, BPF_MOV, BPF_REG_0, -1);
	put(p, (struct bpf_insn){ .code = BPF_JMP | BPF_EXIT });
}

static void write_program(struct program *p, const struct spare *s)
{
	*p = (struct program){ .n = 0 };
	move(p, BPF_REG_6, BPF_REG_1);
	alu(p, BPF_MOV, BPF_REG_0, 0);
	for (int i = 0; i < 40; i += 8)
		store(p, BPF_DW, KEY + i, BPF_REG_0);
	load(p, BPF_W, BPF_REG_7, BPF_REG_6, offsetof(struct __sk_buff, vlan_present));
	load(p, BPF_W, BPF_REG_8, BPF_REG_6, offsetof(struct __sk_buff, vlan_tci));
	alu(p, BPF_AND, BPF_REG_8, 0xfff);
	alu(p, BPF_LSH, BPF_REG_7, 12);
	put(p, (struct bpf_insn){ .code = BPF_ALU64 | BPF_OR | BPF_X, .dst_reg = BPF_REG_8,
				  .src_reg = BPF_REG_7 });
	store(p, BPF_W, KEY + 36, BPF_REG_8);
	load(p, BPF_W, BPF_REG_0, BPF_REG_6, offsetof(struct __sk_buff, protocol));
	jump(p, BPF_JEQ, BPF_REG_0, htons(0x0800), V4);
	jump(p, BPF_JEQ, BPF_REG_0, htons(0x86dd), V6);
	jump(p, BPF_JA, 0, 0, PASS);
	put_v4(p);
	put_v6(p);
	put_swap(p);
	put_verdict(p, s);
	for (int i = 0; i < p->n; i++)
		if (p->to[i] != NEXT)
			p->v[i].off = (int16_t)(p->at[p->to[i]] - i - 1);
}

static int map_new(const char *name)
{
	return bpf_map_create(BPF_MAP_TYPE_LRU_HASH, name, sizeof(struct spare_key),
			      sizeof(uint32_t), CONNECTIONS, NULL);
}

struct spare *spare_new(struct buf *why)
{
	struct spare *s = xcalloc(1, sizeof(*s));
	struct program p;

	s->program = s->done = -1;
	s->began = map_new("began");
	if (s->began >= 0)
		s->done = map_new("done");
	if (s->done >= 0) {
		write_program(&p, s);
		s->program = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "hellotap", "GPL", p.v,
					   (size_t)p.n, NULL);
	}
	if (s->program >= 0)
		return s;
	buf_printf(why, "the kernel does not take it: %s", strerror(errno));
	spare_free(s);
	return NULL;
}

void spare_free(struct spare *s)
{
	if (s == NULL)
		return;
	if (s->program >= 0)
		close(s->program);
	if (s->done >= 0)
		close(s->done);
	if (s->began >= 0)
		close(s->began);
	free(s);
}

int spare_program(const struct spare *s)
{
	return s->program;
}

void spare_done(struct spare *s, const struct spare_key *k, uint32_t isn)
{
	uint32_t wire = htonl(isn);

	(void)bpf_map_update_elem(s->done, k, &wire, BPF_ANY);
}

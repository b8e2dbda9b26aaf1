/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: what the kernel need not hand over any more.
 *
 * A program on the capture sockets leaves out the packets of connections of which
 * whoever follows them has said that he is done with them: it was decided, or is
 * none of ours.  All others pass, so nothing is lost by it, however late it is
 * said; SYN, FIN and RST always pass.
 *
 * Only plain TCP over Ethernet, with one VLAN tag at most, is looked into.
 *
 *	spare.c		the maps and the program, where libbpf was found
 *	no_spare.c	nothing
 */
#ifndef CAPTURE_SPARE_H
#define CAPTURE_SPARE_H

#include <stdbool.h>

#include "base/addr.h"
#include "base/buf.h"

struct spare;

struct spare_key {			/* a connection; no padding: the kernel compares it */
	uint8_t addr[2][16];		/* the lesser one first; IPv4: the first four bytes */
	uint16_t port[2];		/* as on the wire */
	uint32_t vlan;			/* 0x1000 and its number; 0: none */
};

struct spare *spare_new(struct buf *why);	/* NULL: *why says why it cannot be */
void spare_free(struct spare *s);

/* The program, for SO_ATTACH_BPF. */
int spare_program(const struct spare *s);

/* No more of this connection, whose client began it with that number.  From any thread. */
void spare_done(struct spare *s, const struct spare_key *k, uint32_t isn);

#endif

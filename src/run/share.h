/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: the packets of one source, shared among workers.  Private to the room.
 *
 * The reader copies packets into blocks and publishes them; every worker goes
 * through every block, takes the packets of its own connections, and of the
 * others the time.  So a block is free again when the last worker is through,
 * and all tables of connections end what is due at the same packet.
 */
#ifndef RUN_SHARE_H
#define RUN_SHARE_H

#include "decode/decode.h"

struct share;

struct share *share_new(unsigned workers);
void share_free(struct share *s);

/* The reader's: a packet for the worker of this number.  Waits while all blocks are in use. */
void share_add(struct share *s, const struct packet *p, unsigned worker);
void share_end(struct share *s);		/* the source is over */

/* A worker's: the next block; NULL: the source is over.  The one before is given back. */
const struct block *share_next(struct share *s, unsigned worker);

enum { BLOCK_PACKETS = 256 };

struct block {
	uint64_t first;				/* the number of its first packet */
	unsigned n;
	uint8_t worker[BLOCK_PACKETS];
	uint64_t ts[BLOCK_PACKETS];
	struct packet packet[BLOCK_PACKETS];
	struct frame frame[BLOCK_PACKETS];	/* without bytes */
	size_t used;
	uint8_t *bytes;
};

#endif

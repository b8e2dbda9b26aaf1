/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table: which flow a packet belongs to, and who must go when it is full.
 *
 * A flow has two ends, numbered 0 and 1 by address and port, so that both
 * directions find the same entry.  The entry is what a connection costs that
 * says nothing of interest: two cache lines.  What it says is kept elsewhere
 * (talk.h), while it matters.
 *
 * The index is an array of buckets of one cache line each: a miss costs one.
 * The hash is keyed, so that no sender can aim at one bucket.
 */
#ifndef FLOW_TABLE_H
#define FLOW_TABLE_H

#include "base/hash.h"
#include "decode/decode.h"

#define FLOW_NONE UINT32_MAX

struct flow_key {			/* no padding: hashed and compared as bytes */
	struct addr addr[2];
	uint16_t port[2];
	uint32_t net;
};

struct flow_place {			/* of a packet: its flow's key, and the end that sent it */
	struct flow_key key;
	uint32_t hash;
	unsigned end;
};

enum flow_phase {
	FLOW_NEW,			/* nothing was said yet */
	FLOW_TALKS,			/* has a talk */
	FLOW_DONE			/* decided, out of scope, or no TLS: only a note */
};

enum flow_list { LIST_LIVE, LIST_CLOSED, LISTS };

struct flow {
	_Alignas(64) struct flow_key key;
	uint32_t hash;
	uint8_t phase;			/* enum flow_phase */
	uint8_t list;			/* enum flow_list */
	uint8_t seen;			/* bit 1 << end: that end sent something */
	uint8_t has_isn;		/* bit 1 << end: its SYN or SYN-ACK was seen */
	uint64_t last;			/* when the last packet came, by flows.passed */
	struct talk *talk;		/* owned; NULL but in FLOW_TALKS */

	uint64_t first;			/* time of the first packet */
	uint64_t moved;			/* when it was put at its list's end, by flows.passed */
	uint64_t syn_ts;		/* of the (last resent) SYN */
	uint64_t rtt;
	uint32_t isn[2];
	uint32_t rival;			/* that number */
	uint32_t newer, older;		/* in its list */
	uint8_t fin;			/* bit 1 << end */
	uint8_t client;			/* the end that sent the SYN; 2: not known */
	uint8_t synack_ttl;
	bool has_rtt : 1, has_synack_ttl : 1, has_mac : 1, reset : 1;
	bool told : 1;			/* flow_options.spent was called */
	bool has_rival : 1;		/* a SYN with another number came while all was fresh */
	uint8_t mac[6];			/* of the client's SYN */
};

struct bucket;

struct flow_ring {			/* newest to oldest */
	uint32_t newest, oldest;
};

struct flow_table {
	struct hash_key hash_key;
	struct flow *pool;		/* limit entries, touched as they are used */
	uint32_t limit, used, count;	/* used: the pool's high-water mark */
	uint32_t spare;			/* first free entry; they are chained by `older` */
	struct bucket *buckets;		/* a power of two; grows with the count */
	uint32_t nbuckets;
	struct flow_ring rings[LISTS];
};

bool flow_table_init(struct flow_table *t, uint32_t limit);	/* false: no memory */
void flow_table_done(struct flow_table *t);			/* not the talks */

/* The key of a packet's flow; returns the end that sent it. */
unsigned flow_table_key(const struct packet *p, struct flow_key *ret);
uint32_t flow_table_hash(const struct flow_table *t, const struct flow_key *k);

/* From memory into the cache: first where to look, later what is there. */
void flow_table_fetch_bucket(const struct flow_table *t, uint32_t hash);
void flow_table_fetch_flow(const struct flow_table *t, uint32_t hash);

struct flow *flow_table_find(const struct flow_table *t, const struct flow_key *k, uint32_t hash);

/* A new entry, zeroed but for its key; NULL: the table is full. */
struct flow *flow_table_add(struct flow_table *t, const struct flow_key *k, uint32_t hash);
void flow_table_remove(struct flow_table *t, struct flow *f);
void flow_table_clear(struct flow_table *t);			/* of all of them, at once */

/* To the new end of a list. */
void flow_table_move(struct flow_table *t, struct flow *f, enum flow_list to);
struct flow *flow_table_oldest(const struct flow_table *t, enum flow_list l);	/* NULL: empty */

/* All flows in the pool, i below t->used; NULL: entry i is free. */
struct flow *flow_table_at(const struct flow_table *t, uint32_t i);

size_t flow_table_bytes_per_flow(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pool: a bounded number of things, found by key; the mildest goes first.
 *
 * A thing embeds a slot as its first member.  Each slot has a level; slots of
 * one level queue by when they were last touched.  A newcomer to a full pool
 * takes the place of the oldest of the lowest level, unless all are above it.
 * Every operation costs the same however full the pool is.  Private to the room.
 */
#ifndef HOST_POOL_H
#define HOST_POOL_H

#include "base/hash.h"
#include "rule/rule.h"

#define POOL_LEVELS (LEVELS + 1)	/* 0: no finding; else 1 + enum level */
#define POOL_KEY 32

struct slot {
	struct slot *chain;		/* in its bucket */
	struct slot *older, *newer;	/* in the queue of its level */
	uint64_t hash;
	unsigned level;
	uint8_t key[POOL_KEY];		/* padded with zeroes */
};

struct pool {
	struct slot **buckets;
	size_t nbuckets;		/* a power of two */
	size_t n, most;
	size_t size;			/* of a thing */
	void (*drop)(struct slot *s);	/* frees what a thing owns, not the thing; or NULL */
	struct slot *oldest[POOL_LEVELS], *newest[POOL_LEVELS];
	struct hash_key key;
	uint64_t forgotten;		/* let go, or not let in */
};

void pool_init(struct pool *p, size_t size, size_t most, void (*drop)(struct slot *s));
void pool_done(struct pool *p);

struct slot *pool_find(const struct pool *p, const uint8_t key[static POOL_KEY]);

/*
 * The thing of that key, made (zeroed) if need be, raised to level if that is
 * higher, and now the newest.  NULL: the pool is full of worse.
 */
struct slot *pool_touch(struct pool *p, const uint8_t key[static POOL_KEY], unsigned level);

/* A walk over all, in no order that means anything: start with NULL. */
struct slot *pool_next(const struct pool *p, const struct slot *s);

#endif

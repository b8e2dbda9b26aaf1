/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table: buckets of ten tags and slots, one cache line each.
 *
 * A flow lies in the bucket its hash names, or, if that was full, in one of
 * the next ones; `beyond` counts how many flows went past a bucket, so that a
 * search ends at the first bucket that nobody went past.
 */
#include "flow/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "flow/flow.h"

enum { BUCKET = 10, LOAD = 6, FIRST_BUCKETS = 256, CACHE_LINE = 64, LARGE_PAGE = 1 << 21 };

struct bucket {
	uint32_t slot[BUCKET];
	uint16_t tag[BUCKET];		/* 0: free */
	uint32_t beyond;
};

_Static_assert(sizeof(struct bucket) == CACHE_LINE, "a bucket is one cache line");
_Static_assert(sizeof(struct flow_key) == 40, "a key has no padding");
_Static_assert(sizeof(struct flow) <= 2 * CACHE_LINE, "an idle flow is two cache lines");

/*
 * Large arrays that are looked into at random want large pages: fewer faults,
 * and fewer misses of the translation buffer.  A hint; without them all works.
 */
static void *new_array(size_t size)
{
	bool large = size >= 2 * LARGE_PAGE;
	size_t unit = large ? LARGE_PAGE : CACHE_LINE;
	void *p = aligned_alloc(unit, (size + unit - 1) / unit * unit);

	if (large && p != NULL)
		(void)madvise(p, size / LARGE_PAGE * LARGE_PAGE, MADV_HUGEPAGE);
	return p;
}

static struct bucket *new_buckets(uint32_t n)
{
	struct bucket *b = new_array(n * sizeof(*b));

	if (b != NULL)
		memset(b, 0, n * sizeof(*b));
	return b;
}

bool flow_table_init(struct flow_table *t, uint32_t limit)
{
	*t = (struct flow_table){ .limit = limit, .spare = FLOW_NONE, .nbuckets = FIRST_BUCKETS };
	t->hash_key = hash_key_random();
	t->pool = new_array(limit * sizeof(*t->pool));
	t->buckets = new_buckets(t->nbuckets);
	for (unsigned i = 0; i < LISTS; i++)
		t->rings[i] = (struct flow_ring){ FLOW_NONE, FLOW_NONE };
	return t->pool != NULL && t->buckets != NULL;
}

void flow_table_done(struct flow_table *t)
{
	free(t->pool);
	free(t->buckets);
}

unsigned flow_table_key(const struct packet *p, struct flow_key *ret)
{
	int order = addr_cmp(&p->src, &p->dst);
	unsigned from = order > 0 || (order == 0 && p->sport > p->dport) ? 1 : 0;

	ret->addr[from] = p->src;
	ret->addr[!from] = p->dst;
	ret->port[from] = p->sport;
	ret->port[!from] = p->dport;
	ret->net = p->net;
	return from;
}

/* IPv4 addresses are hashed without the twelve bytes that all of them share. */
static uint32_t key_hash(const struct hash_key *key, const struct flow_key *k)
{
	uint64_t h;

	if (addr_is_v4(&k->addr[0]) && addr_is_v4(&k->addr[1])) {
		uint8_t brief[4 + 4 + 4 + 4];

		memcpy(brief, k->addr[0].b + 12, 4);
		memcpy(brief + 4, k->addr[1].b + 12, 4);
		memcpy(brief + 8, k->port, sizeof(k->port));
		memcpy(brief + 12, &k->net, sizeof(k->net));
		h = hash_bytes(key, brief, sizeof(brief));
	} else {
		h = hash_bytes(key, k, sizeof(*k));
	}
	return (uint32_t)(h ^ h >> 32);
}

uint32_t flow_table_hash(const struct flow_table *t, const struct flow_key *k)
{
	return key_hash(&t->hash_key, k);
}

uint32_t flows_share(const struct hash_key *key, const struct packet *p)
{
	struct flow_key k;

	(void)flow_table_key(p, &k);
	return key_hash(key, &k);
}

static uint16_t tag_of(uint32_t hash)
{
	uint16_t tag = (uint16_t)(hash >> 16);

	return tag ? tag : 1;
}

static uint32_t home_of(const struct flow_table *t, uint32_t hash)
{
	return (hash * UINT32_C(0x9e3779b1)) >> 7 & (t->nbuckets - 1);
}

void flow_table_fetch_bucket(const struct flow_table *t, uint32_t hash)
{
	__builtin_prefetch(&t->buckets[home_of(t, hash)]);
}

/* Whatever has the tag: it is the one in nearly all cases, and nothing depends on it. */
void flow_table_fetch_flow(const struct flow_table *t, uint32_t hash)
{
	const struct bucket *b = &t->buckets[home_of(t, hash)];
	uint16_t tag = tag_of(hash);

	for (unsigned i = 0; i < BUCKET; i++) {
		const struct flow *f = &t->pool[b->slot[i]];

		if (b->tag[i] != tag)
			continue;
		__builtin_prefetch(f, 1);
		__builtin_prefetch((const uint8_t *)f + CACHE_LINE, 1);
		return;
	}
}

struct flow *flow_table_find(const struct flow_table *t, const struct flow_key *k, uint32_t hash)
{
	uint16_t tag = tag_of(hash);

	for (uint32_t at = home_of(t, hash);; at = (at + 1) & (t->nbuckets - 1)) {
		const struct bucket *b = &t->buckets[at];

		for (unsigned i = 0; i < BUCKET; i++) {
			struct flow *f = &t->pool[b->slot[i]];

			if (b->tag[i] == tag && memcmp(&f->key, k, sizeof(*k)) == 0)
				return f;
		}
		if (b->beyond == 0)
			return NULL;
	}
}

/* The load is kept under LOAD of BUCKET, so there is always a free place. */
static void place(struct flow_table *t, uint32_t hash, uint32_t slot)
{
	for (uint32_t at = home_of(t, hash);; at = (at + 1) & (t->nbuckets - 1)) {
		struct bucket *b = &t->buckets[at];

		for (unsigned i = 0; i < BUCKET; i++) {
			if (b->tag[i] != 0)
				continue;
			b->tag[i] = tag_of(hash);
			b->slot[i] = slot;
			return;
		}
		b->beyond++;
	}
}

/* False: no memory; the index stays as it is. */
static bool grow(struct flow_table *t)
{
	uint32_t n = t->nbuckets * 2;
	struct bucket *wider = new_buckets(n);

	if (wider == NULL)
		return false;
	free(t->buckets);
	t->buckets = wider;
	t->nbuckets = n;
	for (uint32_t i = 0; i < t->used; i++)
		if (t->pool[i].list < LISTS)
			place(t, t->pool[i].hash, i);
	return true;
}

static void link_newest(struct flow_table *t, struct flow *f, enum flow_list to)
{
	struct flow_ring *r = &t->rings[to];
	uint32_t slot = (uint32_t)(f - t->pool);

	f->list = (uint8_t)to;
	f->newer = FLOW_NONE;
	f->older = r->newest;
	if (r->newest != FLOW_NONE)
		t->pool[r->newest].newer = slot;
	else
		r->oldest = slot;
	r->newest = slot;
}

static void unlink_flow(struct flow_table *t, struct flow *f)
{
	struct flow_ring *r = &t->rings[f->list];

	if (f->newer != FLOW_NONE)
		t->pool[f->newer].older = f->older;
	else
		r->newest = f->older;
	if (f->older != FLOW_NONE)
		t->pool[f->older].newer = f->newer;
	else
		r->oldest = f->newer;
}

struct flow *flow_table_add(struct flow_table *t, const struct flow_key *k, uint32_t hash)
{
	struct flow *f;
	uint32_t slot;

	if (t->count == t->limit)
		return NULL;
	if (t->count >= t->nbuckets * LOAD && !grow(t) && t->count >= t->nbuckets * (BUCKET - 1))
		return NULL;
	if (t->spare != FLOW_NONE) {
		slot = t->spare;
		t->spare = t->pool[slot].older;
	} else {
		slot = t->used++;
	}
	f = &t->pool[slot];
	*f = (struct flow){ .key = *k, .hash = hash };
	place(t, hash, slot);
	link_newest(t, f, LIST_LIVE);
	t->count++;
	return f;
}

void flow_table_remove(struct flow_table *t, struct flow *f)
{
	uint32_t slot = (uint32_t)(f - t->pool);

	for (uint32_t at = home_of(t, f->hash);; at = (at + 1) & (t->nbuckets - 1)) {
		struct bucket *b = &t->buckets[at];
		unsigned i = 0;

		while (i < BUCKET && (b->tag[i] == 0 || b->slot[i] != slot))
			i++;
		if (i < BUCKET) {
			b->tag[i] = 0;
			break;
		}
		assert(b->beyond > 0);
		b->beyond--;
	}
	unlink_flow(t, f);
	f->list = LISTS;
	f->older = t->spare;
	t->spare = slot;
	t->count--;
}

void flow_table_clear(struct flow_table *t)
{
	memset(t->buckets, 0, t->nbuckets * sizeof(*t->buckets));
	t->used = t->count = 0;
	t->spare = FLOW_NONE;
	for (unsigned i = 0; i < LISTS; i++)
		t->rings[i] = (struct flow_ring){ FLOW_NONE, FLOW_NONE };
}

void flow_table_move(struct flow_table *t, struct flow *f, enum flow_list to)
{
	unlink_flow(t, f);
	link_newest(t, f, to);
}

struct flow *flow_table_oldest(const struct flow_table *t, enum flow_list l)
{
	return t->rings[l].oldest == FLOW_NONE ? NULL : &t->pool[t->rings[l].oldest];
}

struct flow *flow_table_at(const struct flow_table *t, uint32_t i)
{
	return t->pool[i].list < LISTS ? &t->pool[i] : NULL;
}

size_t flow_table_bytes_per_flow(void)
{
	return sizeof(struct flow) + (sizeof(struct bucket) + LOAD - 1) / LOAD;
}

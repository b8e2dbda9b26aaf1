/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pool: chained buckets, and one queue a level.
 */
#include "host/pool.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

void pool_init(struct pool *p, size_t size, size_t most, void (*drop)(struct slot *s))
{
	*p = (struct pool){ .size = size, .most = most, .drop = drop };
	p->key = hash_key_random();
	p->nbuckets = 64;
	p->buckets = xcalloc(p->nbuckets, sizeof(struct slot *));
}

static void slot_free(struct pool *p, struct slot *s)
{
	if (p->drop != NULL)
		p->drop(s);
	free(s);
}

void pool_done(struct pool *p)
{
	struct slot *s = pool_next(p, NULL);

	while (s != NULL) {
		struct slot *next = pool_next(p, s);

		slot_free(p, s);
		s = next;
	}
	free(p->buckets);
	p->buckets = NULL;
}

static struct slot **bucket(const struct pool *p, uint64_t hash)
{
	return &p->buckets[hash & (p->nbuckets - 1)];
}

static struct slot *find(const struct pool *p, uint64_t hash, const uint8_t *key)
{
	struct slot *s = *bucket(p, hash);

	while (s != NULL && (s->hash != hash || memcmp(s->key, key, POOL_KEY) != 0))
		s = s->chain;
	return s;
}

struct slot *pool_find(const struct pool *p, const uint8_t key[static POOL_KEY])
{
	return find(p, hash_bytes(&p->key, key, POOL_KEY), key);
}

static void unqueue(struct pool *p, struct slot *s)
{
	*(s->older ? &s->older->newer : &p->oldest[s->level]) = s->newer;
	*(s->newer ? &s->newer->older : &p->newest[s->level]) = s->older;
}

static void enqueue(struct pool *p, struct slot *s)
{
	s->newer = NULL;
	s->older = p->newest[s->level];
	*(s->older ? &s->older->newer : &p->oldest[s->level]) = s;
	p->newest[s->level] = s;
}

static void forget(struct pool *p, struct slot *s)
{
	struct slot **at = bucket(p, s->hash);

	while (*at != s)
		at = &(*at)->chain;
	*at = s->chain;
	unqueue(p, s);
	slot_free(p, s);
	p->n--;
}

/* Makes a place for a newcomer of that level; false: there is none. */
static bool make_place(struct pool *p, unsigned level)
{
	if (p->n < p->most)
		return true;
	p->forgotten++;
	for (unsigned i = 0; i <= level; i++)
		if (p->oldest[i] != NULL) {
			forget(p, p->oldest[i]);
			return true;
		}
	return false;
}

static void grow(struct pool *p)
{
	size_t nold = p->nbuckets;
	struct slot **old = p->buckets;

	p->nbuckets *= 2;
	p->buckets = xcalloc(p->nbuckets, sizeof(struct slot *));
	for (size_t i = 0; i < nold; i++)
		for (struct slot *s = old[i], *next; s != NULL; s = next) {
			struct slot **to = bucket(p, s->hash);

			next = s->chain;
			s->chain = *to;
			*to = s;
		}
	free(old);
}

static struct slot *add(struct pool *p, uint64_t hash, const uint8_t *key, unsigned level)
{
	struct slot *s, **to;

	if (!make_place(p, level))
		return NULL;
	if (p->n == p->nbuckets)
		grow(p);
	s = xcalloc(1, p->size);
	to = bucket(p, hash);
	s->hash = hash;
	s->level = level;
	s->chain = *to;
	memcpy(s->key, key, POOL_KEY);
	*to = s;
	p->n++;
	enqueue(p, s);
	return s;
}

struct slot *pool_touch(struct pool *p, const uint8_t key[static POOL_KEY], unsigned level)
{
	uint64_t hash = hash_bytes(&p->key, key, POOL_KEY);
	struct slot *s = find(p, hash, key);

	if (s == NULL)
		return add(p, hash, key, level);
	unqueue(p, s);
	if (level > s->level)
		s->level = level;
	enqueue(p, s);
	return s;
}

struct slot *pool_next(const struct pool *p, const struct slot *s)
{
	unsigned level = 0;

	if (s != NULL) {
		if (s->newer != NULL)
			return s->newer;
		level = s->level + 1;
	}
	for (; level < POOL_LEVELS; level++)
		if (p->oldest[level] != NULL)
			return p->oldest[level];
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map: an array of entries in order of arrival, and an index of slots into it.
 */
#include "base/map.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"

struct entry {
	uint64_t hash;
	struct slice key;
	void *value;
};

struct map {
	struct hash_key key;
	struct arena keys;
	struct entry *entries;
	size_t n, cap;
	uint32_t *slots;	/* entry number plus one; 0 is empty */
	size_t nslots;		/* a power of two, more than twice n */
};

struct map *map_new(void)
{
	struct map *m = xcalloc(1, sizeof(*m));

	m->key = hash_key_random();
	m->nslots = 16;
	m->slots = xcalloc(m->nslots, sizeof(*m->slots));
	return m;
}

void map_free(struct map *m)
{
	if (m == NULL)
		return;
	arena_done(&m->keys);
	free(m->entries);
	free(m->slots);
	free(m);
}

/* The slot that holds key, or the empty one where it belongs. */
static uint32_t *slot_of(const struct map *m, uint64_t hash, struct slice key)
{
	for (size_t i = hash;; i++) {
		uint32_t *slot = &m->slots[i & (m->nslots - 1)];
		const struct entry *e;

		if (*slot == 0)
			return slot;
		e = &m->entries[*slot - 1];
		if (e->hash == hash && e->key.n == key.n &&
		    (key.n == 0 || memcmp(e->key.p, key.p, key.n) == 0))
			return slot;
	}
}

void **map_find(const struct map *m, struct slice key)
{
	uint32_t *slot = slot_of(m, hash_bytes(&m->key, key.p, key.n), key);

	return *slot ? &m->entries[*slot - 1].value : NULL;
}

static void grow(struct map *m)
{
	free(m->slots);
	m->nslots *= 2;
	m->slots = xcalloc(m->nslots, sizeof(*m->slots));
	for (size_t i = 0; i < m->n; i++)
		*slot_of(m, m->entries[i].hash, m->entries[i].key) = (uint32_t)i + 1;
}

void **map_add(struct map *m, struct slice key)
{
	uint64_t hash = hash_bytes(&m->key, key.p, key.n);
	uint32_t *slot = slot_of(m, hash, key);
	struct entry *e;

	if (*slot != 0)
		return &m->entries[*slot - 1].value;
	if (m->n == m->cap) {
		m->cap = m->cap ? m->cap * 2 : 16;
		m->entries = xrealloc(m->entries, m->cap * sizeof(*m->entries));
	}
	e = &m->entries[m->n++];
	*e = (struct entry){ .hash = hash };
	e->key = (struct slice){ (const uint8_t *)arena_text(&m->keys, key), key.n };
	*slot = (uint32_t)m->n;
	if (m->n * 2 > m->nslots)
		grow(m);
	return &e->value;
}

size_t map_count(const struct map *m)
{
	return m->n;
}

struct slice map_key(const struct map *m, size_t i)
{
	return m->entries[i].key;
}

void *map_value(const struct map *m, size_t i)
{
	return m->entries[i].value;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pins: constants hashed with the question they answer.
 *
 * A probe is such a question: of which field, compared how, and where only a
 * part of the value is compared (a network, the end of a name), how long a part.
 */
#include "rule/pins.h"

#include <stdlib.h>
#include <string.h>

enum pin { PIN_NONE, PIN_NUMBER, PIN_TEXT, PIN_BYTES, PIN_BLOCK, PIN_START, PIN_END, PIN_CODE,
	   PIN_BIT, PIN_ITEM };

struct probe {
	enum field_id field;
	enum pin how;
	size_t size;			/* bits of a block, bytes of a part; else 0 */
	bool used;			/* a group is pinned by it */
};

struct spot {
	uint64_t hash;			/* 0: empty */
	uint32_t count;			/* groups that could be pinned here */
	uint32_t first;			/* posting, plus one */
};

struct posting {
	uint32_t group, next;		/* next: plus one */
	uint32_t probe;
};

struct pins {
	size_t n;
	struct probe *probes;
	size_t nprobes, probes_room;
	struct spot *spots;
	size_t nspots;			/* a power of two, more than twice the constants */
	struct posting *postings;
	size_t npostings, postings_room;
	uint64_t *always;
};

/* ---- hashing ------------------------------------------------------------------------------- */

/* FNV-1a, Fowler, Noll and Vo; it spreads the operator's own constants, nothing hostile. */
static const uint64_t fnv_begin = UINT64_C(0xcbf29ce484222325), fnv_prime = UINT64_C(0x100000001b3);

static uint64_t begin(size_t probe)
{
	return (fnv_begin ^ probe) * fnv_prime;
}

static uint64_t finish(uint64_t h)
{
	h ^= h >> 29;
	return h ? h : 1;
}

static uint64_t of_number(size_t probe, uint64_t n)
{
	uint64_t h = (begin(probe) ^ n) * fnv_prime;

	return finish((h ^ h >> 32) * fnv_prime);
}

static uint64_t of_text(size_t probe, struct slice s)
{
	uint64_t h = begin(probe);

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ byte_lower(s.p[i])) * fnv_prime;
	return finish(h);
}

static uint64_t of_block(size_t probe, const struct addr *a, size_t bits)
{
	uint64_t h = begin(probe);

	for (size_t i = 0; i < bits / 8; i++)
		h = (h ^ a->b[i]) * fnv_prime;
	if (bits % 8 != 0)
		h = (h ^ (uint64_t)(a->b[bits / 8] >> (8 - bits % 8))) * fnv_prime;
	return finish(h);
}

/* ---- tests as constants --------------------------------------------------------------------- */

static enum pin pin_of_is(const struct test *t)
{
	switch (t->type) {
	case VALUE_TEXT:	return PIN_TEXT;
	case VALUE_HEX:		return PIN_BYTES;
	case VALUE_ADDR:	return PIN_BLOCK;
	default:		return t->with.mask == 0 ? PIN_NUMBER : PIN_NONE;
	}
}

static enum pin pin_of_list(const struct test *t)
{
	if (t->type == VALUE_SET)
		return PIN_BIT;
	if (t->type == VALUE_TEXTS)
		return PIN_ITEM;
	return t->with.mask == 0 ? PIN_CODE : PIN_NONE;
}

static enum pin pin_of(const struct test *t)
{
	if (t->compares)
		return PIN_NONE;
	switch ((unsigned)t->op) {
	case OP_IS:
	case OP_IN:		return pin_of_is(t);
	case OP_STARTS_WITH:	return PIN_START;
	case OP_ENDS_WITH:	return PIN_END;
	case OP_HAS:		return pin_of_list(t);
	default:		return PIN_NONE;
	}
}

static size_t constants(const struct test *t, enum pin how)
{
	switch (how) {
	case PIN_NONE:		return 0;
	case PIN_BLOCK:		return t->with.nblocks;
	case PIN_BIT:		return 64;
	case PIN_NUMBER:
	case PIN_CODE:		return t->with.nnumbers;
	default:		return t->with.ntexts;
	}
}

/* The number of the probe, made if it is new. */
static size_t probe_of(struct pins *p, enum field_id field, enum pin how, size_t size)
{
	size_t i = 0;

	while (i < p->nprobes && (p->probes[i].field != field || p->probes[i].how != how ||
				  p->probes[i].size != size))
		i++;
	if (i < p->nprobes)
		return i;
	if (i == p->probes_room) {
		p->probes_room = p->probes_room ? 2 * p->probes_room : 16;
		p->probes = xrealloc(p->probes, p->probes_room * sizeof(*p->probes));
	}
	p->probes[p->nprobes++] = (struct probe){ field, how, size, false };
	return i;
}

/* The hash of the k-th constant; 0: it is none (a bit not set). */
static uint64_t constant(struct pins *p, const struct test *t, enum pin how, size_t k,
			 size_t *ret_probe)
{
	bool part = how == PIN_START || how == PIN_END;
	size_t size = how == PIN_BLOCK ? t->with.blocks[k].bits : part ? t->with.texts[k].n : 0;
	size_t probe = *ret_probe = probe_of(p, t->field, how, size);

	switch (how) {
	case PIN_NUMBER:
	case PIN_CODE:
		return of_number(probe, t->with.numbers[k]);
	case PIN_BIT:
		return t->with.mask >> k & 1 ? of_number(probe, k) : 0;
	case PIN_BLOCK:
		return of_block(probe, &t->with.blocks[k].addr, size);
	default:
		return of_text(probe, t->with.texts[k]);
	}
}

/* ---- building ------------------------------------------------------------------------------- */

static struct spot *spot_of(const struct pins *p, uint64_t hash)
{
	size_t i = hash & (p->nspots - 1);

	while (p->spots[i].hash != 0 && p->spots[i].hash != hash)
		i = (i + 1) & (p->nspots - 1);
	return &p->spots[i];
}

static void count_group(struct pins *p, const struct group *g)
{
	for (size_t i = 0; i < g->n; i++) {
		enum pin how = pin_of(&g->tests[i]);

		for (size_t k = 0; k < constants(&g->tests[i], how); k++) {
			size_t probe;
			uint64_t hash = constant(p, &g->tests[i], how, k, &probe);
			struct spot *at = hash ? spot_of(p, hash) : NULL;

			if (at != NULL) {
				at->hash = hash;
				at->count++;
			}
		}
	}
}

/* How many groups the constants of t are shared with, in all. */
static uint64_t crowd(struct pins *p, const struct test *t, enum pin how)
{
	uint64_t sum = 0;
	size_t probe;

	for (size_t k = 0; k < constants(t, how); k++) {
		uint64_t hash = constant(p, t, how, k, &probe);

		sum += hash ? spot_of(p, hash)->count : 0;
	}
	return sum;
}

static void post(struct pins *p, uint32_t group, size_t probe, struct spot *at)
{
	if (p->npostings == p->postings_room) {
		p->postings_room = p->postings_room ? 2 * p->postings_room : 64;
		p->postings = xrealloc(p->postings, p->postings_room * sizeof(*p->postings));
	}
	p->postings[p->npostings++] = (struct posting){ group, at->first, (uint32_t)probe };
	at->first = (uint32_t)p->npostings;
	p->probes[probe].used = true;
}

static void pin_group(struct pins *p, const struct group *g, uint32_t number)
{
	const struct test *best = NULL;
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < g->n; i++) {
		enum pin how = pin_of(&g->tests[i]);
		uint64_t n = how ? crowd(p, &g->tests[i], how) : UINT64_MAX;

		if (n < least) {
			least = n;
			best = &g->tests[i];
		}
	}
	if (best == NULL)
		p->always[number / 64] |= UINT64_C(1) << number % 64;
	for (size_t k = 0; best != NULL && k < constants(best, pin_of(best)); k++) {
		size_t probe;
		uint64_t hash = constant(p, best, pin_of(best), k, &probe);

		if (hash != 0)
			post(p, number, probe, spot_of(p, hash));
	}
}

struct pins *pins_new(const struct group *const *groups, size_t n)
{
	struct pins *p = xcalloc(1, sizeof(*p));
	size_t all = 1;

	p->n = n;
	p->always = xcalloc(n / 64 + 1, sizeof(*p->always));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < groups[i]->n; k++)
			all += constants(&groups[i]->tests[k], pin_of(&groups[i]->tests[k]));
	for (p->nspots = 16; p->nspots < 2 * all; p->nspots *= 2)
		;
	p->spots = xcalloc(p->nspots, sizeof(*p->spots));
	for (size_t i = 0; i < n; i++)
		count_group(p, groups[i]);
	for (size_t i = 0; i < n; i++)
		pin_group(p, groups[i], (uint32_t)i);
	return p;
}

void pins_free(struct pins *p)
{
	if (p == NULL)
		return;
	free(p->probes);
	free(p->spots);
	free(p->postings);
	free(p->always);
	free(p);
}

/* ---- finding -------------------------------------------------------------------------------- */

static void found(const struct pins *p, uint64_t hash, uint64_t *ret)
{
	uint32_t next = spot_of(p, hash)->first;

	while (next != 0) {
		const struct posting *at = &p->postings[next - 1];

		ret[at->group / 64] |= UINT64_C(1) << at->group % 64;
		next = at->next;
	}
}

static void find_items(const struct pins *p, size_t probe, const struct value *v, uint64_t *ret)
{
	struct cursor c = cursor_of(v->bytes);
	struct slice s;

	while (value_next_text(&c, &s))
		found(p, of_text(probe, s), ret);
}

static void find_list(const struct pins *p, size_t probe, const struct value *v, uint64_t *ret)
{
	size_t n = p->probes[probe].how == PIN_BIT ? 64 : value_count(v);

	for (size_t i = 0; i < n; i++)
		if (p->probes[probe].how == PIN_CODE)
			found(p, of_number(probe, value_item(v, i)), ret);
		else if (v->number >> i & 1)
			found(p, of_number(probe, i), ret);
}

static void find_text(const struct pins *p, size_t probe, struct slice s, uint64_t *ret)
{
	const struct probe *is = &p->probes[probe];

	if (is->how == PIN_START || is->how == PIN_END) {
		if (s.n < is->size)
			return;
		if (is->how == PIN_END)
			s.p += s.n - is->size;
		s.n = is->size;
	}
	found(p, of_text(probe, s), ret);
}

static void find_one(const struct pins *p, size_t probe, const struct value *v, uint64_t *ret)
{
	const struct probe *is = &p->probes[probe];

	switch (is->how) {
	case PIN_NUMBER:
		found(p, of_number(probe, v->type != VALUE_VERSION ? v->number :
				   tls_version_counts((uint16_t)v->number)), ret);
		break;
	case PIN_BLOCK:
		found(p, of_block(probe, &v->addr, is->size), ret);
		break;
	case PIN_CODE:
	case PIN_BIT:
		find_list(p, probe, v, ret);
		break;
	case PIN_ITEM:
		find_items(p, probe, v, ret);
		break;
	case PIN_NONE:
		break;
	default:
		find_text(p, probe, v->bytes, ret);
	}
}

static void find_all(const struct pins *p, size_t probe, uint64_t *ret)
{
	for (size_t i = 0; i < p->npostings; i++)
		if (p->postings[i].probe == probe)
			ret[p->postings[i].group / 64] |=
				UINT64_C(1) << p->postings[i].group % 64;
}

void pins_find(const struct pins *p, const struct value *values, const bool *wild,
	       uint64_t *ret)
{
	memcpy(ret, p->always, (p->n / 64 + 1) * sizeof(*ret));
	for (size_t i = 0; i < p->nprobes; i++) {
		enum field_id field = p->probes[i].field;

		if (!p->probes[i].used)
			continue;
		if (wild != NULL && wild[field])
			find_all(p, i, ret);
		else if (values[field].type == fields[field].type)
			find_one(p, i, &values[field], ret);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ranges: which prefixes hold an address.
 *
 * Every new flow asks, and nearly all answers are no.  So a filter that stays
 * in the first-level cache (8.5 kB) comes first: a bit for each value of the
 * first sixteen bits of IPv4, and a small hashed set of the first 32 bits of
 * IPv6.  It may say yes wrongly, never no.
 *
 * Behind it lie all prefixes in one array, IPv4 in its mapped form, ordered by
 * first address and then by length.  Prefixes nest or are disjoint.  So if any
 * holds an address, then the last one that begins at or before it either is
 * the longest that holds it, or lies inside that one: a binary search, and a
 * few steps outwards.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "m365/set.h"

#define V4_MAPPED UINT64_C(0xffff)	/* bits 64 to 95 of a mapped address */

struct ranges {
	uint8_t v4[65536 / 8];
	uint8_t v6[4096 / 8];
	size_t n;
	struct range *v;
};

struct listing {			/* while building: one set lists one prefix */
	struct address_key first;
	uint8_t bits;
	size_t order;			/* keeps the order of the files among equals */
	const struct set *set;
};

static struct address_key key_of(const struct addr *a)
{
	struct address_key k;

	memcpy(&k.hi, a->b, 8);
	memcpy(&k.lo, a->b + 8, 8);
	return (struct address_key){ be64toh(k.hi), be64toh(k.lo) };
}

static bool key_is_v4(struct address_key k)
{
	return k.hi == 0 && k.lo >> 32 == V4_MAPPED;
}

static uint32_t v6_slot(uint32_t first32)
{
	return first32 * 2654435761u >> 20;	/* Knuth's multiplicative hash: twelve bits */
}

static void bit_set(uint8_t *bits, uint32_t i)
{
	bits[i / 8] = (uint8_t)(bits[i / 8] | 1u << i % 8);
}

static bool bit_is_set(const uint8_t *bits, uint32_t i)
{
	return bits[i / 8] >> i % 8 & 1;
}

static bool may_hold(const struct ranges *r, struct address_key k)
{
	if (key_is_v4(k))
		return bit_is_set(r->v4, (uint32_t)(k.lo >> 16) & 0xffff);
	return bit_is_set(r->v6, v6_slot((uint32_t)(k.hi >> 32)));
}

/* The loader lets no prefix in that is so short that this would take long (read.c). */
static void filter_add(struct ranges *r, const struct range *one)
{
	bool v4 = key_is_v4(one->first);
	unsigned looked_at = v4 ? 96 + 16 : 32;
	unsigned open = one->bits < looked_at ? looked_at - one->bits : 0;

	for (uint32_t i = 0; i < 1u << open; i++) {
		if (v4)
			bit_set(r->v4, ((uint32_t)(one->first.lo >> 16) & 0xffff) + i);
		else
			bit_set(r->v6, v6_slot((uint32_t)(one->first.hi >> 32) + i));
	}
}

static int key_cmp(struct address_key a, struct address_key b)
{
	if (a.hi != b.hi)
		return a.hi < b.hi ? -1 : 1;
	return a.lo < b.lo ? -1 : a.lo > b.lo;
}

static int prefix_cmp(const struct listing *a, const struct listing *b)
{
	int c = key_cmp(a->first, b->first);

	return c != 0 ? c : (int)a->bits - (int)b->bits;
}

static int listing_cmp(const void *pa, const void *pb)
{
	const struct listing *a = pa, *b = pb;
	int c = prefix_cmp(a, b);

	return c != 0 ? c : a->order < b->order ? -1 : a->order > b->order;
}

static struct address_key mask_of(unsigned bits)
{
	uint64_t ones = UINT64_MAX;

	return (struct address_key){
		.hi = bits == 0 ? 0 : bits >= 64 ? ones : ones << (64 - bits),
		.lo = bits <= 64 ? 0 : ones << (128 - bits),
	};
}

static bool range_has(const struct range *r, struct address_key k)
{
	return ((k.hi ^ r->first.hi) & r->mask.hi) == 0 && ((k.lo ^ r->first.lo) & r->mask.lo) == 0;
}

static struct listing *all_listings(const struct set *const *sets, size_t n, size_t *ret)
{
	struct listing *v;
	size_t k = 0, count = 0;

	for (size_t i = 0; i < n; i++)
		count += sets[i]->n_prefixes;
	v = xcalloc(count + 1, sizeof(*v));
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < sets[i]->n_prefixes; j++, k++)
			v[k] = (struct listing){ key_of(&sets[i]->prefixes[j].addr),
						 sets[i]->prefixes[j].bits, k, sets[i] };
	qsort(v, count, sizeof(*v), listing_cmp);
	*ret = count;
	return v;
}

/* The prefix before it in the array, or one of those around that one, or none. */
static const struct range *outer_of(const struct range *v, size_t i)
{
	const struct range *around = i > 0 ? &v[i - 1] : NULL;

	while (around && !range_has(around, v[i].first))
		around = around->outer;
	return around;
}

struct ranges *ranges_new(struct arena *a, const struct set *const *sets, size_t n)
{
	struct ranges *r = arena_alloc(a, sizeof(*r));
	size_t count, k;
	struct listing *l = all_listings(sets, n, &count);
	const struct set **lists = arena_alloc(a, (count + 1) * sizeof(*lists));

	r->v = arena_alloc(a, (count + 1) * sizeof(*r->v));
	for (size_t i = 0; i < count; i = k) {
		struct range *one = &r->v[r->n];

		*one = (struct range){ .first = l[i].first, .mask = mask_of(l[i].bits),
				       .bits = l[i].bits, .sets = lists + i };
		for (k = i; k < count && prefix_cmp(&l[i], &l[k]) == 0; k++)
			if (one->n == 0 || one->sets[one->n - 1] != l[k].set)
				lists[i + one->n++] = l[k].set;
		one->outer = outer_of(r->v, r->n++);
		filter_add(r, one);
	}
	free(l);
	return r;
}

const struct range *ranges_find(const struct ranges *r, const struct addr *a)
{
	struct address_key k = key_of(a);
	const struct range *at;
	size_t low = 0, high = r->n;

	if (!may_hold(r, k))
		return NULL;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (key_cmp(r->v[middle].first, k) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	at = low > 0 ? &r->v[low - 1] : NULL;
	while (at && !range_has(at, k))
		at = at->outer;
	return at;
}

/* IPv4 blocks are looked for among those of IPv4 alone, ::/0 notwithstanding. */
static bool same_family(const struct range *r, const struct prefix *block)
{
	return key_is_v4(r->first) == (block->bits >= 96 && addr_is_v4(&block->addr));
}

void ranges_touching(const struct ranges *r, const struct prefix *block, ranges_visit *visit,
		     void *context)
{
	struct range whole = { .first = key_of(&block->addr), .mask = mask_of(block->bits) };

	for (size_t i = r->n; i > 0; i--)	/* inner ones stand behind those around them */
		if (same_family(&r->v[i - 1], block) && r->v[i - 1].bits <= block->bits &&
		    range_has(&r->v[i - 1], whole.first))
			visit(&r->v[i - 1], false, context);
	for (size_t i = 0; i < r->n; i++)
		if (same_family(&r->v[i], block) && r->v[i].bits > block->bits &&
		    range_has(&whole, r->v[i].first))
			visit(&r->v[i], true, context);
}

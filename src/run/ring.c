/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: the ring between two threads.
 *
 * `put` and `taken` only grow; each is written by one side.  A place is the
 * producer's until `put` has passed it, then the consumer's until `taken` has.
 */
#include "run/ring.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "fact/sighting.h"

enum { CACHE_LINE = 64 };

struct ring {
	_Alignas(CACHE_LINE) _Atomic uint64_t put;
	_Alignas(CACHE_LINE) _Atomic uint64_t taken;
	_Alignas(CACHE_LINE) unsigned places;
	struct gate room;
	struct parcel *v;
};

static int by_number(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

int turn_cmp(const struct turn *a, const struct turn *b)
{
	int order = by_number(a->packet, b->packet);

	if (order == 0)
		order = by_number(a->ts, b->ts);
	if (order == 0)
		order = by_number(a->number, b->number);
	if (order == 0)
		order = memcmp(&a->key, &b->key, sizeof(a->key));
	return order != 0 ? order : by_number(a->nth, b->nth);
}

struct ring *ring_new(unsigned places)
{
	struct ring *r = aligned_alloc(CACHE_LINE, sizeof(*r));

	assert((places & (places - 1)) == 0);
	if (r == NULL)
		return NULL;
	*r = (struct ring){ .places = places, .v = xcalloc(places, sizeof(*r->v)) };
	gate_init(&r->room);
	return r;
}

void ring_free(struct ring *r)
{
	if (r == NULL)
		return;
	for (const struct parcel *p; (p = ring_peek(r)) != NULL; ring_drop(r))
		sighting_free(p->sighting);
	gate_done(&r->room);
	free(r->v);
	free(r);
}

static bool has_room(void *ring)
{
	struct ring *r = ring;

	return atomic_load_explicit(&r->put, memory_order_relaxed) -
	       atomic_load_explicit(&r->taken, memory_order_acquire) < r->places;
}

bool ring_put(struct ring *r, const struct parcel *p)
{
	uint64_t at = atomic_load_explicit(&r->put, memory_order_relaxed);

	if (!has_room(r))
		return false;
	r->v[at & (r->places - 1)] = *p;
	atomic_store_explicit(&r->put, at + 1, memory_order_release);
	return true;
}

unsigned ring_count(struct ring *r)
{
	uint64_t taken = atomic_load_explicit(&r->taken, memory_order_acquire);

	return (unsigned)(atomic_load_explicit(&r->put, memory_order_acquire) - taken);
}

void ring_wait_room(struct ring *r)
{
	gate_wait(&r->room, has_room, r, 0);
}

const struct parcel *ring_peek(struct ring *r)
{
	uint64_t at = atomic_load_explicit(&r->taken, memory_order_relaxed);

	if (at == atomic_load_explicit(&r->put, memory_order_acquire))
		return NULL;
	return &r->v[at & (r->places - 1)];
}

void ring_drop(struct ring *r)
{
	uint64_t at = atomic_load_explicit(&r->taken, memory_order_relaxed);

	atomic_store_explicit(&r->taken, at + 1, memory_order_release);
	gate_wake(&r->room);
}

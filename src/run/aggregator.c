/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: the merge of the rings, hosts and sinks behind it.
 *
 * In order, the oldest sighting at hand may go on when every other worker has
 * passed its packet.  A worker that waits for room in its ring never holds up
 * this for good: the others go on as far as it has come, for they all are given
 * the same packets.
 */
#include "run/aggregator.h"

#include <stdlib.h>

#include "base/arena.h"

enum { PLACES = 2048, WAIT = -1, OVER = -2 };

struct lane {
	struct ring *ring;
	_Atomic uint64_t passed;
	_Atomic uint64_t lost;
};

struct aggregator {
	struct aggregator_options o;
	struct lane *lanes;
	struct gate news;
	unsigned next;			/* unordered: whose turn it is */
};

struct aggregator *aggregator_new(const struct aggregator_options *o)
{
	struct aggregator *a = xcalloc(1, sizeof(*a));

	a->o = *o;
	gate_init(&a->news);
	a->lanes = xcalloc(o->workers, sizeof(*a->lanes));
	for (unsigned i = 0; i < o->workers; i++) {
		a->lanes[i].ring = ring_new(PLACES);
		atomic_init(&a->lanes[i].passed, 0);
		atomic_init(&a->lanes[i].lost, 0);
	}
	return a;
}

void aggregator_free(struct aggregator *a)
{
	if (a == NULL)
		return;
	for (unsigned i = 0; i < a->o.workers; i++)
		ring_free(a->lanes[i].ring);
	free(a->lanes);
	gate_done(&a->news);
	free(a);
}

void aggregator_take(struct aggregator *a, struct sighting *s)
{
	hosts_sighting(a->o.hosts, s);
	for (size_t i = 0; i < a->o.nsinks; i++)
		sink_handshake(a->o.sinks[i], s);
	sighting_free(s);
}

/* ---- the workers' side --------------------------------------------------------------- */

bool aggregator_put(struct aggregator *a, unsigned worker, const struct parcel *p)
{
	struct lane *l = &a->lanes[worker];

	while (!ring_put(l->ring, p)) {
		if (!a->o.ordered) {
			sighting_free(p->sighting);
			atomic_fetch_add_explicit(&l->lost, 1, memory_order_relaxed);
			return false;
		}
		gate_wake(&a->news);
		ring_wait_room(l->ring);
	}
	return true;
}

void aggregator_pass(struct aggregator *a, unsigned worker, uint64_t packet)
{
	atomic_store_explicit(&a->lanes[worker].passed, packet, memory_order_release);
	gate_wake(&a->news);
}

uint64_t aggregator_lost(const struct aggregator *a)
{
	uint64_t lost = 0;

	for (unsigned i = 0; i < a->o.workers; i++)
		lost += atomic_load_explicit(&a->lanes[i].lost, memory_order_relaxed);
	return lost;
}

/* ---- the merge ----------------------------------------------------------------------- */

/* Whose sighting goes on; WAIT: nobody's yet; OVER: nothing comes any more. */
static int choose(struct aggregator *a)
{
	uint64_t behind = TURN_OVER;	/* of those with nothing at hand, the farthest behind */
	const struct parcel *first = NULL;
	int which = WAIT;

	for (unsigned k = 0; k < a->o.workers; k++) {
		unsigned i = (a->next + k) % a->o.workers;
		struct lane *l = &a->lanes[i];
		uint64_t passed = atomic_load_explicit(&l->passed, memory_order_acquire);
		const struct parcel *p = ring_peek(l->ring);	/* after `passed` was read */

		if (p == NULL && passed < behind)
			behind = passed;
		if (p == NULL || (first != NULL && turn_cmp(&p->turn, &first->turn) > 0))
			continue;
		if (first == NULL || a->o.ordered) {
			first = p;
			which = (int)i;
		}
	}
	if (first == NULL)
		return behind == TURN_OVER ? OVER : WAIT;
	return a->o.ordered && first->turn.packet >= behind ? WAIT : which;
}

static bool has_news(void *arg)
{
	return choose(arg) != WAIT;
}

void aggregator_run(struct aggregator *a)
{
	int which;

	while ((which = choose(a)) != OVER) {
		struct ring *r;
		struct sighting *s;

		if (which == WAIT) {
			gate_wait(&a->news, has_news, a, 0);
			continue;
		}
		r = a->lanes[which].ring;
		s = ring_peek(r)->sighting;
		ring_drop(r);
		if (!a->o.ordered)
			a->next = ((unsigned)which + 1) % a->o.workers;
		aggregator_take(a, s);
	}
}

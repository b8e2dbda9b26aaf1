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
#include <time.h>

#include "base/arena.h"

enum {
	PLACES = 2048, WAIT = -1, OVER = -2,
	LIVE_PLACES = 16384,	/* nobody waits for room: a burst of handshakes must find it */
	RUN = 256,		/* sightings between looks at the outputs */
	IDLE_MS = 50		/* a live output that was slow is tried again after that */
};

struct lane {
	struct ring *ring;
	_Atomic uint64_t passed;
	_Atomic uint64_t lost;
};

struct aggregator {
	struct aggregator_options o;
	struct lane *lanes;
	struct gate news, emptied;
	unsigned next;			/* unordered: whose turn it is */
	pthread_mutex_t own;		/* who has it uses hosts and sinks, and what follows */
	struct errors said;
};

struct aggregator *aggregator_new(const struct aggregator_options *o)
{
	struct aggregator *a = xcalloc(1, sizeof(*a));

	a->o = *o;
	gate_init(&a->news);
	gate_init(&a->emptied);
	pthread_mutex_init(&a->own, NULL);
	a->lanes = xcalloc(o->workers, sizeof(*a->lanes));
	for (unsigned i = 0; i < o->workers; i++) {
		a->lanes[i].ring = ring_new(o->ordered ? PLACES : LIVE_PLACES);
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
	gate_done(&a->emptied);
	pthread_mutex_destroy(&a->own);
	errors_done(&a->said);
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

/* Some of what there is; WAIT or OVER: nothing more now. */
static int take_some(struct aggregator *a)
{
	int which = WAIT;

	for (unsigned i = 0; i < RUN && (which = choose(a)) >= 0; i++) {
		struct ring *r = a->lanes[which].ring;
		struct sighting *s = ring_peek(r)->sighting;

		aggregator_take(a, s);
		ring_drop(r);
		if (!a->o.ordered)
			a->next = ((unsigned)which + 1) % a->o.workers;
	}
	return which;
}

void aggregator_run(struct aggregator *a)
{
	int which;

	do {
		pthread_mutex_lock(&a->own);
		which = take_some(a);
		aggregator_pump(a);
		pthread_mutex_unlock(&a->own);
		gate_wake(&a->emptied);
		if (which == WAIT)
			gate_wait(&a->news, has_news, a, a->o.ordered ? 0 : IDLE_MS);
	} while (which != OVER);
}

/* ---- for others ------------------------------------------------------------------------ */

static bool is_empty(void *arg)
{
	struct aggregator *a = arg;

	for (unsigned i = 0; i < a->o.workers; i++)
		if (ring_count(a->lanes[i].ring) > 0)
			return false;
	return true;
}

void aggregator_hold(struct aggregator *a)
{
	gate_wait(&a->emptied, is_empty, a, 0);
	pthread_mutex_lock(&a->own);
}

void aggregator_let_go(struct aggregator *a)
{
	pthread_mutex_unlock(&a->own);
}

static uint64_t clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

void aggregator_pump(struct aggregator *a)
{
	for (size_t i = 0; i < a->o.nsinks; i++)
		sink_pump(a->o.sinks[i], clock_now(), &a->said);
}

void aggregator_said(struct aggregator *a, struct errors *ret)
{
	pthread_mutex_lock(&a->own);
	for (size_t i = 0; i < a->said.n; i++)
		errors_add(ret, (struct place){ .file = a->said.v[i].file }, "%s",
			   a->said.v[i].what);
	errors_done(&a->said);
	a->said = (struct errors){ 0 };
	pthread_mutex_unlock(&a->own);
}

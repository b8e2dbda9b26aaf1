/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: the aggregator: all sightings meet here.  Private to the room.
 *
 * It alone uses hosts and sinks.  Without workers aggregator_take() is called
 * directly; with them it is a thread of its own at the end of their rings.
 */
#ifndef RUN_AGGREGATOR_H
#define RUN_AGGREGATOR_H

#include "out/out.h"
#include "run/ring.h"

struct aggregator_options {
	struct hosts *hosts;			/* all borrowed */
	struct sink *const *sinks;
	size_t nsinks;
	unsigned workers;			/* rings to read from; 0: no thread */
	bool ordered;				/* by turn_cmp(), waiting for whoever is behind */
};

struct aggregator;

struct aggregator *aggregator_new(const struct aggregator_options *o);
void aggregator_free(struct aggregator *a);

void aggregator_take(struct aggregator *a, struct sighting *s);	/* owns it */

/*
 * From a worker's thread.  With a full ring the ordered wait; of the others it is
 * false: the sighting is freed and was counted.
 */
bool aggregator_put(struct aggregator *a, unsigned worker, const struct parcel *p);

/* Nothing will come of packets before this one; TURN_OVER: nothing at all. */
void aggregator_pass(struct aggregator *a, unsigned worker, uint64_t packet);

void aggregator_run(struct aggregator *a);	/* until all are over: for its thread */
uint64_t aggregator_lost(const struct aggregator *a);

/*
 * From another thread: waits until all rings are empty (nobody puts more into
 * them), then hosts and sinks are the caller's until it lets go.
 */
void aggregator_hold(struct aggregator *a);
void aggregator_let_go(struct aggregator *a);

/* Live sinks write what they can; its thread does that by itself. */
void aggregator_pump(struct aggregator *a);

/* What live sinks had to say since the last time; from any thread. */
void aggregator_said(struct aggregator *a, struct errors *ret);

#endif

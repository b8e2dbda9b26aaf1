/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: a worker: TCP packets in, judged sightings out.  Private to the room.
 *
 * It owns its table of connections and its classifier; one thread at a time
 * uses it.  Where several share a capture, each sees its own connections'
 * packets, and of the others' only the time.
 */
#ifndef RUN_WORKER_H
#define RUN_WORKER_H

#include "flow/flow.h"
#include "rule/rule.h"
#include "run/ring.h"

/* Called in the order of turn_cmp(); the sighting is the callee's. */
typedef void (*parcel_fn)(const struct parcel *p, void *arg);

struct worker_options {
	const struct ruleset *rules;	/* borrowed */
	struct flow_options flow;	/* classifier is the worker's own: leave it NULL */
	parcel_fn deliver;
	void *arg;
};

struct worker;

struct worker *worker_new(const struct worker_options *o);	/* no memory: ends the program */
void worker_free(struct worker *w);

/* number: of the packet in the source, from 0, ascending; another worker's: only its time. */
void worker_packet(struct worker *w, uint64_t number, const struct packet *p);

/* The same for some that follow each other, CAPTURE_BATCH at most: memory is asked ahead. */
void worker_packets(struct worker *w, uint64_t first, const struct packet *p, unsigned n);
void worker_tick(struct worker *w, uint64_t number, uint64_t ts);

/* Other rules and endpoint data from now on. */
void worker_renew(struct worker *w, const struct ruleset *rules, const struct m365 *m365);

void worker_flush(struct worker *w);			/* the source is over: every flow ends */
const struct flow_state *worker_flows(const struct worker *w);
uint64_t worker_unrecorded(const struct worker *w);	/* sightings lost for want of memory */

#endif

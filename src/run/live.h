/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: packets from interfaces, as they come, for months.
 *
 * A thread for each worker takes packets from its queue, follows their connections
 * and judges; one aggregates; the one that made the run tends: it looks after
 * interfaces and signals.  Without workers that one does everything, in turns.
 *
 * Time is the packets'.  On a quiet wire it goes on with the wall's, so that
 * what is due ends.
 *
 * Whoever tends may hold the run: all workers stop between two batches (packets
 * wait in the kernel), all sightings reach hosts and outputs, and then counters,
 * hosts, outputs, rules and endpoint data are the holder's.
 */
#ifndef RUN_LIVE_H
#define RUN_LIVE_H

#include "capture/live.h"
#include "capture/spare.h"
#include "run/run.h"

struct live_run_options {
	struct live *live;			/* all borrowed; a queue for each worker */
	const struct ruleset *rules;
	struct hosts *hosts;
	struct sink *const *sinks;
	size_t nsinks;
	struct flow_options flow;		/* classifier is the worker's own: leave it NULL */
	unsigned workers;			/* threads beside this one; 0: it does everything */
	struct spare *spare;			/* told what is done with; or NULL */
	uint64_t most;				/* -c: packets to take at most; 0: all */
	void (*frame)(const struct frame *f, void *arg);	/* each one, if alone; or NULL */
	void *frame_arg;
};

struct live_run;

struct live_run *live_run_new(const struct live_run_options *o);
void live_run_free(struct live_run *r);

/* Begins: from here on there are threads. */
void live_run_start(struct live_run *r);

/* Lets ms milliseconds pass; false: it is over, by the number of packets. */
bool live_run_turn(struct live_run *r, unsigned ms);

/* What outputs had to say since the last time. */
void live_run_said(struct live_run *r, struct errors *e);

/* Everything is the caller's; workers go on again; the aggregator too. */
void live_run_hold(struct live_run *r);
void live_run_go(struct live_run *r);
void live_run_let_go(struct live_run *r);

/* While it is held: other rules and endpoint data; the old ones may be freed then. */
void live_run_renew(struct live_run *r, const struct ruleset *rules, const struct m365 *m365);

/* Takes what has come, ends every flow and every thread. */
void live_run_end(struct live_run *r);

/* While it is held, or at its end: as run_summary(); capture and flow point into r. */
void live_run_summary(struct live_run *r, struct summary *ret);

#endif

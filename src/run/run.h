/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: a capture's way from source to sinks.
 *
 *	source -> decode -> flow -> judge -> hosts and sinks
 *
 * A worker owns its flow table, its classifier and its counters; rules and
 * endpoint data are shared and read-only; hosts and sinks belong to the
 * aggregator.
 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include <signal.h>

#include "out/out.h"

struct run_options {
	struct source *source;			/* all borrowed */
	const struct ruleset *rules;
	struct hosts *hosts;
	struct sink *const *sinks;
	size_t nsinks;
	struct flow_options flow;		/* classifier is the worker's own: leave it NULL */
	const volatile sig_atomic_t *stop;	/* becomes true: read no further; or NULL */
	void (*tick)(const struct capture_state *st, void *arg);	/* or NULL */
	void *tick_arg;
};

struct worker;

struct worker *worker_new(const struct run_options *o);	/* o must outlive it */
void worker_free(struct worker *w);

/* Reads the source to its end and ends every flow. */
void worker_run(struct worker *w);

/* The counters; points into w and into what o holds.  Leaves inputs, now and damage alone. */
void worker_summary(struct worker *w, struct summary *ret);

#endif

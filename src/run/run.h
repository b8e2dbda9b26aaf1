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

#include "out/out.h"

struct run_options {
	struct source *source;			/* all borrowed */
	const struct m365 *m365;
	const struct ruleset *rules;
	struct hosts *hosts;
	struct sink *const *sinks;
	size_t nsinks;
	struct flow_options flow;
	void (*tick)(const struct capture_state *st, void *arg);	/* or NULL */
	void *tick_arg;
};

/* Reads the source to its end; fills the counters of *ret (not inputs, now and damage). */
struct run *run_all(const struct run_options *o, struct summary *ret);
void run_free(struct run *r);			/* what *ret points into */

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: a capture's way from source to sinks.
 *
 *	source -> decode -> flow -> judge -> hosts and sinks
 *
 *	intake.c	frames become packets, counted
 *	worker.c	packets become judged sightings
 *	ring.c		their way to another thread, and their order
 *	aggregator.c	hosts and sinks, where all sightings meet
 *	share.c		one source's packets shared among workers
 *	run.c		all of it for captures in files
 *	live.c		all of it for interfaces (live.h)
 *
 * A worker owns its flow table, its classifier and its counters; rules and
 * endpoint data are shared and read-only; hosts and sinks belong to the
 * aggregator.  A ring with one producer and one consumer, and the blocks of
 * packets, are the only memory that two threads touch.
 *
 * Files are read and decoded by one thread.  Records are the same, byte for byte,
 * for any number of workers, as long as no limit of the flow tables is reached:
 * --max-flows and --max-bytes are shared out equally among the workers, so who
 * must go when they are reached depends on their number.
 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include <pthread.h>
#include <signal.h>

#include "out/out.h"

struct run_options {
	struct source *source;			/* all borrowed */
	const struct ruleset *rules;
	struct hosts *hosts;
	struct sink *const *sinks;
	size_t nsinks;
	struct flow_options flow;		/* classifier is the worker's own: leave it NULL */
	unsigned workers;			/* threads beside this one; 0: it does everything */
	const volatile sig_atomic_t *stop;	/* becomes true: read no further; or NULL */
	void (*frame)(const struct frame *f, void *arg);	/* each one, if alone; or NULL */
	void *frame_arg;
	void (*tick)(const struct capture_state *st, void *arg);	/* or NULL */
	void *tick_arg;
};

enum { RUN_WORKERS_MOST = 256 };

/* A thread that gets no signals; ends the program if there is none to be had. */
void run_thread(pthread_t *t, void *(*run)(void *), void *arg);

struct run;

struct run *run_new(const struct run_options *o);	/* o must outlive it */
void run_free(struct run *r);

/* Reads the source to its end and ends every flow; no thread is left. */
void run_all(struct run *r);

/* The counters; points into r and into what o holds.  Leaves inputs, now and damage alone. */
void run_summary(struct run *r, struct summary *ret);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: captures in files, from the source to the sinks.
 *
 * With workers there are three kinds of threads: this one reads and decodes,
 * each worker follows its share of the connections, one aggregates.
 */
#include "run/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "run/aggregator.h"
#include "run/intake.h"
#include "run/share.h"
#include "run/worker.h"

struct seat {
	struct run *run;
	unsigned number;
	struct worker *worker;
	pthread_t thread;
};

struct run {
	const struct run_options *o;
	struct intake intake;
	struct aggregator *aggregator;
	struct seat *seats;		/* the first is this thread's own, if it is alone */
	unsigned nseats;
	struct share *share;		/* NULL: alone */
	struct hash_key key;
	struct flow_state flows;	/* of all workers together */
	bool interrupted;
};

static void deliver(const struct parcel *p, void *arg)
{
	struct seat *seat = arg;

	if (seat->run->share == NULL)
		aggregator_take(seat->run->aggregator, p->sighting);
	else
		(void)aggregator_put(seat->run->aggregator, seat->number, p);
}

static size_t share_of(size_t all, unsigned workers)
{
	return (all + workers - 1) / workers;
}

/* The table's limits are for all workers together; 0 asks for the default ones. */
static void seat_init(struct run *r, unsigned number)
{
	struct worker_options o = {
		.rules = r->o->rules, .flow = r->o->flow, .deliver = deliver,
		.arg = &r->seats[number],
	};

	o.flow.flows = share_of(o.flow.flows ? o.flow.flows : FLOWS_DEFAULT, r->nseats);
	o.flow.bytes = share_of(o.flow.bytes ? o.flow.bytes : FLOW_BYTES_DEFAULT, r->nseats);
	r->seats[number] = (struct seat){ r, number, worker_new(&o), 0 };
}

struct run *run_new(const struct run_options *o)
{
	struct run *r = xcalloc(1, sizeof(*r));

	r->o = o;
	intake_init(&r->intake);
	r->nseats = o->workers > 0 ? o->workers : 1;
	r->seats = xcalloc(r->nseats, sizeof(*r->seats));
	for (unsigned i = 0; i < r->nseats; i++)
		seat_init(r, i);
	r->aggregator = aggregator_new(&(struct aggregator_options){
		.hosts = o->hosts, .sinks = o->sinks, .nsinks = o->nsinks,
		.workers = o->workers, .ordered = true });
	if (o->workers > 0) {
		r->share = share_new(o->workers);
		r->key = hash_key_random();
	}
	return r;
}

void run_free(struct run *r)
{
	if (r == NULL)
		return;
	for (unsigned i = 0; i < r->nseats; i++)
		worker_free(r->seats[i].worker);
	free(r->seats);
	aggregator_free(r->aggregator);
	share_free(r->share);
	intake_done(&r->intake);
	free(r);
}

/* ---- reading -------------------------------------------------------------------------- */

static bool stopped(const struct run *r)
{
	return r->o->stop != NULL && *r->o->stop;
}

/* Whether a packet's bytes are its frame's, not those of a datagram put together. */
static bool is_of_frame(const struct packet *p)
{
	return p->payload.p >= p->frame->bytes.p &&
	       p->payload.p <= p->frame->bytes.p + p->frame->bytes.n;
}

/* One batch; packets wait for those behind them while their bytes stay. */
static void take_batch(struct run *r, const struct frame *f, unsigned n, uint64_t *number)
{
	struct packet p[CAPTURE_BATCH];
	unsigned held = 0;

	for (unsigned i = 0; i < n; i++) {
		if (intake_frame(&r->intake, &f[i], &p[held]))
			held++;
		if (held > 0 && (i + 1 == n || !is_of_frame(&p[held - 1]))) {
			worker_packets(r->seats[0].worker, *number, p, held);
			*number += held;
			held = 0;
		}
	}
}

static void share_batch(struct run *r, const struct frame *f, unsigned n, uint64_t *number)
{
	struct packet p;

	for (unsigned i = 0; i < n; i++) {
		if (!intake_frame(&r->intake, &f[i], &p))
			continue;
		share_add(r->share, &p, flows_share(&r->key, &p) % r->nseats);
		++*number;
	}
}

/* One by one, for who wants to see each frame before anything comes of it. */
static void show_batch(struct run *r, const struct frame *f, unsigned n, uint64_t *number)
{
	for (unsigned i = 0; i < n && !stopped(r); i++) {
		r->o->frame(&f[i], r->o->frame_arg);
		take_batch(r, &f[i], 1, number);
	}
}

static void read_source(struct run *r)
{
	void (*take)(struct run *, const struct frame *, unsigned, uint64_t *) =
		r->share != NULL ? share_batch : r->o->frame != NULL ? show_batch : take_batch;
	struct frame batch[CAPTURE_BATCH];
	uint64_t number = 0;
	unsigned n;

	while (!stopped(r) && (n = capture_batch(r->o->source, batch)) > 0) {
		take(r, batch, n, &number);
		if (r->o->tick != NULL)
			r->o->tick(source_state(r->o->source), r->o->tick_arg);
	}
	r->interrupted = stopped(r);
}

/* ---- threads -------------------------------------------------------------------------- */

static void take_block(const struct seat *seat, const struct block *b)
{
	for (unsigned i = 0; i < b->n; i++) {
		if (b->worker[i] == seat->number)
			worker_packet(seat->worker, b->first + i, &b->packet[i]);
		else
			worker_tick(seat->worker, b->first + i, b->ts[i]);
	}
}

static void *work(void *arg)
{
	struct seat *seat = arg;
	struct run *r = seat->run;
	const struct block *b;

	while ((b = share_next(r->share, seat->number)) != NULL) {
		uint64_t next = b->first + b->n;

		take_block(seat, b);
		aggregator_pass(r->aggregator, seat->number, next);
	}
	aggregator_pass(r->aggregator, seat->number, TURN_FLUSH);
	worker_flush(seat->worker);
	aggregator_pass(r->aggregator, seat->number, TURN_OVER);
	return NULL;
}

static void *aggregate(void *arg)
{
	aggregator_run(arg);
	return NULL;
}

void run_thread(pthread_t *t, void *(*run)(void *), void *arg)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	error = pthread_create(t, NULL, run, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error == 0)
		return;
	fprintf(stderr, "hellotap: no thread: %s; expected fewer --workers\n", strerror(error));
	exit(3);
}

/* Signals are for this thread alone: they end its waiting for a pipe. */
static void run_threads(struct run *r)
{
	pthread_t aggregator;

	run_thread(&aggregator, aggregate, r->aggregator);
	for (unsigned i = 0; i < r->nseats; i++)
		run_thread(&r->seats[i].thread, work, &r->seats[i]);
	read_source(r);
	share_end(r->share);
	for (unsigned i = 0; i < r->nseats; i++)
		pthread_join(r->seats[i].thread, NULL);
	pthread_join(aggregator, NULL);
}

void run_all(struct run *r)
{
	if (r->share != NULL) {
		run_threads(r);
	} else {
		read_source(r);
		worker_flush(r->seats[0].worker);
	}
	intake_end(&r->intake);
}

/* ---- what it came to -------------------------------------------------------------------- */

void run_summary(struct run *r, struct summary *ret)
{
	const struct finding *const *findings;

	r->flows = (struct flow_state){ 0 };
	ret->unrecorded = 0;
	for (unsigned i = 0; i < r->nseats; i++) {
		flow_state_add(&r->flows, worker_flows(r->seats[i].worker));
		ret->unrecorded += worker_unrecorded(r->seats[i].worker);
	}
	intake_summary(&r->intake, ret);
	ret->capture = source_state(r->o->source);
	ret->flow = &r->flows;
	ret->m365 = r->o->flow.m365;
	ret->rules = r->o->rules;
	ret->hosts = r->o->hosts;
	ret->findings = hosts_findings(r->o->hosts, &findings);
	ret->all = r->o->flow.all;
	ret->interrupted = r->interrupted;
}

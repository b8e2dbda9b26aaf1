/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: the threads of a live capture.
 */
#include "run/live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/text.h"
#include "run/aggregator.h"
#include "run/intake.h"
#include "run/spared.h"
#include "run/worker.h"

#define LAG (NS_PER_SECOND / 10)	/* packets of the wire's now may yet be in the kernel */

enum {
	BATCH = 512,			/* frames between looks at what else there is to do */
	QUIET_MS = 100,			/* a wire so long without packets is quiet */
	LAST_MS = 20			/* for what the kernel still has, at the end */
};

struct seat {
	struct live_run *run;
	unsigned number;
	pthread_t thread;
	struct worker *worker;
	struct intake intake;
	uint64_t packets, bytes;
	uint64_t tcp;			/* the number of the last TCP packet */
	uint64_t last, last_at;		/* time of the last packet, and when it came */
};

struct live_run {
	struct live_run_options o;
	struct aggregator *aggregator;
	struct seat *seats;
	unsigned nseats;
	bool threads;
	pthread_t thread;		/* the aggregator's */
	atomic_bool stop, hold;
	atomic_uint parked;
	struct gate go, arrived;
	_Atomic uint64_t left;		/* packets until -c */
	struct capture_state capture;
	struct flow_state flows;
};

static uint64_t clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_SECOND + (uint64_t)t.tv_nsec;
}

/* ---- life ---------------------------------------------------------------------------------- */

static void deliver(const struct parcel *p, void *arg)
{
	struct seat *seat = arg;

	if (!seat->run->threads)
		aggregator_take(seat->run->aggregator, p->sighting);
	else
		(void)aggregator_put(seat->run->aggregator, seat->number, p);
}

static void on_spent(const struct packet *p, uint32_t isn, void *arg)
{
	struct live_run *r = arg;
	struct spare_key key;

	if (spare_key_of(p, &key))
		spare_done(r->o.spare, &key, isn);
}

static size_t share_of(size_t all, unsigned workers)
{
	return (all + workers - 1) / workers;
}

static void seat_init(struct live_run *r, unsigned number)
{
	struct seat *seat = &r->seats[number];
	struct worker_options o = {
		.rules = r->o.rules, .flow = r->o.flow, .deliver = deliver, .arg = seat,
	};

	if (r->o.spare != NULL) {
		o.flow.spent = on_spent;
		o.flow.spent_arg = r;
	}
	o.flow.flows = share_of(o.flow.flows ? o.flow.flows : FLOWS_DEFAULT, r->nseats);
	o.flow.bytes = share_of(o.flow.bytes ? o.flow.bytes : FLOW_BYTES_DEFAULT, r->nseats);
	*seat = (struct seat){ .run = r, .number = number, .worker = worker_new(&o) };
	intake_init(&seat->intake);
}

struct live_run *live_run_new(const struct live_run_options *o)
{
	struct live_run *r = xcalloc(1, sizeof(*r));

	r->o = *o;
	r->nseats = o->workers > 0 ? o->workers : 1;
	r->seats = xcalloc(r->nseats, sizeof(*r->seats));
	for (unsigned i = 0; i < r->nseats; i++)
		seat_init(r, i);
	r->aggregator = aggregator_new(&(struct aggregator_options){
		.hosts = o->hosts, .sinks = o->sinks, .nsinks = o->nsinks,
		.workers = o->workers });
	gate_init(&r->go);
	gate_init(&r->arrived);
	atomic_init(&r->left, o->most ? o->most : UINT64_MAX);
	return r;
}

void live_run_free(struct live_run *r)
{
	if (r == NULL)
		return;
	for (unsigned i = 0; i < r->nseats; i++) {
		worker_free(r->seats[i].worker);
		intake_done(&r->seats[i].intake);
	}
	free(r->seats);
	aggregator_free(r->aggregator);
	gate_done(&r->go);
	gate_done(&r->arrived);
	free(r);
}

/* ---- a worker -------------------------------------------------------------------------------- */

/* Takes one of the packets that -c allows. */
static bool may_take(struct live_run *r)
{
	uint64_t left;

	if (r->o.most == 0)
		return true;
	left = atomic_load_explicit(&r->left, memory_order_relaxed);
	while (left > 0)
		if (atomic_compare_exchange_weak(&r->left, &left, left - 1))
			return true;
	return false;
}

static void take_frame(const struct frame *f, void *arg)
{
	struct seat *seat = arg;
	struct packet p;

	if (!may_take(seat->run))
		return;
	if (seat->run->o.frame != NULL)
		seat->run->o.frame(f, seat->run->o.frame_arg);
	seat->packets++;
	seat->bytes += f->bytes.n;
	seat->last = f->ts;
	if (intake_frame(&seat->intake, f, &p))
		worker_packet(seat->worker, seat->tcp++, &p);
}

/* No packet tells the time: what has passed since the last one does. */
static void pass_time(struct seat *seat, uint64_t now)
{
	uint64_t passed = now - seat->last_at;

	if (seat->last != 0 && passed > LAG)
		worker_tick(seat->worker, seat->tcp, seat->last + passed - LAG);
}

static unsigned take_batch(struct seat *seat, unsigned ms)
{
	unsigned n = live_take(seat->run->o.live, seat->number, BATCH, ms, take_frame, seat);
	uint64_t now = clock_now();

	if (n > 0)
		seat->last_at = now;
	else
		pass_time(seat, now);
	return n;
}

static void finish(struct seat *seat)
{
	struct live *l = seat->run->o.live;

	live_shut(l, seat->number);
	while (take_batch(seat, LAST_MS) > 0)
		;
	worker_flush(seat->worker);
	intake_end(&seat->intake);
}

static bool may_go(void *run)
{
	struct live_run *r = run;

	return !atomic_load_explicit(&r->hold, memory_order_acquire);
}

static void park(struct live_run *r)
{
	atomic_fetch_add(&r->parked, 1);
	gate_wake(&r->arrived);
	gate_wait(&r->go, may_go, r, 0);
	atomic_fetch_sub(&r->parked, 1);
	gate_wake(&r->arrived);
}

static void *work(void *arg)
{
	struct seat *seat = arg;
	struct live_run *r = seat->run;

	while (!atomic_load_explicit(&r->stop, memory_order_acquire)) {
		if (!may_go(r))
			park(r);
		(void)take_batch(seat, QUIET_MS);
		aggregator_pass(r->aggregator, seat->number, 0);
	}
	finish(seat);
	aggregator_pass(r->aggregator, seat->number, TURN_OVER);
	return NULL;
}

static void *aggregate(void *arg)
{
	aggregator_run(arg);
	return NULL;
}

/* ---- the thread that tends --------------------------------------------------------------- */

void live_run_start(struct live_run *r)
{
	if (r->o.workers == 0)
		return;
	r->threads = true;
	run_thread(&r->thread, aggregate, r->aggregator);
	for (unsigned i = 0; i < r->nseats; i++)
		run_thread(&r->seats[i].thread, work, &r->seats[i]);
}

static bool never(void *arg)
{
	(void)arg;
	return false;
}

bool live_run_turn(struct live_run *r, unsigned ms)
{
	uint64_t until = clock_now() + ms * (NS_PER_SECOND / 1000);

	if (r->threads) {
		gate_wait(&r->arrived, never, NULL, ms);
		return atomic_load(&r->left) > 0;
	}
	do {
		(void)take_batch(&r->seats[0], ms);
		aggregator_pump(r->aggregator);
	} while (clock_now() < until && atomic_load(&r->left) > 0);
	return atomic_load(&r->left) > 0;
}

void live_run_said(struct live_run *r, struct errors *e)
{
	aggregator_said(r->aggregator, e);
}

static bool all_parked(void *run)
{
	struct live_run *r = run;

	return atomic_load(&r->parked) == r->nseats;
}

static bool all_gone(void *run)
{
	struct live_run *r = run;

	return atomic_load(&r->parked) == 0;
}

void live_run_hold(struct live_run *r)
{
	if (!r->threads)
		return;
	atomic_store_explicit(&r->hold, true, memory_order_release);
	live_wake(r->o.live);
	gate_wait(&r->arrived, all_parked, r, 0);
	aggregator_hold(r->aggregator);
}

/* Returns when all have left, so that none is counted as there at the next time. */
void live_run_go(struct live_run *r)
{
	if (!r->threads)
		return;
	atomic_store_explicit(&r->hold, false, memory_order_release);
	gate_wake(&r->go);
	gate_wait(&r->arrived, all_gone, r, 0);
}

void live_run_let_go(struct live_run *r)
{
	if (r->threads)
		aggregator_let_go(r->aggregator);
}

void live_run_renew(struct live_run *r, const struct ruleset *rules, const struct m365 *m365)
{
	for (unsigned i = 0; i < r->nseats; i++)
		worker_renew(r->seats[i].worker, rules, m365);
	hosts_renew(r->o.hosts, rules);
	r->o.rules = rules;
	r->o.flow.m365 = m365;
}

void live_run_end(struct live_run *r)
{
	if (!r->threads) {
		finish(&r->seats[0]);
		return;
	}
	atomic_store_explicit(&r->stop, true, memory_order_release);
	live_wake(r->o.live);
	for (unsigned i = 0; i < r->nseats; i++)
		pthread_join(r->seats[i].thread, NULL);
	pthread_join(r->thread, NULL);
	r->threads = false;
}

/* ---- what it came to ------------------------------------------------------------------------ */

static void sum_up(struct live_run *r, struct summary *ret)
{
	struct intake all = { .fragments = NULL };

	r->flows = (struct flow_state){ 0 };
	r->capture = (struct capture_state){ .live = true };
	ret->unrecorded = 0;
	for (unsigned i = 0; i < r->nseats; i++) {
		const struct seat *seat = &r->seats[i];

		r->capture.packets += seat->packets;
		r->capture.packet_bytes += seat->bytes;
		flow_state_add(&r->flows, worker_flows(seat->worker));
		ret->unrecorded += worker_unrecorded(seat->worker);
		intake_add(&all, &seat->intake);
	}
	intake_summary(&all, ret);
}

void live_run_summary(struct live_run *r, struct summary *ret)
{
	const struct finding *const *findings;
	struct live_state st;

	sum_up(r, ret);
	live_state(r->o.live, &st);
	r->capture.kernel_drops = st.dropped;
	r->capture.interface_drops = st.interface_dropped;
	ret->capture = &r->capture;
	ret->flow = &r->flows;
	ret->overrun = aggregator_lost(r->aggregator);
	ret->m365 = r->o.flow.m365;
	ret->rules = r->o.rules;
	ret->hosts = r->o.hosts;
	ret->findings = hosts_findings(r->o.hosts, &findings);
	ret->all = r->o.flow.all;
}

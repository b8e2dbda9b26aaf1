/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: the worker.
 *
 * What one packet brings out is held until the packet was taken, and goes on in
 * an order that does not depend on how connections are shared among workers.
 */
#include "run/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum { AHEAD = 8 };			/* packets: about as long as memory takes */

struct worker {
	struct worker_options o;
	struct flows *flows;
	struct classifier *classifier;
	uint64_t packet;		/* the one at hand */
	uint32_t nth;
	struct parcel *held;		/* that it brought out */
	size_t nheld, cap;
	uint64_t unrecorded;
};

/* What its frames were wrapped in: the same connection in two tunnels is two flows. */
static uint32_t wrapping(const struct handshake *h)
{
	uint32_t n = h->vni * 31 + h->erspan;

	for (unsigned i = 0; i < h->nvlans; i++)
		n = n * 31 + h->vlans[i];
	for (unsigned i = 0; i < h->depth; i++)
		n = n * 31 + h->path[i];
	return n;
}

static void set_turn(const struct worker *w, const struct handshake *h, struct turn *ret)
{
	const struct flow_key *flushing = flows_flushing(w->flows, &ret->ts);

	ret->packet = w->packet;
	ret->nth = w->nth;
	if (flushing != NULL) {
		ret->key = *flushing;
		return;
	}
	ret->ts = h->ts;
	ret->number = h->nframes > 0 ? h->frames[0] : 0;
	ret->key.addr[0] = h->client;
	ret->key.addr[1] = h->server;
	ret->key.port[0] = h->client_port;
	ret->key.port[1] = h->server_port;
	ret->key.net = wrapping(h);
}

static bool hold(struct worker *w, const struct parcel *p)
{
	size_t cap = w->cap ? 2 * w->cap : 16;
	struct parcel *wider = w->held;

	if (w->nheld == w->cap) {
		wider = realloc(w->held, cap * sizeof(*wider));
		if (wider == NULL)
			return false;
		w->held = wider;
		w->cap = cap;
	}
	w->held[w->nheld++] = *p;
	return true;
}

static void on_handshake(const struct handshake *h, void *arg)
{
	struct worker *w = arg;
	struct handshake named = *h;
	struct parcel p = { .sighting = NULL };

	named.stack = ruleset_stack_like(w->o.rules, h->offer, h->shapes[CLIENT]);
	p.sighting = sighting_new(&named);
	if (p.sighting == NULL) {
		w->unrecorded++;
		return;
	}
	ruleset_judge(w->o.rules, p.sighting);
	set_turn(w, h, &p.turn);
	w->nth++;
	if (w->packet == TURN_FLUSH) {
		w->o.deliver(&p, w->o.arg);
	} else if (!hold(w, &p)) {
		sighting_free(p.sighting);
		w->unrecorded++;
	}
}

struct worker *worker_new(const struct worker_options *o)
{
	struct worker *w = xcalloc(1, sizeof(*w));
	struct flow_options flow = o->flow;

	w->o = *o;
	w->classifier = classifier_new();
	flow.classifier = w->classifier;
	w->flows = flows_new(&flow, on_handshake, w);
	if (w->flows == NULL) {					/* xcalloc's way */
		fputs("hellotap: no memory for the table of connections; "
		      "expected a smaller --max-flows\n", stderr);
		exit(3);
	}
	return w;
}

void worker_free(struct worker *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->nheld; i++)
		sighting_free(w->held[i].sighting);
	free(w->held);
	flows_free(w->flows);
	classifier_free(w->classifier);
	free(w);
}

static int by_turn(const void *a, const void *b)
{
	const struct parcel *x = a, *y = b;

	return turn_cmp(&x->turn, &y->turn);
}

static void let_go(struct worker *w)
{
	if (w->nheld > 1)
		qsort(w->held, w->nheld, sizeof(*w->held), by_turn);
	for (size_t i = 0; i < w->nheld; i++)
		w->o.deliver(&w->held[i], w->o.arg);
	w->nheld = 0;
	w->nth = 0;
}

void worker_packet(struct worker *w, uint64_t number, const struct packet *p)
{
	w->packet = number;
	flows_packet(w->flows, p);
	if (w->nheld > 0)
		let_go(w);
}

void worker_packets(struct worker *w, uint64_t first, const struct packet *p, unsigned n)
{
	struct flow_place at[CAPTURE_BATCH];

	for (unsigned i = 0; i < n; i++)
		flows_place(w->flows, &p[i], &at[i]);
	for (unsigned i = 0; i < n; i++) {
		if (i + AHEAD < n)
			flows_fetch(w->flows, &at[i + AHEAD]);
		w->packet = first + i;
		flows_packet_at(w->flows, &p[i], &at[i]);
		if (w->nheld > 0)
			let_go(w);
	}
}

void worker_tick(struct worker *w, uint64_t number, uint64_t ts)
{
	w->packet = number;
	flows_tick(w->flows, ts);
	if (w->nheld > 0)
		let_go(w);
}

void worker_renew(struct worker *w, const struct ruleset *rules, const struct m365 *m365)
{
	w->o.rules = rules;
	flows_renew(w->flows, m365);
}

void worker_flush(struct worker *w)
{
	w->packet = TURN_FLUSH;
	flows_flush(w->flows);
}

const struct flow_state *worker_flows(const struct worker *w)
{
	return flows_state(w->flows);
}

uint64_t worker_unrecorded(const struct worker *w)
{
	return w->unrecorded;
}

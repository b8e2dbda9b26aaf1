/* SPDX-License-Identifier: Apache-2.0 */
/*
 * life: how flows and talks end, and the time they have until then.
 *
 *	new --payload--> talks --decided, dropped--> done --FIN, RST, idle--> gone
 *
 * A done flow stays for a while as a note, so that what comes late makes no
 * second record.
 */
#include "flow/flow.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "flow/story.h"

enum {
	MOST_FLOWS = 1 << 27, CONFIRM = 60
};

struct flows *flows_new(const struct flow_options *o, handshake_fn done, void *arg)
{
	struct flows *f = calloc(1, sizeof(*f));
	size_t limit = o->flows ? o->flows : FLOWS_DEFAULT;

	assert(o->m365 != NULL || o->all);
	if (f == NULL)
		return NULL;
	f->o = *o;
	f->o.bytes = o->bytes ? o->bytes : FLOW_BYTES_DEFAULT;
	f->o.idle = o->idle ? o->idle : 120 * SECOND;
	f->o.silence = o->silence ? o->silence : 5 * SECOND;
	f->done = done;
	f->arg = arg;
	f->shapes = shapes_new();
	f->state.bytes_per_idle_flow = flow_table_bytes_per_flow();
	if (!flow_table_init(&f->table, (uint32_t)(limit < MOST_FLOWS ? limit : MOST_FLOWS))) {
		flows_free(f);
		return NULL;
	}
	if (o->events)
		f->stories = stories_new(f->table.limit);
	return f;
}

void flows_free(struct flows *f)
{
	if (f == NULL)
		return;
	for (unsigned l = 0; l < TALK_LISTS; l++)
		while (f->talks[l].oldest != NULL)
			talk_free(f, f->talks[l].oldest);
	talk_free_spares(f);
	stories_free(f->stories, f->table.used);
	flow_table_done(&f->table);
	shapes_free(f->shapes);
	free(f);
}

const struct flow_state *flows_state(const struct flows *f)
{
	return &f->state;
}

void flow_state_add(struct flow_state *to, const struct flow_state *more)
{
	to->connections += more->connections;
	to->tls += more->tls;
	to->handshakes += more->handshakes;
	to->one_way += more->one_way;
	to->gaps += more->gaps;
	to->evicted += more->evicted;
	to->let_go += more->let_go;
	to->malformed += more->malformed;
	to->bad_certificates += more->bad_certificates;
	to->flows_now += more->flows_now;
	to->bytes_now += more->bytes_now;
	to->bytes_per_idle_flow = more->bytes_per_idle_flow;
}

void flows_renew(struct flows *f, const struct m365 *m365)
{
	f->o.m365 = m365;
	memset(f->nobody, 0, sizeof(f->nobody));
}

/* ---- endings ------------------------------------------------------------------------- */

/* It stays for a while yet, for what comes late. */
static void flow_close(struct flows *f, struct flow *flow)
{
	flow->moved = f->passed;
	flow_table_move(&f->table, flow, LIST_CLOSED);
}

/* Nothing more is expected of a flow whose connection is over. */
void flow_retire(struct flows *f, struct flow *flow)
{
	if (flow->phase != FLOW_TALKS && flow->list != LIST_CLOSED &&
	    (flow->reset || flow->fin == 3))
		flow_close(f, flow);
}

/* What is known is all there will be. */
void flow_end_talk(struct flows *f, struct flow *flow)
{
	struct talk *t = flow->talk;

	if (t == NULL)
		return;
	f->packet = NULL;
	if (t->fate == FATE_OPEN)
		follow_rest(f, t);
	if (t->fate != FATE_DROPPED)
		emit(f, t);
	talk_free(f, t);
	flow_retire(f, flow);
}

void flow_end(struct flows *f, struct flow *flow)
{
	flow_end_talk(f, flow);
	story_drop(f, flow);
	flow_table_remove(&f->table, flow);
	f->state.flows_now = f->table.count;
}

void flow_spare_memory(struct flows *f)
{
	while (f->state.bytes_now > f->o.bytes) {
		struct talk *oldest = NULL;

		for (unsigned l = 0; l < TALK_LISTS; l++) {
			struct talk *t = f->talks[l].oldest;

			if (oldest == NULL || (t != NULL && t->since < oldest->since))
				oldest = t ? t : oldest;
		}
		if (oldest == NULL)
			return;
		oldest->quality.overflow |= oldest->fate == FATE_OPEN;
		f->state.let_go++;
		flow_end_talk(f, oldest->flow);
	}
}

static int by_first(const void *a, const void *b)
{
	const struct flow *x = *(struct flow *const *)a, *y = *(struct flow *const *)b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return memcmp(&x->key, &y->key, sizeof(x->key));
}

/* All flows with a talk, by their first packets, n of them; NULL: no memory. */
static struct flow **talking(const struct flows *f, size_t *ret_n)
{
	struct flow **all;
	size_t n = 0;

	for (unsigned l = 0; l < TALK_LISTS; l++)
		for (const struct talk *t = f->talks[l].oldest; t != NULL; t = t->newer)
			n++;
	all = calloc(n + 1, sizeof(struct flow *));
	*ret_n = 0;
	for (unsigned l = 0; all != NULL && l < TALK_LISTS; l++)
		for (const struct talk *t = f->talks[l].oldest; t != NULL; t = t->newer)
			all[(*ret_n)++] = t->flow;
	if (all != NULL)
		qsort(all, n, sizeof(struct flow *), by_first);
	return all;
}

/* Those that never said anything, or nothing any more, just go. */
void flows_flush(struct flows *f)
{
	size_t n;
	struct flow **all = talking(f, &n);

	for (size_t i = 0; i < n; i++) {
		f->flushing = all[i];
		flow_end(f, all[i]);
	}
	f->flushing = NULL;
	free(all);
	for (unsigned l = 0; l < TALK_LISTS; l++)
		while (f->talks[l].oldest != NULL)	/* without memory: as they come */
			flow_end(f, f->talks[l].oldest->flow);
	for (uint32_t i = 0; f->stories != NULL && i < f->table.used; i++)
		if (flow_table_at(&f->table, i) != NULL)
			story_drop(f, flow_table_at(&f->table, i));
	flow_table_clear(&f->table);
	f->state.flows_now = 0;
}

const struct flow_key *flows_flushing(const struct flows *f, uint64_t *ret_first)
{
	if (f->flushing == NULL)
		return NULL;
	*ret_first = f->flushing->first;
	return &f->flushing->key;
}

/* ---- time ---------------------------------------------------------------------------- */

void flow_touch(struct flows *f, struct flow *flow)
{
	flow->last = f->passed;
	if (flow->list != LIST_LIVE || f->passed - flow->moved < SECOND)
		return;
	flow->moved = f->passed;
	flow_table_move(&f->table, flow, LIST_LIVE);
}

static bool is_due(const struct flows *f, uint64_t since, uint64_t limit)
{
	return f->passed - since >= limit;
}

/*
 * Each list is in the order of time passed, so who is due is at its end, and what
 * becomes of a flow does not depend on the others in its table.
 */
static void sweep(struct flows *f)
{
	struct talk *t;
	struct flow *flow;

	f->packet = NULL;
	while ((t = f->talks[TALKS_WAITING].oldest) &&
	       is_due(f, t->since, PATIENCE * f->o.silence)) {
		if (t->odd_reset || outcome_silent(f, t))
			flow_end_talk(f, t->flow);
		else
			talk_move(f, t, TALKS_OPEN);
	}
	while ((t = f->talks[TALKS_CLOSING].oldest) && is_due(f, t->since, GRACE))
		flow_end_talk(f, t->flow);
	while ((flow = flow_table_oldest(&f->table, LIST_CLOSED)) &&
	       is_due(f, flow->moved, 2 * GRACE)) {
		if (is_due(f, flow->last, 2 * GRACE))
			flow_end(f, flow);
		else
			flow_close(f, flow);
	}
	while ((flow = flow_table_oldest(&f->table, LIST_LIVE)) &&
	       is_due(f, flow->moved, f->o.idle))
		flow_end(f, flow);
}

static uint64_t apart(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* The packet that was alone came after the jump, not before it. */
static void take_along(struct flows *f)
{
	struct flow *flow = f->lone;

	f->lone = NULL;
	if (flow == NULL)
		return;
	flow->last = flow->moved = f->passed;
	flow_table_move(&f->table, flow, flow->list);
	if (flow->talk != NULL)
		talk_move(f, flow->talk, flow->talk->list);
}

/*
 * Time is the packets'.  It does not run back for a packet that comes late, and
 * one packet alone does not make it jump: that takes a second one beside it.
 * Until then the packet far off has its own time, and nothing is ended by it.  A
 * jump back, as from one capture to an earlier one, is time that passes too.
 */
void flows_tick(struct flows *f, uint64_t ts)
{
	uint64_t base = f->alone ? f->settled : f->now;

	if (f->started && apart(ts, base) > CONFIRM * SECOND) {
		if (!f->alone || apart(ts, f->now) > CONFIRM * SECOND) {
			f->alone = true;
			f->lone = NULL;
			f->settled = base;
			f->now = ts;
			return;
		}
		f->sweep_at = 0;
	} else {
		f->now = base;
	}
	if (!f->started || ts > f->now)
		f->now = ts;
	if (f->started)
		f->passed += apart(f->now, base);
	if (f->sweep_at == 0)
		take_along(f);
	f->alone = false;
	f->started = true;
	if (f->now < f->sweep_at)
		return;
	f->sweep_at = f->now + SECOND / 20;
	sweep(f);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * legs: one name, one address on both sides, nested in time: a hello of its own.
 *
 * A box that is asked for a name, and asks for that name itself while it is
 * asked, speaks for its clients.  Legs are put in the order of box and name, on
 * either side; then each upstream leg meets the few clients' legs that were
 * open when it went out.  Which of them it was for is not decided: where all of
 * them agree, it is counted.
 */
#include "host/legs.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

/* Clients' legs that may be an upstream one's, and those looked at: many come at once. */
enum { CANDIDATES_MOST = 16, LOOKED_MOST = 512 };

#define EARLY NS_PER_SECOND		/* an upstream leg may be there before the client's hello */
#define TIGHT (NS_PER_SECOND / 4)	/* the client's handshake done first, then upstream */
#define LATE (5 * NS_PER_SECOND)	/* with the first request */
#define OPEN_MOST (10 * NS_PER_SECOND)	/* a handshake held open longer proves nothing */

static uint64_t end_of(const struct leg *c)
{
	return c->t_end > c->t + OPEN_MOST ? c->t + OPEN_MOST : c->t_end;
}

bool leg_covers(const struct leg *c, const struct leg *u, bool tight)
{
	if (tight)
		return c->t <= u->t && u->t <= end_of(c) + TIGHT;
	return c->t <= u->t + EARLY && u->t <= end_of(c) + LATE;
}

struct queue {				/* legs by box and name, then by time */
	struct leg **v;
	size_t n;
};

static const struct addr *box_of(const struct leg *leg, int role)
{
	return role == LEG_CLIENT ? &leg->server : &leg->client;
}

static int order_of(const struct leg *x, int xrole, const struct leg *y, int yrole)
{
	int order = addr_cmp(box_of(x, xrole), box_of(y, yrole));

	if (order == 0 && x->name != y->name)
		order = x->name < y->name ? -1 : 1;
	return order;
}

static int by_time(const struct leg *x, const struct leg *y)
{
	return x->at < y->at ? -1 : x->at > y->at;
}

static int client_order(const void *a, const void *b)
{
	const struct leg *x = *(const struct leg *const *)a, *y = *(const struct leg *const *)b;
	int order = order_of(x, LEG_CLIENT, y, LEG_CLIENT);

	return order != 0 ? order : by_time(x, y);
}

static int upstream_order(const void *a, const void *b)
{
	const struct leg *x = *(const struct leg *const *)a, *y = *(const struct leg *const *)b;
	int order = order_of(x, LEG_UPSTREAM, y, LEG_UPSTREAM);

	return order != 0 ? order : by_time(x, y);
}

/* A client's leg that was not answered asks for nothing that can be told. */
static bool may_be_client(const struct leg *leg)
{
	return !leg->is_client && !(leg->flags & LEG_DOUBLE) &&
	       leg->flags & (LEG_ANSWERED | LEG_CONNECT | LEG_SOCKS);
}

static bool may_be_upstream(const struct leg *leg)
{
	return !leg->is_upstream && !(leg->flags & LEG_DOUBLE);
}

/* ---- one box and one name ---------------------------------------------------------------- */

/* Hairpins and two hosts that call each other are no proxies. */
static bool is_between(const struct leg *c, const struct leg *u)
{
	return addr_cmp(&c->client, &u->server) != 0;
}

/* cs: before `end`, the last that began no later than u; walks back from there. */
static void meet(struct leg **cs, size_t end, struct leg *u, bool tight)
{
	size_t last = end > LOOKED_MOST ? end - LOOKED_MOST : 0;

	for (size_t i = end; i > last && u->nmet < CANDIDATES_MOST; i--) {
		struct leg *c = cs[i - 1];

		if (c->t + OPEN_MOST + LATE < u->t)
			break;
		if (!leg_covers(c, u, tight) || !is_between(c, u))
			continue;
		if (u->met == NULL || u->met->t > u->t)
			u->met = c;
		u->nmet++;
		u->nlow += c->rank != 0 && c->rank < LEG_LOW;
		u->nhigh += c->rank >= LEG_LOW;
	}
}

/* The upstream legs of a box and a name meet its clients' legs; false: none did. */
static bool meet_all(struct queue c, struct queue u)
{
	bool any = false;
	size_t end = 0;

	for (size_t i = 0; i < u.n; i++) {
		while (end < c.n && c.v[end]->t <= u.v[i]->t + EARLY)
			end++;
		meet(c.v, end, u.v[i], true);
		if (u.v[i]->nmet == 0)
			meet(c.v, end, u.v[i], false);
		u.v[i]->is_upstream = u.v[i]->nmet > 0;
		any = any || u.v[i]->is_upstream;
	}
	return any;
}

/* A connection upstream is used again for later clients: those have none of their own. */
static void claim_clients(struct queue c, struct queue u)
{
	size_t at = 0;

	for (size_t i = 0; i < c.n; i++) {
		while (at < u.n && u.v[at]->t + EARLY < c.v[i]->t)
			at++;
		c.v[i]->is_client = true;
		c.v[i]->asked = at < u.n && leg_covers(c.v[i], u.v[at], false);
	}
}

/* ---- adding up --------------------------------------------------------------------------- */

/* The suites of TLS 1.3 are the same few in every list. */
static bool is_before_13(uint16_t code)
{
	return code >> 8 != 0x13;
}

static bool has_suite(const struct look *x, uint16_t code)
{
	for (unsigned i = 0; i < x->nsuites; i++)
		if (x->suites[i] == code)
			return true;
	return false;
}

/* Suites of the client's, in any order, with what the box cannot do left out. */
static bool is_copy(const struct look *of, const struct look *x)
{
	unsigned n = 0, all = 0;

	for (unsigned i = 0; i < of->nsuites; i++)
		all += is_before_13(of->suites[i]);
	for (unsigned i = 0; i < x->nsuites; i++) {
		if (!is_before_13(x->suites[i]))
			continue;
		if (!has_suite(of, x->suites[i]))
			return false;
		n++;
	}
	return n > 0 && 2 * n >= all;
}

static void count_meeting(struct box *b, const struct leg *u)
{
	bool low = u->rank != 0 && u->rank < LEG_LOW;

	b->is.nested++;
	b->is.candidates += u->nmet;
	b->is.copied += u->rank == u->met->rank && is_copy(u->met->shape, u->shape);
	b->is.lowered += low && u->nhigh == u->nmet;
	b->is.both_low += low && u->nlow == u->nmet;
	b->is.raised += u->rank >= LEG_LOW && u->nlow == u->nmet;
	b->is.explained[0]++;
	b->is.explained[1] += low;
}

static void recognise(struct box *b, const struct leg *c, const struct leg *u)
{
	if (c->flags & LEG_CONNECT)
		box_recognised(b, RECOGNISED_CONNECT);
	else if (c->flags & LEG_SOCKS)
		box_recognised(b, RECOGNISED_SOCKS);
	else
		box_recognised(b, RECOGNISED_RELAY);
	if (u->flags & LEG_PROXY)
		box_recognised(b, RECOGNISED_PROXY);
}

void legs_origin_upstream(struct box *b, const struct leg *u)
{
	count_meeting(b, u);
	box_upstream(b, u);
	box_examples(b, u->met, u);
}

static void tell(struct legs *l, struct boxes *to, struct leg *leg)
{
	struct box *b;

	if (leg->met != NULL && !leg->hidden && (b = box_at(to, &leg->client)) != NULL) {
		recognise(b, leg->met, leg);
		legs_origin_upstream(b, leg);
	}
	if (leg->is_client && leg->to == NULL && (b = box_at(to, &leg->server)) != NULL) {
		box_port(b, leg->server_port);
		box_client(l, to, b, leg);
		b->is.asked += leg->asked;
	}
}

/* ---- the merge --------------------------------------------------------------------------- */

static size_t run_of(const struct queue *s, size_t from, int role)
{
	size_t n = 1;

	while (from + n < s->n && order_of(s->v[from], role, s->v[from + n], role) == 0)
		n++;
	return n;
}

static struct queue pick(struct legs *l, bool (*may)(const struct leg *leg))
{
	struct queue s = { xcalloc(l->n, sizeof(struct leg *)), 0 };

	for (size_t i = 0; i < l->n; i++)
		if (may(l->order[i]))
			s.v[s.n++] = l->order[i];
	return s;
}

void legs_origins(struct legs *l, struct boxes *to, size_t cut)
{
	struct queue c = pick(l, may_be_client), u = pick(l, may_be_upstream);
	size_t i = 0, k = 0;

	qsort(c.v, c.n, sizeof(struct leg *), client_order);
	qsort(u.v, u.n, sizeof(struct leg *), upstream_order);
	while (i < c.n && k < u.n) {
		int order = order_of(c.v[i], LEG_CLIENT, u.v[k], LEG_UPSTREAM);
		/* Only those that are passed now: a long run is not counted again and again. */
		size_t nc = order <= 0 ? run_of(&c, i, LEG_CLIENT) : 0;
		size_t nu = order >= 0 ? run_of(&u, k, LEG_UPSTREAM) : 0;

		if (order == 0) {
			struct queue mc = { c.v + i, nc }, mu = { u.v + k, nu };

			if (meet_all(mc, mu))
				claim_clients(mc, mu);
		}
		i += nc;
		k += nu;
	}
	free(c.v);
	free(u.v);
	for (i = 0; i < cut; i++)
		tell(l, to, l->order[i]);
}

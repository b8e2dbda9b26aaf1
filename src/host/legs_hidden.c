/* SPDX-License-Identifier: Apache-2.0 */
/*
 * legs: boxes in the way that nobody calls by their address.
 *
 * A transparent device answers in Microsoft's name.  Two things in a client's
 * leg can show it: a certificate of a private authority, and a SYN-ACK from a
 * millisecond away where another leg to the same service takes much longer.
 * The other leg is then looked for: same name, another hello, sent while the
 * first was open, by the device's address or under the client's own.  Two
 * connections that overlap are otherwise nothing: browsers open several.
 */
#include "host/legs.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"

#define NEAR (NS_PER_SECOND / 1000)		/* no edge of Microsoft's is in the building */
#define FAR_LEAST (3 * NS_PER_SECOND / 1000)
enum { FAR_TIMES = 5, LOOK_BACK = 64, TRUSTED_MOST = 64 };

/* Devices that a certificate gave away. */
struct trusted {
	struct addr v[TRUSTED_MOST];
	unsigned n;
};

/* The device's own address; all zeroes where it goes on under the client's. */
static struct addr device_of(const struct leg *c, const struct leg *u)
{
	if (addr_cmp(&c->client, &u->client) == 0)
		return (struct addr){ { 0 } };
	return u->client;
}

static bool is_trusted(const struct trusted *t, struct addr ip)
{
	for (unsigned i = 0; i < t->n; i++)
		if (addr_cmp(&t->v[i], &ip) == 0)
			return true;
	return false;
}

static bool is_near(const struct leg *c)
{
	return c->rtt != 0 && c->rtt <= NEAR;
}

static bool is_far_from(const struct leg *u, const struct leg *c)
{
	return u->rtt >= FAR_LEAST && u->rtt >= FAR_TIMES * c->rtt;
}

/* A leg that something else than Microsoft may have answered. */
static bool is_suspect(const struct leg *c)
{
	return !c->is_client && !(c->flags & (LEG_DOUBLE | LEG_CONNECT | LEG_SOCKS)) &&
	       c->flags & LEG_ANSWERED && (c->issuer != NULL || is_near(c));
}

static bool may_be_upstream(const struct leg *u)
{
	return !u->is_upstream && !u->is_client && !(u->flags & LEG_DOUBLE) && u->issuer == NULL;
}

/* What is known of a device carries over to what its certificates do not show. */
static bool answers_for(const struct leg *c, const struct leg *u, const struct trusted *t)
{
	bool known = is_trusted(t, device_of(c, u));

	if (c == u || c->name != u->name || c->to != NULL || c->t > u->t ||
	    !leg_covers(c, u, !known))
		return false;
	if (c->issuer != NULL)
		return !is_near(u) || is_near(c);
	if (known)
		return u->rtt == 0 || is_far_from(u, c);
	return c->flags & LEG_BY_ADDRESS && is_far_from(u, c);
}

static int by_name(const void *a, const void *b)
{
	const struct leg *x = *(const struct leg *const *)a, *y = *(const struct leg *const *)b;

	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static void meet(struct leg *u, struct leg *c)
{
	if (u->met == NULL)
		u->met = c;
	u->nmet++;
	u->nlow += c->rank != 0 && c->rank < LEG_LOW;
	u->nhigh += c->rank >= LEG_LOW;
	u->is_upstream = u->hidden = true;
}

/* legs: of one name, in order of time. */
static void meet_name(struct leg **legs, size_t n, const struct trusted *t)
{
	for (size_t i = 0; i < n; i++) {
		struct leg *u = legs[i];
		size_t k = i;

		if (!may_be_upstream(u) || is_suspect(u))
			continue;
		for (unsigned looked = 0; k > 0 && looked < LOOK_BACK; looked++) {
			struct leg *c = legs[--k];

			if (is_suspect(c) && answers_for(c, u, t))
				meet(u, c);
		}
	}
}

static void meet_names(struct leg **v, size_t n, const struct trusted *t)
{
	size_t run;

	for (size_t i = 0; i < n; i += run) {
		run = 1;
		while (i + run < n && v[i + run]->name == v[i]->name)
			run++;
		meet_name(v + i, run, t);
	}
}

static void trust(const struct leg *u, struct trusted *t)
{
	struct addr ip = device_of(u->met, u);

	if (u->met->issuer != NULL && t->n < TRUSTED_MOST && !is_trusted(t, ip))
		t->v[t->n++] = ip;
}

static void tell(struct legs *l, struct boxes *to, size_t cut, struct leg *u)
{
	struct leg *c = u->met;
	struct addr ip = device_of(c, u);
	struct box *b = box_at(to, &ip);

	if (b == NULL)
		return;
	box_recognised(b, RECOGNISED_TRANSPARENT);
	if (u->at < cut) {
		legs_origin_upstream(b, u);
		if (addr_cmp(&c->client, &u->client) == 0)
			boxes_alias(to, u);
	}
	if (c->is_client)
		return;
	c->is_client = true;
	if (c->at >= cut)
		return;
	box_client(l, to, b, c);
	b->is.asked++;
	b->is.near += is_near(c);
}

void legs_hidden(struct legs *l, struct boxes *to, size_t cut)
{
	struct leg **v = xcalloc(l->n, sizeof(struct leg *));
	struct trusted trusted = { .n = 0 };
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		n += is_suspect(l->order[i]);
		v[i] = l->order[i];
	}
	if (n > 0) {
		qsort(v, l->n, sizeof(struct leg *), by_name);
		meet_names(v, l->n, &trusted);
		for (size_t i = 0; i < l->n; i++)
			if (l->order[i]->hidden)
				trust(l->order[i], &trusted);
		if (trusted.n > 0)
			meet_names(v, l->n, &trusted);
		for (size_t i = 0; i < l->n; i++)
			if (l->order[i]->hidden)
				tell(l, to, cut, l->order[i]);
	}
	free(v);
}

/* ---- what is left ------------------------------------------------------------------------ */

/* A leg that says by itself that its server is a proxy, though nothing upstream was seen. */
static void tell_client(struct legs *l, struct boxes *to, struct leg *c)
{
	bool asked = (c->flags & (LEG_CONNECT | LEG_SOCKS)) != 0 || leg_is_option(l, c);
	struct addr ip = asked ? c->server : (struct addr){ { 0 } };
	struct box *b;

	if (c->flags & LEG_DOUBLE || c->is_client || !(asked || c->issuer != NULL))
		return;
	b = box_at(to, &ip);
	if (b == NULL)
		return;
	c->is_client = true;
	if (c->flags & LEG_CONNECT)
		box_recognised(b, RECOGNISED_CONNECT);
	if (c->flags & LEG_SOCKS)
		box_recognised(b, RECOGNISED_SOCKS);
	if (asked)
		box_port(b, c->server_port);
	box_client(l, to, b, c);
	box_examples(b, c, NULL);
}

/* Upstream legs of a known box that no client asked for. */
static void tell_upstream(struct boxes *to, const struct leg *u)
{
	struct box *b = box_find(to, &u->client);

	if (b != NULL && !u->is_upstream && !(u->flags & LEG_DOUBLE))
		b->is.alone++;
}

void legs_rest(struct legs *l, struct boxes *to, size_t cut)
{
	for (size_t i = 0; i < cut; i++)
		tell_client(l, to, l->order[i]);
	for (size_t i = 0; i < cut; i++)
		tell_upstream(to, l->order[i]);
}

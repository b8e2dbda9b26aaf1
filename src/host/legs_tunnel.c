/* SPDX-License-Identifier: Apache-2.0 */
/*
 * legs: one client random on two connections: the hello was passed on.
 *
 * 32 random bytes (RFC 8446 4.1.2) do not come twice by chance.  Whoever passes
 * them on is a tunnel, a relay or a NAT; if the rest of the hello is another,
 * it was rewritten on the way.  The same packets seen twice (a span port that
 * doubles, two capture points on one wire) have the same ends too: these are
 * one leg.
 *
 * Somebody may send the random of another's hello again: he can then make
 * himself look like a NAT, and nobody else like anything.
 */
#include "host/legs.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

enum { GROUP_MOST = 8 };		/* legs of one random held against each other */

#define PASSING (NS_PER_SECOND / 2)

static bool same_ends(const struct leg *a, const struct leg *b)
{
	return a->client_port == b->client_port && a->server_port == b->server_port &&
	       addr_cmp(&a->client, &b->client) == 0 && addr_cmp(&a->server, &b->server) == 0;
}

/* The legs of one random as a list in order of time; those seen twice are marked. */
static void link_up(struct leg **first, struct leg *leg)
{
	struct leg *at = *first;
	unsigned n = 1;

	for (;; at = at->next, n++) {
		if (same_ends(at, leg))
			leg->flags |= LEG_DOUBLE;
		if (at->next == NULL)
			break;
	}
	if (n < GROUP_MOST && !(leg->flags & LEG_DOUBLE))
		at->next = leg;
}

static size_t slots_for(size_t n)
{
	size_t slots = 64;

	while (slots < 2 * n)
		slots *= 2;
	return slots;
}

/* RFC 1918, RFC 6598, RFC 4193. */
static bool is_private(const struct addr *a)
{
	static const char *const blocks[] = { "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
					      "100.64.0.0/10", "fc00::/7" };
	struct prefix block;

	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		if (prefix_parse(blocks[i], &block) && prefix_has(&block, a))
			return true;
	return false;
}

/* Whether a came before b; the clocks of two capture points may differ. */
static bool is_before(const struct leg *a, const struct leg *b)
{
	bool inner = is_private(&a->client) && !is_private(&b->client);
	bool outer = is_private(&b->client) && !is_private(&a->client);

	return inner || (!outer && a->t <= b->t);
}

static bool is_at_once(const struct leg *a, const struct leg *b)
{
	return b->t >= a->t && b->t - a->t <= PASSING;
}

/* How well a leg's hello may be b's, passed on: 0 not at all. */
static unsigned fits(const struct leg *a, const struct leg *b)
{
	bool same_client = addr_cmp(&a->client, &b->client) == 0;
	bool same_server = addr_cmp(&a->server, &b->server) == 0;

	if (a == b || a->to != NULL || addr_cmp(&a->client, &b->server) == 0)
		return 0;
	if (same_client && same_server)		/* else one host says it again */
		return a->file != b->file && is_at_once(a, b) ? 1 : 0;
	if (addr_cmp(&a->server, &b->client) == 0)
		return 4;			/* the box has one address on both sides */
	if (!is_before(a, b))
		return 0;
	if (a->flags & (LEG_CONNECT | LEG_SOCKS))
		return 3;			/* asked as a proxy; it leaves by another address */
	if (same_server)
		return 2;
	/* Nothing in common but the random: then at least the moment. */
	return is_at_once(a, b) ? 1 : 0;
}

static void find_from(struct leg *first, struct leg *b)
{
	struct leg *best = NULL;
	unsigned how = 0;

	for (struct leg *a = first; a != NULL; a = a->next) {
		unsigned fit = fits(a, b);

		for (const struct leg *up = a; fit > 0 && up != NULL; up = up->from)
			if (up == b)
				fit = 0;	/* a ring: somebody plays */
		if (fit > 0 && fit >= how) {
			best = a;
			how = fit;
		}
	}
	if (best == NULL)
		return;
	b->from = best;
	best->to = b;
}

/* The box between two legs of one hello, and how it shows. */
static struct box *between(struct boxes *to, const struct leg *a, const struct leg *b)
{
	bool asked = (a->flags & (LEG_CONNECT | LEG_SOCKS)) != 0;
	bool both = addr_cmp(&a->server, &b->client) == 0;
	bool nat = !both && !asked;
	/* Only the server's address changed: the box is what was called. */
	bool called = both || asked || addr_cmp(&a->client, &b->client) == 0;
	bool hidden = addr_cmp(&a->client, &b->client) == 0 &&
		      addr_cmp(&a->server, &b->server) == 0;
	struct addr nowhere = { { 0 } };
	struct box *box = box_at(to, hidden ? &nowhere : called ? &a->server : &b->client);

	if (box == NULL)
		return NULL;
	if (a->flags & LEG_CONNECT)
		box_recognised(box, RECOGNISED_CONNECT);
	if (a->flags & LEG_SOCKS)
		box_recognised(box, RECOGNISED_SOCKS);
	if (b->flags & LEG_PROXY)
		box_recognised(box, RECOGNISED_PROXY);
	if (hidden)
		box_recognised(box, RECOGNISED_TRANSPARENT);
	else if (nat)
		box_recognised(box, RECOGNISED_NAT);
	else if (!asked)
		box_recognised(box, RECOGNISED_RELAY);
	if (called && !hidden)
		box_port(box, a->server_port);
	return box;
}

static bool same_hello(const struct leg *a, const struct leg *b)
{
	return a->rank == b->rank && a->shape == b->shape;
}

static void tell_pair(struct legs *l, struct boxes *to, size_t cut, struct leg *b)
{
	struct leg *a = b->from;
	struct box *box = between(to, a, b);
	bool low = b->rank != 0 && b->rank < LEG_LOW, changed = !same_hello(a, b);
	bool whole = (a->flags & b->flags & LEG_COMPLETE) != 0;

	a->is_client = true;
	b->is_upstream = true;
	if (box == NULL)
		return;
	if (a->at < cut)
		box_client(l, to, box, a);
	if (b->at >= cut)
		return;
	box_upstream(box, b);
	box->is.explained[0]++;
	box->is.explained[1] += low;
	if (changed && whole) {
		box->is.rewritten++;
		box->is.lowered += low && a->rank >= LEG_LOW;
	}
	box_examples(box, a, b);
}

void legs_tunnels(struct legs *l, struct boxes *to, size_t cut)
{
	size_t n = slots_for(l->n);
	struct leg **slots = xcalloc(n, sizeof(struct leg *));

	for (size_t i = 0; i < l->n; i++) {
		struct leg *leg = l->order[i];
		size_t at = legs_hash(l, leg->random, sizeof(leg->random)) & (n - 1);

		while (slots[at] != NULL &&
		       memcmp(slots[at]->random, leg->random, sizeof(leg->random)) != 0)
			at = (at + 1) & (n - 1);
		if (slots[at] == NULL)
			slots[at] = leg;
		else
			link_up(&slots[at], leg);
	}
	for (size_t i = 0; i < n; i++) {
		if (slots[i] == NULL || slots[i]->next == NULL)
			continue;
		for (struct leg *b = slots[i]; b != NULL; b = b->next)
			find_from(slots[i], b);
	}
	free(slots);
	for (size_t i = 0; i < l->n; i++)		/* boxes are made in the order of time */
		if (l->order[i]->from != NULL)
			tell_pair(l, to, cut, l->order[i]);
}

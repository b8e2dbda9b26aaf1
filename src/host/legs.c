/* SPDX-License-Identifier: Apache-2.0 */
/*
 * legs: each handshake becomes a leg, kept in a window of bounded size.
 */
#include "host/legs.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum { LEGS_MOST = 262144 };

void legs_init(struct legs *l, const struct hosts_options *o)
{
	*l = (struct legs){ .most = o && o->legs ? o->legs : LEGS_MOST,
			    .rules = o ? o->rules : NULL };
	if (l->most < 2)
		l->most = 2;
	l->shapes = map_new();
	l->words = map_new();
	boxes_init(&l->kept);
	boxes_init(&l->now);
	l->key = hash_key_random();
	for (; o != NULL && l->noptions < o->nproxies; l->noptions++) {
		l->option_ip[l->noptions] = o->proxies[l->noptions].ip;
		l->option_port[l->noptions] = o->proxies[l->noptions].port;
	}
}

static void forget_list(struct legs *l)
{
	free(l->list);
	free(l->masked);
	l->list = NULL;
	l->masked = NULL;
	l->nmasked = 0;
	l->fresh = false;
}

void legs_done(struct legs *l)
{
	forget_list(l);
	for (size_t i = 0; i < map_count(l->shapes); i++)
		free(map_value(l->shapes, i));
	map_free(l->shapes);
	map_free(l->words);
	boxes_done(&l->kept);
	boxes_done(&l->now);
	free(l->window);
	free(l->order);
}

uint64_t legs_hash(const struct legs *l, const void *p, size_t n)
{
	return hash_bytes(&l->key, p, n);
}

bool leg_is_option(const struct legs *l, const struct leg *leg)
{
	for (size_t i = 0; i < l->noptions; i++)
		if (addr_cmp(&l->option_ip[i], &leg->server) == 0 &&
		    (l->option_port[i] == 0 || l->option_port[i] == leg->server_port))
			return true;
	return false;
}

/* ---- the window -------------------------------------------------------------------------- */

static int earlier_first(const void *a, const void *b)
{
	const struct leg *x = *(const struct leg *const *)a, *y = *(const struct leg *const *)b;
	int order;

	if (x->t != y->t)
		return x->t < y->t ? -1 : 1;
	order = addr_cmp(&x->client, &y->client);
	if (order == 0)
		order = addr_cmp(&x->server, &y->server);
	if (order == 0)
		order = (int)x->client_port - (int)y->client_port;
	if (order == 0)
		order = (int)x->server_port - (int)y->server_port;
	if (order == 0)
		order = memcmp(x->random, y->random, sizeof(x->random));
	if (order == 0 && x->ts_end != y->ts_end)
		order = x->ts_end < y->ts_end ? -1 : 1;
	return order;
}

static void unpair(struct leg *leg)
{
	leg->next = leg->from = leg->to = leg->met = NULL;
	leg->is_client = leg->is_upstream = leg->asked = leg->hidden = false;
	leg->nmet = leg->nlow = leg->nhigh = 0;
	leg->flags &= ~(uint32_t)LEG_DOUBLE;
	leg->t = leg->ts;
	leg->t_end = leg->ts_end;
}

/* Pairs the window; what its first `cut` legs, by time, come to is added to `to`. */
static void pair(struct legs *l, struct boxes *to, size_t cut)
{
	l->order = xrealloc(l->order, l->n * sizeof(struct leg *));
	for (size_t i = 0; i < l->n; i++) {
		unpair(&l->window[i]);
		l->order[i] = &l->window[i];
	}
	qsort(l->order, l->n, sizeof(struct leg *), earlier_first);
	if (legs_clocks(l))
		qsort(l->order, l->n, sizeof(struct leg *), earlier_first);
	for (size_t i = 0; i < l->n; i++)
		l->order[i]->at = i;
	legs_tunnels(l, to, cut);
	legs_origins(l, to, cut);
	legs_hidden(l, to, cut);
	legs_rest(l, to, cut);
}

/* The older half goes, and what it showed stays. */
static void make_room(struct legs *l)
{
	size_t cut = (l->n + 1) / 2, kept = 0;
	struct leg *rest = xcalloc(l->n - cut, sizeof(*rest));

	pair(l, &l->kept, cut);
	for (size_t i = 0; i < cut; i++)
		l->let_go += !l->order[i]->is_client && !l->order[i]->is_upstream;
	for (size_t i = cut; i < l->n; i++)
		rest[kept++] = *l->order[i];
	memcpy(l->window, rest, kept * sizeof(*rest));
	l->n = kept;
	free(rest);
}

void legs_add(struct legs *l, const struct sighting *s)
{
	if (!leg_is(s))
		return;
	forget_list(l);
	if (l->n == l->most)
		make_room(l);
	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 64;
		if (l->cap > l->most)
			l->cap = l->most;
		l->window = xrealloc(l->window, l->cap * sizeof(struct leg));
	}
	leg_fill(l, s, &l->window[l->n++]);
}

/* ---- telling ----------------------------------------------------------------------------- */

static int by_address(const void *a, const void *b)
{
	const struct proxy *x = *(const struct proxy *const *)a;
	const struct proxy *y = *(const struct proxy *const *)b;

	return addr_cmp(&x->ip, &y->ip);
}

/* Counts who comes to each box, and who of them never offers TLS 1.2. */
static void count_clients(struct legs *l)
{
	struct addr ip, client;

	for (size_t i = 0; i < map_count(l->now.clients); i++) {
		struct visits v = visits_of(&l->now, i, &ip, &client);
		struct box *b = box_find(&l->now, &ip);

		b->is.clients++;
		b->is.masked += v.low > 0 && v.high == 0;
	}
}

static int by_client(const void *a, const void *b)
{
	const struct masked *x = a, *y = b;
	int order = addr_cmp(&x->client, &y->client);

	return order != 0 ? order : addr_cmp(&x->proxy, &y->proxy);
}

/* The clients of boxes that raise. */
static void list_masked(struct legs *l)
{
	struct addr ip, client;

	l->masked = xcalloc(map_count(l->now.clients) + 1, sizeof(struct masked));
	for (size_t i = 0; i < map_count(l->now.clients); i++) {
		struct visits v = visits_of(&l->now, i, &ip, &client);

		if (v.low > 0 && box_find(&l->now, &ip)->is.verdict == LEGS_RAISES)
			l->masked[l->nmasked++] = (struct masked){ client, ip, v.low };
	}
	qsort(l->masked, l->nmasked, sizeof(struct masked), by_client);
}

void legs_mark(struct legs *l, struct host *h)
{
	struct masked like = { .client = h->ip };
	const struct proxy *self = legs_proxy_at(l, &h->ip);
	const struct proxy *device = legs_proxy_at(l, &(struct addr){ { 0 } });
	struct visits aliased = legs_aliased(l, &h->ip);
	size_t low = 0, high = l->nmasked;

	h->upstream = self ? self->explained[0] : 0;
	h->aliased_low = h->aliased_high = 0;
	if (device != NULL && device->confidence == CONFIDENCE_HIGH) {
		h->aliased_low = aliased.low;
		h->aliased_high = aliased.high;
	}
	h->raised = 0;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (by_client(&l->masked[middle], &like) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < l->nmasked && addr_cmp(&l->masked[low].client, &h->ip) == 0; low++) {
		h->raised += l->masked[low].low;
		h->proxy = l->masked[low].proxy;
	}
}

static void conclude(struct legs *l)
{
	forget_list(l);
	boxes_copy(&l->now, &l->kept);
	pair(l, &l->now, l->n);
	count_clients(l);
	l->list = xcalloc(l->now.n, sizeof(struct proxy *));
	l->nlist = 0;
	for (size_t i = 0; i < l->now.n; i++) {
		box_tell(&l->now.v[i]);
		proxy_conclude(&l->now.v[i].is);
		if (proxy_is_sound(&l->now.v[i].is))
			l->list[l->nlist++] = &l->now.v[i].is;
	}
	qsort(l->list, l->nlist, sizeof(struct proxy *), by_address);
	list_masked(l);
	l->fresh = true;
}

const struct proxy *legs_proxy_at(struct legs *l, const struct addr *ip)
{
	const struct proxy *const *proxies;
	size_t low = 0, high = legs_proxies(l, &proxies);

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = addr_cmp(ip, &proxies[middle]->ip);

		if (order == 0)
			return proxies[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

struct visits legs_aliased(struct legs *l, const struct addr *client)
{
	if (!l->fresh)
		conclude(l);
	return boxes_aliased(&l->now, client);
}

size_t legs_proxies(struct legs *l, const struct proxy *const **ret)
{
	if (!l->fresh)
		conclude(l);
	*ret = l->list;
	return l->nlist;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * legs: what the pairs say of each box, added up.
 */
#include "host/legs.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum { BOXES_MOST = 1024, CLIENTS_MOST = 65536 };

static void examples_free(struct proxy *p)
{
	for (unsigned role = 0; role < LEG_ROLES; role++) {
		for (unsigned i = 0; p->examples[role] != NULL && i < p->nexamples; i++) {
			free((void *)(uintptr_t)p->examples[role][i].display_filter);
			free((void *)(uintptr_t)p->examples[role][i].community_id);
		}
		free(p->examples[role]);
	}
}

void boxes_done(struct boxes *b)
{
	for (size_t i = 0; i < b->n; i++)
		examples_free(&b->v[i].is);
	free(b->v);
	map_free(b->at);
	map_free(b->clients);
	map_free(b->aliases);
	*b = (struct boxes){ .n = 0 };
}

static struct slice key_of(const struct addr *ip)
{
	return (struct slice){ ip->b, sizeof(ip->b) };
}

struct box *box_find(const struct boxes *b, const struct addr *ip)
{
	void **at = map_find(b->at, key_of(ip));

	return at ? &b->v[(uintptr_t)*at - 1] : NULL;
}

struct box *box_at(struct boxes *b, const struct addr *ip)
{
	struct box *found = box_find(b, ip);

	if (found != NULL)
		return found;
	if (b->n == BOXES_MOST) {
		b->forgotten++;
		return NULL;
	}
	if (b->n == b->cap) {
		b->cap = b->cap ? 2 * b->cap : 4;
		b->v = xrealloc(b->v, b->cap * sizeof(struct box));
	}
	b->v[b->n] = (struct box){ .is = { .ip = *ip } };
	*map_add(b->at, key_of(ip)) = (void *)(uintptr_t)(b->n + 1);
	return &b->v[b->n++];
}

void boxes_init(struct boxes *b)
{
	*b = (struct boxes){ .at = map_new(), .clients = map_new(),
			      .aliases = map_new() };
}

/* Examples told stay with whom they were told for. */
void boxes_copy(struct boxes *to, const struct boxes *from)
{
	boxes_done(to);
	boxes_init(to);
	to->forgotten = from->forgotten;
	for (size_t i = 0; i < map_count(from->clients); i++)
		*map_add(to->clients, map_key(from->clients, i)) = map_value(from->clients, i);
	for (size_t i = 0; i < map_count(from->aliases); i++)
		*map_add(to->aliases, map_key(from->aliases, i)) = map_value(from->aliases, i);
	for (size_t i = 0; i < from->n; i++) {
		struct box *b = box_at(to, &from->v[i].is.ip);

		*b = from->v[i];
	}
}

void box_recognised(struct box *b, enum recognised how)
{
	b->is.recognised |= 1u << how;
}

void box_port(struct box *b, uint16_t port)
{
	unsigned i = 0;

	while (i < b->is.nports && b->is.ports[i] != port)
		i++;
	if (i < b->is.nports)
		return;
	if (b->is.nports == PROXY_PORTS) {
		b->is.more_ports = true;
		return;
	}
	for (; i > 0 && b->is.ports[i - 1] > port; i--)
		b->is.ports[i] = b->is.ports[i - 1];
	b->is.ports[i] = port;
	b->is.nports++;
}

/* ---- populations ------------------------------------------------------------------------- */

/* Puts codes into an ascending set of at most `most`; the new size. */
static uint16_t unite(uint16_t *set, uint16_t n, const uint16_t *codes, unsigned ncodes,
		      unsigned most, bool *ret_short)
{
	for (unsigned i = 0; i < ncodes; i++) {
		unsigned at = 0;

		while (at < n && set[at] < codes[i])
			at++;
		if (at < n && set[at] == codes[i])
			continue;
		if (n == most) {
			*ret_short = true;
			return n;
		}
		memmove(set + at + 1, set + at, (n - at) * sizeof(*set));
		set[at] = codes[i];
		n++;
	}
	return n;
}

/* Whether this shape is new to the population; what it holds is then taken in. */
static bool is_new_shape(struct population *p, const struct look *x)
{
	for (unsigned i = 0; i < p->nshapes; i++)
		if (p->shapes[i] == x)
			return false;
	if (p->nshapes < POPULATION_STACKS)
		p->shapes[p->nshapes++] = x;
	return true;
}

static void add_stack(struct population *p, const char *stack)
{
	unsigned i = 0;

	while (i < p->nstacks && strcmp(p->stacks[i], stack) != 0)
		i++;
	if (*stack != '\0' && i == p->nstacks && i < POPULATION_STACKS)
		memcpy(p->stacks[p->nstacks++], stack, HELLO_TEXT);
}

void population_add(struct population *p, const struct leg *leg)
{
	const struct look *x = leg->shape;

	p->legs++;
	p->offered[leg->rank]++;
	p->negotiated[leg->answer_rank]++;
	p->established += (leg->flags & LEG_ESTABLISHED) != 0;
	p->refused += (leg->flags & LEG_SUITE_REFUSED) != 0;
	p->grease += x->grease;
	if (!is_new_shape(p, x))
		return;
	p->short_lists |= x->short_lists;
	p->nsuites = unite(p->suites, p->nsuites, x->suites, x->nsuites, HELLO_SUITES,
			   &p->short_lists);
	p->ngroups = unite(p->groups, p->ngroups, x->groups, x->ngroups, HELLO_GROUPS,
			   &p->short_lists);
	p->nextensions = unite(p->extensions, p->nextensions, x->extensions, x->nextensions,
			       HELLO_EXTENSIONS, &p->short_lists);
	if (p->alpn[0] == '\0')
		memcpy(p->alpn, x->alpn, sizeof(p->alpn));
	add_stack(p, x->stack);
}

/* ---- legs of a box ----------------------------------------------------------------------- */

static void note(struct box *b, const struct leg *leg)
{
	if (b->is.first == 0 || leg->ts < b->is.first)
		b->is.first = leg->ts;
	if (leg->ts > b->is.last)
		b->is.last = leg->ts;
	if (b->is.name == NULL)
		b->is.name = leg->name_text;
	if (b->is.area == NULL)
		b->is.area = leg->area;
}

/* Two counts in a pointer's room, so that a client costs a map's entry and no more. */
static uintptr_t packed(struct visits v)
{
	return (uintptr_t)v.low << 32 | v.high;
}

static struct visits unpacked(uintptr_t v)
{
	return (struct visits){ (uint32_t)(v >> 32), (uint32_t)v };
}

struct visits visits_of(const struct boxes *b, size_t i, struct addr *ret_box,
			struct addr *ret_client)
{
	struct slice key = map_key(b->clients, i);

	memcpy(ret_box->b, key.p, sizeof(ret_box->b));
	memcpy(ret_client->b, key.p + sizeof(ret_box->b), sizeof(ret_client->b));
	return unpacked((uintptr_t)map_value(b->clients, i));
}

/* A hello whose version is not known counts as neither. */
static void count_visit(void **at, const struct leg *leg)
{
	struct visits v = unpacked((uintptr_t)*at);

	if (leg->rank >= LEG_LOW)
		v.high += v.high < UINT32_MAX;
	else if (leg->rank != 0)
		v.low += v.low < UINT32_MAX;
	*at = (void *)packed(v);
}

static void visit(struct boxes *all, const struct box *b, const struct leg *c)
{
	uint8_t key[2 * sizeof(struct addr)];
	struct slice k = { key, sizeof(key) };

	memcpy(key, b->is.ip.b, sizeof(struct addr));
	memcpy(key + sizeof(struct addr), c->client.b, sizeof(struct addr));
	if (map_find(all->clients, k) == NULL && map_count(all->clients) >= CLIENTS_MOST)
		return;
	count_visit(map_add(all->clients, k), c);
}

void boxes_alias(struct boxes *all, const struct leg *u)
{
	if (map_find(all->aliases, key_of(&u->client)) == NULL &&
	    map_count(all->aliases) >= CLIENTS_MOST)
		return;
	count_visit(map_add(all->aliases, key_of(&u->client)), u);
}

struct visits boxes_aliased(const struct boxes *all, const struct addr *client)
{
	void **at = map_find(all->aliases, key_of(client));

	return at ? unpacked((uintptr_t)*at) : (struct visits){ 0, 0 };
}

void box_client(const struct legs *l, struct boxes *all, struct box *b, const struct leg *c)
{
	bool tunnelled = c->to != NULL;

	population_add(tunnelled ? &b->is.through : &b->is.legs[LEG_CLIENT], c);
	b->is.tunnelled += tunnelled;
	b->is.preludes += c->flags & (LEG_CONNECT | LEG_SOCKS) && c->flags & LEG_ANSWERED;
	b->is.client_alerts += (c->flags & LEG_CERT_REFUSED) != 0;
	/* A sentinel answers what was asked for by the hello that we saw: RFC 8446 4.1.3. */
	b->is.sentinels += c->flags & LEG_SENTINEL && c->answer_rank < c->rank;
	if (leg_is_option(l, c))
		box_recognised(b, RECOGNISED_OPTION);
	b->is.low_answers += !tunnelled && !(c->flags & LEG_RESUMED) && c->rank >= LEG_LOW &&
			     c->answer_rank != 0 && c->answer_rank < LEG_LOW;
	if (c->issuer != NULL && !tunnelled) {	/* else it is of a box further on */
		box_recognised(b, RECOGNISED_CERTIFICATE);
		b->is.private_issuers++;
		if (b->is.issuer == NULL)
			b->is.issuer = c->issuer;
	}
	note(b, c);
	visit(all, b, c);
}

void box_upstream(struct box *b, const struct leg *u)
{
	if (u->from == NULL) {
		population_add(&b->is.legs[LEG_UPSTREAM], u);
		b->is.agents += (u->flags & LEG_AGENT) != 0;
	}
	b->is.scsv += (u->flags & LEG_SCSV) != 0;
	note(b, u);
}

/* ---- examples ---------------------------------------------------------------------------- */

/* The lowest offers upstream show most, then the best captured, then the earliest. */
static bool shows_more(const struct leg *a, const struct leg *b)
{
	bool low_a = a->rank != 0 && a->rank < LEG_LOW, low_b = b->rank != 0 && b->rank < LEG_LOW;

	if (low_a != low_b)
		return low_a;
	return a->grade < b->grade;
}

/* c and u stand at one place of their lists; u NULL: it was not seen. */
void box_examples(struct box *b, const struct leg *c, const struct leg *u)
{
	unsigned n = b->nexamples, at = n;
	struct leg none = { .grade = GRADES };

	if (u == NULL)
		u = &none;
	while (at > 0 && shows_more(u, &b->example[LEG_UPSTREAM][at - 1]))
		at--;
	if (at == PROXY_EXAMPLES)
		return;
	n = n < PROXY_EXAMPLES ? n + 1 : n;
	for (unsigned role = 0; role < LEG_ROLES; role++) {
		struct leg *v = b->example[role];

		memmove(v + at + 1, v + at, (n - at - 1) * sizeof(*v));
		v[at] = role == LEG_CLIENT ? *c : *u;
	}
	b->nexamples = n;
}

static char *made(enum field_id id, const struct handshake *h)
{
	uint8_t room[512];
	struct scratch scratch = { room, sizeof(room) };
	struct value v = fields[id].get(h, &scratch);
	struct buf b = { 0 };

	if (!value_known(&v))
		return NULL;
	value_print(&b, &v);
	(void)buf_text(&b);
	return b.p;
}

static struct evidence evidence_of(const struct leg *leg)
{
	struct handshake h = { .client = leg->client, .server = leg->server,
			       .client_port = leg->client_port,
			       .server_port = leg->server_port };
	struct evidence e = { .ts = leg->ts, .grade = (enum grade)leg->grade,
			      .file = leg->file, .nframes = leg->nframes };

	memcpy(e.frames, leg->frames, leg->nframes * sizeof(e.frames[0]));
	e.display_filter = made(FIELD_DISPLAY_FILTER, &h);
	e.community_id = made(FIELD_COMMUNITY_ID, &h);
	return e;
}

void box_tell(struct box *b)
{
	struct proxy *p = &b->is;

	p->nexamples = b->nexamples;
	for (unsigned role = 0; role < LEG_ROLES; role++) {
		p->examples[role] = xcalloc(PROXY_EXAMPLES, sizeof(*p->examples[role]));
		for (unsigned i = 0; i < b->nexamples; i++)
			if (b->example[role][i].ts != 0)
				p->examples[role][i] = evidence_of(&b->example[role][i]);
	}
	for (unsigned i = 0; i < b->nexamples; i++)
		if (b->example[LEG_UPSTREAM][i].ts != 0)
			p->examples[LEG_CLIENT][i].then = &p->examples[LEG_UPSTREAM][i];
}

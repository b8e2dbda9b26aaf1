/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host: which networks are ready for a service that takes TLS 1.2 alone.
 *
 * A network is as ready as its worst host, and what was not seen well enough is
 * not ready.
 */
#include "host/readiness.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *const readiness_names[] = { "safe", "not safe", "not enough seen", NULL };

enum { V4_DEFAULT = 24, V6_DEFAULT = 64, MAPPED = 96 };

/* ---- what to group by ------------------------------------------------------------------ */

/* "/24" at *text, moved past it; false: that is none. */
static bool take_bits(const char **text, unsigned most, unsigned *ret)
{
	const char *at = *text;
	unsigned bits = 0;

	if (*at++ != '/' || *at < '0' || *at > '9')
		return false;
	for (; *at >= '0' && *at <= '9' && bits <= most; at++)
		bits = bits * 10 + (unsigned)(*at - '0');
	if (bits > most)
		return false;
	*text = at;
	*ret = bits;
	return true;
}

static bool read_lengths(struct groups *g, const char *spec)
{
	unsigned v4 = V4_DEFAULT, v6 = V6_DEFAULT;

	if (!take_bits(&spec, 32, &v4))
		return false;
	if (*spec == ',') {
		spec++;
		if (!take_bits(&spec, 128, &v6))
			return false;
	}
	g->v4 = MAPPED + v4;
	g->v6 = v6;
	return *spec == '\0';
}

struct groups *groups_new(const char *spec, struct errors *e)
{
	struct groups *g = xcalloc(1, sizeof(*g));
	bool sound;

	if (spec[0] == '/' && (spec[1 + strspn(spec + 1, "0123456789")] == '\0' ||
			       spec[1 + strspn(spec + 1, "0123456789")] == ',')) {
		sound = read_lengths(g, spec);
		if (!sound)
			errors_add(e, (struct place){ 0 }, "--group-by wants /LENGTH or "
				   "/LENGTH,/LENGTH (IPv4 to /32, IPv6 to /128) or a file of "
				   "networks, not '%s'", spec);
	} else {
		sound = networks_load(g, spec, e);
	}
	if (sound)
		return g;
	groups_free(g);
	return NULL;
}

static void forget(struct groups *g)
{
	free(g->told);
	free(g->hosts);
	g->told = NULL;
	g->hosts = NULL;
}

void groups_free(struct groups *g)
{
	if (g == NULL)
		return;
	forget(g);
	free(g->names);
	free(g->networks);
	arena_done(&g->arena);
	free(g);
}

/* ---- telling --------------------------------------------------------------------------- */

/* A host and the network it is in; order decides between networks and between hosts. */
struct member {
	const struct host *host;
	struct prefix block;
	size_t named;
	enum readiness readiness;
	size_t place;			/* in the list that was given */
};

static struct prefix block_of(const struct addr *a, unsigned bits)
{
	struct prefix p = { *a, (uint8_t)bits };

	for (unsigned i = 0; i < 16; i++) {
		unsigned left = bits > 8 * i ? bits - 8 * i : 0;

		p.addr.b[i] &= (uint8_t)(left >= 8 ? 0xff : 0xff << (8 - left));
	}
	return p;
}

static void place(const struct groups *g, struct member *m)
{
	const struct addr *ip = &m->host->ip;
	size_t i = 0;

	if (g->names == NULL) {
		m->block = block_of(ip, addr_is_v4(ip) ? g->v4 : g->v6);
		return;
	}
	while (i < g->nnetworks && !prefix_has(&g->networks[i].block, ip))
		i++;
	m->named = i < g->nnetworks ? g->networks[i].named : g->nnames;
}

static enum readiness readiness_of(const struct host *h)
{
	switch (host_verdict(h)) {
	case VERDICT_MODERN:
		return host_confidence(h) == CONFIDENCE_HIGH ? READY_SAFE : READY_UNSEEN;
	case VERDICT_UNKNOWN:
		return READY_UNSEEN;
	default:
		return READY_NOT_SAFE;
	}
}

/* Those in the way first. */
static int rank_of(enum readiness r)
{
	return r == READY_NOT_SAFE ? 0 : r == READY_UNSEEN ? 1 : 2;
}

static int by_network(const struct member *x, const struct member *y)
{
	if (x->named != y->named)
		return x->named < y->named ? -1 : 1;
	return addr_cmp(&x->block.addr, &y->block.addr);
}

static int by_member(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int order = by_network(x, y);

	if (order == 0)
		order = rank_of(x->readiness) - rank_of(y->readiness);
	return order != 0 ? order : x->place < y->place ? -1 : x->place > y->place;
}

/* What is not kept apart by members: the order of groups is stable, that of the members. */
static int by_group(const void *a, const void *b)
{
	const struct subnet *x = a, *y = b;
	int order = rank_of(x->readiness) - rank_of(y->readiness);

	return order != 0 ? order : x->hosts < y->hosts ? -1 : x->hosts > y->hosts;
}

static void add(struct subnet *to, const struct member *m)
{
	to->n++;
	to->not_safe += m->readiness == READY_NOT_SAFE;
	to->unseen += m->readiness == READY_UNSEEN;
	to->verdicts[host_verdict(m->host)]++;
	to->readiness = to->not_safe > 0 ? READY_NOT_SAFE : to->unseen > 0 ? READY_UNSEEN
									  : READY_SAFE;
}

static size_t gather_groups(struct groups *g, const struct member *members, size_t n)
{
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		const struct member *m = &members[i];

		g->hosts[i] = m->host;
		if (i == 0 || by_network(&members[i - 1], m) != 0) {
			struct subnet *new = &g->told[used++];

			new->block = m->block;
			new->hosts = g->hosts + i;
			if (g->names != NULL)
				new->name = m->named < g->nnames ? g->names[m->named]
								 : "elsewhere";
		}
		add(&g->told[used - 1], m);
	}
	return used;
}

size_t groups_tell(struct groups *g, const struct host *const *hosts, size_t n,
		   const struct subnet **ret)
{
	struct member *members = xcalloc(n + 1, sizeof(*members));
	size_t used;

	forget(g);
	g->told = xcalloc(n + 1, sizeof(*g->told));
	g->hosts = xcalloc(n + 1, sizeof(*g->hosts));
	for (size_t i = 0; i < n; i++) {
		members[i].host = hosts[i];
		members[i].readiness = readiness_of(hosts[i]);
		members[i].place = i;
		place(g, &members[i]);
	}
	qsort(members, n, sizeof(*members), by_member);
	used = gather_groups(g, members, n);
	free(members);
	qsort(g->told, used, sizeof(*g->told), by_group);
	*ret = g->told;
	return used;
}

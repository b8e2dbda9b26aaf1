/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lookup: of all sets that match, the best.
 *
 * The order among matches is in m365.h.  Candidates are looked at one by one
 * and the best so far is kept, so nothing is allocated and nothing sorted.
 */
#include "m365/set.h"

const char *const cloud_names[] = { "worldwide", "usgovgcchigh", "usgovdod", "china" };
const char *const area_names[] = { "exchange", "sharepoint", "teams", "common", "intune" };
const char *const category_names[] = { "optimize", "allow", "default" };
const char *const match_names[] = { "address", "name", NULL };

struct candidate {
	const struct set *set;		/* NULL: none yet */
	bool listed;
	uint8_t bits;			/* of the prefix; 0 by name */
};

/* The most specific pattern in each cloud. */
struct by_cloud {
	const struct pattern *best[CLOUDS];
};

/* Rules of our own come after Microsoft's. */
static unsigned id_rank(const struct set *s)
{
	return s->id ? s->id : UINT16_MAX + 1u;
}

static bool is_better(const struct candidate *a, const struct candidate *b)
{
	if (b->set == NULL)
		return true;
	if (a->listed != b->listed)
		return a->listed;
	if (a->bits != b->bits)
		return a->bits > b->bits;
	if (a->set->category != b->set->category)
		return a->set->category < b->set->category;
	if (a->set->cloud != b->set->cloud)
		return a->set->cloud < b->set->cloud;
	return id_rank(a->set) < id_rank(b->set);
}

static void consider(struct candidate *best, struct candidate one)
{
	if (is_better(&one, best))
		*best = one;
}

static struct service service_of(const struct candidate *c, unsigned matched_by)
{
	return (struct service){ .cloud = c->set->cloud, .area = c->set->area,
				 .category = c->set->category, .endpoint = c->set->id,
				 .matched_by = (uint8_t)matched_by, .listed_port = c->listed };
}

static struct candidate best_by_addr(const struct range *r, uint16_t port, bool udp)
{
	struct candidate best = { .set = NULL };

	for (; r; r = r->outer)
		for (size_t i = 0; i < r->n; i++) {
			const struct set *s = r->sets[i];

			consider(&best, (struct candidate){
				s, ports_have(udp ? &s->udp : &s->tcp, port), r->bits });
		}
	return best;
}

bool m365_by_addr(const struct m365 *m, const struct addr *a, uint16_t port, bool udp,
		  struct service *ret)
{
	struct candidate best = best_by_addr(ranges_find(m->ranges, a), port, udp);

	if (best.set == NULL)
		return false;
	*ret = service_of(&best, MATCH_ADDRESS);
	return true;
}

static void keep_most_specific(const struct pattern *p, void *context)
{
	struct by_cloud *found = context;

	for (size_t i = 0; i < p->n_sets; i++) {
		const struct pattern **best = &found->best[p->sets[i]->cloud];

		if (*best == NULL || pattern_is_more_specific(p, *best))
			*best = p;
	}
}

static bool lists_set(const struct range *r, const struct set *s)
{
	for (; r; r = r->outer)
		for (size_t i = 0; i < r->n; i++)
			if (r->sets[i] == s)
				return true;
	return false;
}

/* Among the sets of one cloud's best pattern; in_range not NULL: only sets that it lists too. */
static void consider_pattern(struct candidate *best, const struct pattern *p, enum cloud cloud,
			     uint16_t port, const struct range *in_range)
{
	for (size_t i = 0; p && i < p->n_sets; i++) {
		const struct set *s = p->sets[i];

		if (s->cloud != cloud || (in_range && !lists_set(in_range, s)))
			continue;
		consider(best, (struct candidate){
			s, ports_have(&s->tcp, port) || ports_have(&s->udp, port), 0 });
	}
}

static struct candidate best_by_name(const struct by_cloud *found, uint16_t port,
				     const struct range *in_range)
{
	struct candidate best = { .set = NULL };

	for (unsigned cloud = 0; cloud < CLOUDS; cloud++)
		consider_pattern(&best, found->best[cloud], cloud, port, in_range);
	return best;
}

bool m365_by_name(const struct m365 *m, struct slice name, uint16_t port, struct service *ret)
{
	struct by_cloud found = { { NULL } };
	struct candidate best;

	names_find(m->names, name, keep_most_specific, &found);
	best = best_by_name(&found, port, NULL);
	if (best.set == NULL)
		return false;
	*ret = service_of(&best, MATCH_NAME);
	return true;
}

/* Forgets the clouds that the address is not in, unless that would leave none. */
static void keep_clouds(struct by_cloud *found, const struct range *r)
{
	struct by_cloud kept = { { NULL } };
	bool any = false;

	for (; r; r = r->outer)
		for (size_t i = 0; i < r->n; i++) {
			enum cloud cloud = r->sets[i]->cloud;

			kept.best[cloud] = found->best[cloud];
			any = any || found->best[cloud];
		}
	if (any)
		*found = kept;
}

static struct candidate preferred(struct candidate by_addr, struct candidate by_name)
{
	if (by_addr.listed != by_name.listed)
		return by_addr.listed ? by_addr : by_name;
	if (by_name.set->category != CATEGORY_DEFAULT ||
	    by_addr.set->category == CATEGORY_DEFAULT)
		return by_name;
	return by_addr;
}

bool m365_match(const struct m365 *m, const struct addr *a, uint16_t port, struct slice name,
		struct service *ret)
{
	const struct range *r = a ? ranges_find(m->ranges, a) : NULL;
	struct by_cloud found = { { NULL } };
	struct candidate by_addr = best_by_addr(r, port, false), by_name, both;

	names_find(m->names, name, keep_most_specific, &found);
	keep_clouds(&found, r);
	by_name = best_by_name(&found, port, NULL);
	if (by_addr.set == NULL && by_name.set == NULL)
		return false;
	if (by_addr.set == NULL) {
		*ret = service_of(&by_name, MATCH_NAME);
	} else if (by_name.set == NULL) {
		*ret = service_of(&by_addr, MATCH_ADDRESS);
	} else {
		both = best_by_name(&found, port, r);
		if (both.set == NULL)
			both = preferred(by_addr, by_name);
		*ret = service_of(&both, MATCH_ADDRESS | MATCH_NAME);
	}
	return true;
}

static void keep_legacy_host(const struct pattern *p, void *context)
{
	const char **host = context;

	for (size_t i = 0; i < p->n_sets; i++)
		if (p->exact && p->sets[i]->legacy_tls)
			*host = p->text;
}

const char *m365_legacy_host(const struct m365 *m, struct slice name)
{
	const char *host = NULL;

	names_find(m->names, name, keep_legacy_host, &host);
	return host;
}

size_t m365_data_count(const struct m365 *m)
{
	return m->n_data;
}

const struct m365_data *m365_data(const struct m365 *m, size_t i)
{
	return &m->data[i];
}

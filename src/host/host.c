/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host: sightings are counted on the hosts that sent them and the culprits
 * they accuse.
 *
 * Nothing is sorted while sightings come in; asking for the lists does it.
 */
#include "host/host.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "host/accuse.h"
#include "host/count.h"
#include "host/fallback.h"
#include "host/gather.h"
#include "host/legs.h"

enum { HOSTS_MOST = 100000 };

struct kept_host {
	struct slot slot;
	struct host is;
	const struct finding **mine;	/* is.findings, while they are put there */
};

struct hosts {
	const struct ruleset *rules;
	struct sequences *sequences;	/* NULL: there are no rules */
	struct fallback *fallback;
	size_t most_sequences;
	struct pool hosts, findings;
	struct pool told;		/* findings of fallback_tell(), anew for each list */
	struct gather gather;
	struct map *stacks;		/* by id: struct known_stack */
	struct legs legs;
	struct accused accused;		/* proxies, by their legs */
	struct totals totals;
	bool sorted;			/* the lists below are those of all sightings so far */
	const struct finding **by_level;
	const struct finding **by_host;	/* what host.findings points into */
	const struct host **all;
	size_t nfindings, nhosts;
};

struct hosts *hosts_new(const struct hosts_options *o)
{
	struct hosts *h = xcalloc(1, sizeof(*h));
	size_t most = o && o->most ? o->most : HOSTS_MOST;

	h->rules = o ? o->rules : NULL;
	h->most_sequences = o ? o->sequences : 0;
	if (h->rules != NULL)
		h->sequences = sequences_new(h->rules, o->sequences);
	pool_init(&h->hosts, sizeof(struct kept_host), most, NULL);
	pool_init(&h->findings, sizeof(struct kept_finding), most, kept_finding_drop);
	pool_init(&h->told, sizeof(struct kept_finding), most, kept_finding_drop);
	h->fallback = fallback_new(most);
	gather_init(&h->gather);
	h->stacks = map_new();
	legs_init(&h->legs, o);
	return h;
}

static void forget_lists(struct hosts *h)
{
	free(h->by_level);
	free(h->by_host);
	free(h->all);
	h->by_level = h->by_host = NULL;
	h->all = NULL;
	h->sorted = false;
}

void hosts_renew(struct hosts *h, const struct ruleset *rules)
{
	forget_lists(h);
	gather_renew(&h->findings, rules);
	h->rules = h->legs.rules = rules;
	pool_done(&h->told);
	pool_init(&h->told, sizeof(struct kept_finding), h->findings.most, kept_finding_drop);
	sequences_free(h->sequences);
	h->sequences = sequences_new(rules, h->most_sequences);
}

void hosts_free(struct hosts *h)
{
	if (h == NULL)
		return;
	forget_lists(h);
	pool_done(&h->hosts);
	pool_done(&h->findings);
	pool_done(&h->told);
	fallback_free(h->fallback);
	gather_done(&h->gather);
	accused_free(&h->accused);
	legs_done(&h->legs);
	sequences_free(h->sequences);
	known_stacks_free(h->stacks);
	free(h);
}

/* ---- counting ------------------------------------------------------------------------ */

/* The place of a field's word in a list of n names; n: it is not there. */
static unsigned name_of(const struct sighting *s, enum field_id id, const char *const *names,
			unsigned n)
{
	const struct value *v = sighting_get(s, id);
	unsigned i = 0;

	if (!value_known(v))
		return n;
	while (i < n && !slice_is(v->bytes, names[i]))
		i++;
	return i;
}

enum grade sighting_grade(const struct sighting *s)
{
	unsigned i = name_of(s, FIELD_QUALITY, grade_names, GRADES);

	return i < GRADES ? (enum grade)i : GRADE_POOR;
}

enum result sighting_result(const struct sighting *s)
{
	return (enum result)name_of(s, FIELD_OUTCOME, result_names, RESULTS);
}

static void count_host(struct hosts *all, struct host *h, const struct sighting *s)
{
	unsigned area = name_of(s, FIELD_SERVICE_AREA, area_names, AREAS);
	enum result result = sighting_result(s);

	if (h->handshakes++ == 0) {
		h->ip = sighting_get(s, FIELD_CLIENT_IP)->addr;
		h->vlan = sighting_vlan(s);
		h->first = s->ts;
	}
	if (s->ts < h->first)
		h->first = s->ts;
	if (s->ts > h->last)
		h->last = s->ts;
	h->offered[sighting_rank(s, FIELD_OFFER_MAX)]++;
	h->negotiated[sighting_rank(s, FIELD_ANSWER_VERSION)]++;
	if (result < RESULTS)
		h->results[result]++;
	if (area < AREAS)
		h->areas |= (uint8_t)(1u << area);
	host_count_offer(h, s);
	host_count_stack(h, all->stacks, s);
	host_count_mac(h, s);
}

/* 1 + the highest level of the rules that accuse the host itself; 0: none does. */
static unsigned host_level(const struct sighting *s)
{
	unsigned level = 0;

	for (unsigned i = 0; i < s->nhits; i++)
		if (s->hits[i]->culprit == CULPRIT_HOST && s->hits[i]->level + 1u > level)
			level = s->hits[i]->level + 1u;
	return level;
}

static void on_chain(const struct chain *c, void *arg)
{
	struct hosts *h = arg;

	gather_chain(&h->gather, &h->findings, c);
}

void hosts_sighting(struct hosts *h, struct sighting *s)
{
	const struct value *ip = sighting_get(s, FIELD_CLIENT_IP);
	uint8_t key[POOL_KEY];
	struct slot *slot;

	forget_lists(h);
	fallback_see(h->fallback, s);
	if (h->rules != NULL)
		ruleset_judge_late(h->rules, s);
	if (h->sequences != NULL)
		sequences_see(h->sequences, s, on_chain, h);
	totals_count(&h->totals, s);
	legs_add(&h->legs, s);
	if (!value_known(ip))
		return;
	host_key(&ip->addr, sighting_vlan(s), key);
	slot = pool_touch(&h->hosts, key, host_level(s));
	if (slot != NULL)
		count_host(h, &((struct kept_host *)slot)->is, s);
	for (unsigned i = 0; i < s->nhits; i++)
		if (!rule_is_sequence(s->hits[i]))	/* those were gathered as chains */
			gather_hit(&h->gather, &h->findings, s->hits[i], s);
}

/* ---- telling ------------------------------------------------------------------------- */

static int worst_host_first(const void *a, const void *b)
{
	const struct host *x = *(const struct host *const *)a;
	const struct host *y = *(const struct host *const *)b;
	int level_x = x->nfindings ? (int)x->findings[0]->rule->level : -1;
	int level_y = y->nfindings ? (int)y->findings[0]->rule->level : -1;

	int order = level_x != level_y ? level_y - level_x : addr_cmp(&x->ip, &y->ip);

	return order != 0 ? order : (int)x->vlan - (int)y->vlan;
}

/* The host that a finding is about, or its path. */
static struct kept_host *host_by(const struct hosts *h, const struct finding *f)
{
	uint8_t key[POOL_KEY];

	host_key(&f->who, f->vlan, key);
	return (struct kept_host *)pool_find(&h->hosts, key);
}

static struct kept_host *host_of(const struct hosts *h, const struct finding *f)
{
	return f->rule->culprit == CULPRIT_HOST ? host_by(h, f) : NULL;
}

/* Whether a proxy is to blame for it, at that address or under it. */
static bool is_of_proxy(struct hosts *h, const struct finding *f)
{
	struct visits aliased = legs_aliased(&h->legs, &f->who);
	struct excuse e = {
		legs_proxy_at(&h->legs, &f->who),
		legs_proxy_at(&h->legs, &(struct addr){ { 0 } }),
		(uint64_t)aliased.low + aliased.high
	};

	return is_excused(f, &e, &h->accused);
}

/* What handshakes break, but for what a proxy is to blame for. */
static void list_pool(struct hosts *h, const struct pool *p)
{
	for (struct slot *s = pool_next(p, NULL); s; s = pool_next(p, s)) {
		struct kept_finding *kept = (struct kept_finding *)s;
		struct kept_host *host = host_of(h, &kept->is);

		kept->is.host = host ? &host->is : NULL;
		if (!is_of_proxy(h, &kept->is))
			h->by_level[h->nfindings++] = &kept->is;
	}
}

static void list_findings(struct hosts *h)
{
	const struct proxy *const *proxies;
	size_t n = hosts_proxies(h, &proxies);
	size_t most = h->told.most;

	pool_done(&h->told);
	pool_init(&h->told, sizeof(struct kept_finding), most, kept_finding_drop);
	fallback_gather(h->fallback, h->rules, &h->gather, &h->told);
	if (h->rules != NULL)
		accuse(h->rules, proxies, n, &h->accused);
	h->by_level = xcalloc(h->findings.n + h->told.n + h->accused.n, sizeof(struct finding *));
	h->nfindings = 0;
	list_pool(h, &h->findings);
	list_pool(h, &h->told);
	for (size_t i = 0; i < h->accused.n; i++)
		h->by_level[h->nfindings++] = &h->accused.v[i];
	qsort(h->by_level, h->nfindings, sizeof(struct finding *), worst_finding_first);
}

/* Gives each host its run of by_host: first the lengths, then the places and the entries. */
static void share_out(struct hosts *h)
{
	size_t used = 0;

	h->by_host = xcalloc(h->nfindings, sizeof(struct finding *));
	for (size_t i = 0; i < h->nfindings; i++) {
		struct kept_host *kept = host_of(h, h->by_level[i]);

		if (kept != NULL)
			kept->is.nfindings++;
	}
	for (size_t i = 0; i < h->nfindings; i++) {
		struct kept_host *kept = host_of(h, h->by_level[i]);

		if (kept == NULL)
			continue;
		if (kept->mine == NULL) {
			kept->is.findings = kept->mine = h->by_host + used;
			used += kept->is.nfindings;
			kept->is.nfindings = 0;
		}
		kept->mine[kept->is.nfindings++] = h->by_level[i];
	}
}

static void share_paths(struct hosts *h)
{
	for (size_t i = 0; i < h->nfindings; i++) {
		const struct finding *f = h->by_level[i];
		struct kept_host *kept = f->rule->culprit == CULPRIT_PATH ? host_by(h, f) : NULL;

		if (kept != NULL && kept->is.path_fix == NULL && f->nfixes > 0)
			kept->is.path_fix = f->fixes[0].fix;
	}
}

static void sort(struct hosts *h)
{
	struct host **all;

	if (h->sorted)
		return;
	forget_lists(h);
	all = xcalloc(h->hosts.n, sizeof(struct host *));
	h->nhosts = 0;
	for (struct slot *s = pool_next(&h->hosts, NULL); s; s = pool_next(&h->hosts, s)) {
		struct kept_host *kept = (struct kept_host *)s;

		kept->mine = NULL;
		kept->is.findings = NULL;
		kept->is.nfindings = 0;
		kept->is.path_fix = NULL;
		all[h->nhosts++] = &kept->is;
	}
	hosts_compare(all, h->nhosts);
	h->all = xcalloc(h->nhosts, sizeof(struct host *));
	memcpy(h->all, all, h->nhosts * sizeof(struct host *));
	list_findings(h);
	for (size_t i = 0; i < h->nhosts; i++)
		legs_mark(&h->legs, all[i]);
	free(all);
	share_out(h);
	share_paths(h);
	qsort(h->all, h->nhosts, sizeof(struct host *), worst_host_first);
	h->sorted = true;
}

size_t hosts_findings(struct hosts *h, const struct finding *const **ret)
{
	sort(h);
	*ret = h->by_level;
	return h->nfindings;
}

size_t hosts_all(struct hosts *h, const struct host *const **ret)
{
	sort(h);
	*ret = h->all;
	return h->nhosts;
}

size_t hosts_proxies(struct hosts *h, const struct proxy *const **ret)
{
	return legs_proxies(&h->legs, ret);
}

struct legs_state hosts_legs(const struct hosts *h)
{
	return (struct legs_state){ h->legs.let_go, h->legs.now.forgotten };
}

uint64_t hosts_forgotten(const struct hosts *h)
{
	return h->hosts.forgotten;
}

uint64_t hosts_fallbacks_forgotten(const struct hosts *h)
{
	return fallback_forgotten(h->fallback);
}

uint64_t hosts_findings_forgotten(const struct hosts *h)
{
	return h->findings.forgotten + h->told.forgotten;
}

uint64_t hosts_fixes_over(struct hosts *h)
{
	const struct finding *const *findings;
	size_t n = hosts_findings(h, &findings);
	uint64_t over = 0;

	for (size_t i = 0; i < n; i++)
		over += findings[i]->fixes_over;
	return over;
}

struct sequences_state hosts_sequences(const struct hosts *h)
{
	return h->sequences ? sequences_state(h->sequences) : (struct sequences_state){ 0 };
}

const struct totals *hosts_totals(const struct hosts *h)
{
	return &h->totals;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * accuse: proxies become findings.
 *
 * The rules on legs.* are judged once a proxy, on a sighting made of what its
 * legs come to.  The proxy stands in it as the server: that is how its clients
 * see it, and how rules and messages name it.
 */
#include "host/accuse.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

/* A sighting and what its values point to. */
struct brief {
	struct sighting s;
	uint8_t suites[LEG_ROLES][2 * HELLO_SUITES];
};

static struct value words_value(const char *s)
{
	struct value v = { .type = VALUE_TEXT };

	if (s == NULL || *s == '\0')
		return (struct value){ .type = VALUE_NONE };
	v.bytes = (struct slice){ (const uint8_t *)s, strlen(s) };
	return v;
}

static struct value number_value(enum value_type type, uint64_t n)
{
	return (struct value){ .type = type, .number = n };
}

static struct value set_value(uint64_t bits, const char *const *names)
{
	return (struct value){ .type = VALUE_SET, .number = bits, .names = names };
}

static struct value version_value(unsigned rank)
{
	static const uint16_t versions[] = { SSL2, SSL3, TLS1_0, TLS1_1, TLS1_2, TLS1_3 };

	for (unsigned i = 0; rank != 0 && i < sizeof(versions) / sizeof(versions[0]); i++)
		if (tls_version_rank(versions[i]) == rank)
			return number_value(VALUE_VERSION, versions[i]);
	return (struct value){ .type = VALUE_NONE };
}

/* A list that is longer than what is kept says nothing of what is not in it. */
static struct value suites_value(const struct population *p, uint8_t *room)
{
	struct value v = { .type = VALUE_CODES, .width = 2 };

	if (p->nsuites == 0 || p->short_lists)
		return (struct value){ .type = VALUE_NONE };
	for (unsigned i = 0; i < p->nsuites; i++) {
		room[2 * i] = (uint8_t)(p->suites[i] >> 8);
		room[2 * i + 1] = (uint8_t)p->suites[i];
	}
	v.bytes = (struct slice){ room, 2u * p->nsuites };
	return v;
}

static struct value classes_value(const struct population *p)
{
	uint64_t classes = 0;

	if (p->nsuites == 0 || p->short_lists)
		return (struct value){ .type = VALUE_NONE };
	for (unsigned i = 0; i < p->nsuites; i++)
		classes |= tls_cipher_classes(p->suites[i], HELLO_TLS);
	return set_value(classes, tls_class_names);
}

/* The highest of what goes out; where it lowers, of what was lowered. */
static unsigned upstream_max(const struct proxy *p)
{
	unsigned rank = tls_version_rank(TLS1_2) - 1;

	if (p->verdict != LEGS_LOWERS)
		return population_max(&p->legs[LEG_UPSTREAM]);
	while (rank > 0 && p->legs[LEG_UPSTREAM].offered[rank] == 0)
		rank--;
	return rank;
}

static unsigned client_max(const struct proxy *p)
{
	unsigned rank = population_max(&p->legs[LEG_CLIENT]);

	return rank ? rank : population_max(&p->through);	/* rewritten hellos */
}

static unsigned sides_of(const struct proxy *p)
{
	return (p->legs[LEG_CLIENT].legs + p->through.legs > 0 ? 1u : 0) |
	       (p->nested + p->tunnelled > 0 ? 2u : 0);
}

static void put_ends(struct sighting *s, const struct proxy *p)
{
	struct value ip = { .type = VALUE_ADDR, .addr = p->ip };

	sighting_learn(s, FIELD_LEGS_PROXY, ip);
	sighting_learn(s, FIELD_SERVER_IP, ip);
	if (p->nports > 0)
		sighting_learn(s, FIELD_SERVER_PORT, number_value(VALUE_NUMBER, p->ports[0]));
	sighting_learn(s, FIELD_SERVER_NAME, words_value(p->name));
	sighting_learn(s, FIELD_SERVICE_AREA, words_value(p->area));
}

static void put_facts(struct brief *b, const struct proxy *p)
{
	const struct population *in = &p->legs[LEG_CLIENT], *out = &p->legs[LEG_UPSTREAM];
	const struct { enum field_id id; struct value v; } facts[] = {
		{ FIELD_LEGS_VERDICT, words_value(legs_verdict_names[p->verdict]) },
		{ FIELD_LEGS_CONFIDENCE, words_value(confidence_names[p->confidence]) },
		{ FIELD_LEGS_SEEN, set_value(sides_of(p), legs_side_names) },
		{ FIELD_LEGS_RECOGNISED, set_value(p->recognised, legs_recognised_names) },
		{ FIELD_LEGS_PROOFS, set_value(p->proofs, legs_proof_names) },
		{ FIELD_LEGS_CLIENTS, number_value(VALUE_NUMBER, p->clients) },
		{ FIELD_LEGS_MASKED, number_value(VALUE_NUMBER, p->masked) },
		{ FIELD_LEGS_CLIENT_MAX, version_value(client_max(p)) },
		{ FIELD_LEGS_UPSTREAM_MAX, version_value(upstream_max(p)) },
		{ FIELD_LEGS_CLIENT_SUITES, suites_value(in, b->suites[LEG_CLIENT]) },
		{ FIELD_LEGS_UPSTREAM_SUITES, suites_value(out, b->suites[LEG_UPSTREAM]) },
		{ FIELD_LEGS_UPSTREAM_CLASSES, classes_value(out) },
		{ FIELD_LEGS_REFUSED, number_value(VALUE_NUMBER, out->refused) },
		{ FIELD_LEGS_LOW_ANSWERS, number_value(VALUE_NUMBER, p->low_answers) },
		{ FIELD_LEGS_ISSUER, words_value(p->issuer) },
		{ FIELD_STACK_ID, words_value(out->nstacks == 1 ? out->stacks[0] : NULL) },
	};

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		sighting_learn(&b->s, facts[i].id, facts[i].v);
}

static struct finding *grow(struct accused *a)
{
	if (a->n == a->cap) {
		a->cap = a->cap ? 2 * a->cap : 8;
		a->v = xrealloc(a->v, a->cap * sizeof(*a->v));
	}
	a->v[a->n] = (struct finding){ .count = 0 };
	return &a->v[a->n++];
}

static void add(struct accused *a, const struct rule *rule, const struct proxy *p,
		const struct sighting *s)
{
	const struct fix *fix = rule_fix(rule, s);
	struct finding *f = grow(a);
	struct buf message = { 0 };

	rule_message(rule, s, &message);
	f->rule = rule;
	f->proxy = p;
	f->who = p->ip;
	f->port = p->nports == 1 ? p->ports[0] : 0;
	f->message = xstrdup(buf_text(&message));
	f->first = p->first;
	f->last = p->last;
	f->vlan = VLAN_NONE;
	f->most = CONFIDENCE_HIGH;
	f->count = p->legs[LEG_UPSTREAM].legs;
	if (f->count == 0)
		f->count = p->legs[LEG_CLIENT].legs + p->through.legs;
	if (fix != NULL)
		f->fixes[f->nfixes++] = (struct called_for){ fix, f->count };
	while (f->nevidence < EVIDENCE_MOST && f->nevidence < p->nexamples) {
		f->evidence[f->nevidence] = p->examples[LEG_CLIENT][f->nevidence];
		f->nevidence++;
	}
	buf_done(&message);
}

/* Rules that match without any leg were judged with the handshakes. */
static bool is_of_legs(const struct rule *rule, const struct sighting *empty)
{
	for (unsigned i = 0; i < empty->nhits; i++)
		if (empty->hits[i] == rule)
			return false;
	return true;
}

void accuse(const struct ruleset *rules, const struct proxy *const *proxies, size_t n,
	    struct accused *ret)
{
	struct brief *b = xcalloc(2, sizeof(*b)), *empty = b + 1;

	accused_free(ret);
	ruleset_judge_late(rules, &empty->s);
	for (size_t i = 0; i < n; i++) {
		memset(b, 0, sizeof(*b));
		b->s.ts = proxies[i]->first;
		b->s.ts_end = proxies[i]->last;
		put_ends(&b->s, proxies[i]);
		put_facts(b, proxies[i]);
		ruleset_judge_late(rules, &b->s);
		for (unsigned k = 0; k < b->s.nhits; k++)
			if (is_of_legs(b->s.hits[k], &empty->s))
				add(ret, b->s.hits[k], proxies[i], &b->s);
	}
	free(b);
}

void accused_free(struct accused *a)
{
	for (size_t i = 0; i < a->n; i++)
		free((void *)(uintptr_t)a->v[i].message);
	free(a->v);
	*a = (struct accused){ .n = 0 };
}

static bool is_accused(const struct proxy *p, const struct accused *a)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->v[i].proxy == p && a->v[i].rule->level >= LEVEL_LOW)
			return true;
	return false;
}

/* Hellos passed on are told of at those who sent them, and answers at those who gave them. */
static bool is_mere_tunnel(const struct proxy *p)
{
	return p->verdict == LEGS_TUNNELS && p->rewritten == 0 && p->nested == 0;
}

bool is_excused(const struct finding *f, const struct excuse *e, const struct accused *a)
{
	const struct proxy *p = e->at;

	if (f->rule->culprit == CULPRIT_SERVER ||
	    (f->rule->culprit == CULPRIT_PROXY && f->rule->level == LEVEL_LOW))
		return p != NULL && f->count <= p->tunnelled + p->low_answers &&
		       (is_mere_tunnel(p) || is_accused(p, a));
	if (f->rule->culprit != CULPRIT_HOST)
		return false;
	if (e->hidden != NULL && f->count <= e->aliased && is_accused(e->hidden, a))
		return true;
	if (p == NULL || p->alone > 0 || f->count > p->explained[0] ||
	    p->confidence == CONFIDENCE_LOW)
		return false;
	return is_mere_tunnel(p) || is_accused(p, a);
}

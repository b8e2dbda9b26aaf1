/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: rules that say nothing which an earlier one of their file did not say.
 *
 * A rule is looked up like a handshake, one made up so that the rule matches:
 * only what that breaks too can shadow it, and only that is put to the proof.
 */
#include <stdlib.h>
#include <string.h>

#include "rule/pins.h"
#include "rule/together.h"

bool group_implied(const struct group *when, const struct group *also, const struct group *g)
{
	for (size_t i = 0; i < g->n; i++) {
		struct together t;

		t.n = 0;
		together_add(&t, when, g->tests[i].field);
		together_add(&t, also, g->tests[i].field);
		if (!tests_imply(t.v, t.n, &g->tests[i]))
			return false;
	}
	return true;
}

/* Whether one of n groups is implied. */
static bool one_implied(const struct group *when, const struct group *also,
			const struct group *groups, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (group_implied(when, also, &groups[i]))
			return true;
	return false;
}

static bool any_covered(const struct rule_code *wide, const struct rule_code *narrow)
{
	if (wide->nany == 0)
		return true;
	if (narrow->nany == 0)
		return one_implied(&narrow->when, NULL, wide->any, wide->nany);
	for (size_t i = 0; i < narrow->nany; i++)
		if (!one_implied(&narrow->when, &narrow->any[i], wide->any, wide->nany))
			return false;
	return true;
}

/* Whether what makes the wide rule keep silent makes the narrow one silent too. */
static bool unless_covered(const struct rule_code *wide, const struct rule_code *narrow)
{
	for (size_t i = 0; i < wide->nunless; i++)
		if (!one_implied(&wide->unless[i], NULL, narrow->unless, narrow->nunless))
			return false;
	return true;
}

static bool same_keys(const struct sequence *a, const struct sequence *b)
{
	size_t common = 0;

	for (size_t i = 0; i < a->nby; i++)
		for (size_t k = 0; k < b->nby; k++)
			common += a->by[i] == b->by[k];
	return common == a->nby && common == b->nby;
}

/* Step by step, with the same keys and no less time. */
static bool sequence_covers(const struct sequence *wide, const struct sequence *narrow)
{
	bool covered = wide->n == narrow->n && wide->within >= narrow->within &&
		       same_keys(wide, narrow) && unless_covered(&wide->unless, &narrow->unless);

	for (unsigned i = 0; i < wide->n && covered; i++)
		covered = group_implied(&narrow->steps[i].when, NULL, &wide->steps[i].when) &&
			  wide->ends[i] <= narrow->ends[i];
	return covered;
}

static bool covers(const struct rule_code *wide, const struct rule_code *narrow)
{
	if (wide->sequence != NULL || narrow->sequence != NULL)
		return wide->sequence != NULL && narrow->sequence != NULL &&
		       sequence_covers(wide->sequence, narrow->sequence);
	return group_implied(&narrow->when, NULL, &wide->when) && any_covered(wide, narrow) &&
	       unless_covered(wide, narrow);
}

/* ---- looking for one ---------------------------------------------------------------------- */

/* What a rule asks first of a handshake. */
static const struct group *group_of(const struct rule *rule)
{
	const struct sequence *q = rule->code->sequence;

	return q ? &q->steps[0].when : &rule->code->when;
}

/* A handshake that fulfils a group, as far as one was found. */
struct sample {
	struct arena arena;
	struct value values[FIELDS];	/* each with a view to its own field alone */
	bool asked[FIELDS], wild[FIELDS];	/* wild: asked, and no value was found */
};

static void sample_init(struct sample *s, const struct group *g)
{
	memset(s, 0, sizeof(*s));
	for (size_t i = 0; i < g->n; i++) {
		enum field_id field = g->tests[i].field;
		struct together t;

		if (s->asked[field])
			continue;
		t.n = 0;
		together_add(&t, g, field);
		s->asked[field] = true;
		s->values[field] = tests_sample(&s->arena, t.v, t.n);
		s->wild[field] = !value_known(&s->values[field]);
	}
}

/* Whether the sample fulfils g: else no group can imply it that the sample was made of. */
static bool may_imply(const struct sample *s, const struct group *g)
{
	static const struct value nothing[FIELDS];

	for (size_t i = 0; i < g->n; i++) {
		const struct test *t = &g->tests[i];

		if (!s->asked[t->field])
			return false;
		if (!t->compares && !s->wild[t->field] &&
		    !test_holds_on(t, &s->values[t->field], nothing))
			return false;
	}
	return true;
}

static bool shadows(const struct rule *wide, const struct rule *narrow, const struct sample *s)
{
	return wide->culprit == narrow->culprit && wide->level == narrow->level &&
	       may_imply(s, group_of(wide)) && covers(wide->code, narrow->code);
}

/* The first of the file's rules up to the i-th that shadows it; NULL: none does. */
static const struct rule *shadow_of(const struct loader *l, const struct pins *pins,
				    struct sample *s, size_t i, uint64_t *asked)
{
	struct rule **rules = l->set->rules + l->first;
	const struct rule *found = NULL;

	sample_init(s, group_of(rules[i]));
	pins_find(pins, s->values, s->wild, asked);
	for (size_t k = 0; k < i && found == NULL; k++) {
		if (asked[k / 64] == 0)
			k |= 63;	/* none of these */
		else if ((asked[k / 64] >> k % 64 & 1) && shadows(rules[k], rules[i], s))
			found = rules[k];
	}
	arena_done(&s->arena);
	return found;
}

void shadows_check(struct loader *l)
{
	size_t n = l->set->n - l->first;
	const struct group **groups = xcalloc(n + 1, sizeof(*groups));
	uint64_t *asked = xcalloc(n / 64 + 1, sizeof(*asked));
	struct sample *s = xcalloc(1, sizeof(*s));
	struct rule **rules = l->set->rules + l->first;
	struct pins *pins;

	for (size_t i = 0; i < n; i++)
		groups[i] = group_of(rules[i]);
	pins = pins_new(groups, n);
	for (size_t i = 1; i < n; i++) {
		const struct rule *wide = shadow_of(l, pins, s, i, asked);

		if (wide != NULL)
			rule_say(l, l->ids[i], "\"%s\" is shadowed by \"%s\" at line %u: what "
				 "breaks it breaks that one too, with the same culprit and level",
				 rules[i]->id, wide->id, wide->line);
	}
	pins_free(pins);
	free(asked);
	free(groups);
	free(s);
}

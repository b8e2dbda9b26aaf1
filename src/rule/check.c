/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: rules that can be seen to be wrong without any traffic.
 *
 * Only what is proven is an error; each question is put to the tests on one
 * field at a time.
 */
#include <string.h>

#include "rule/code.h"

/* Tests on one field, of up to two groups that must both hold. */
struct together {
	const struct test *v[TESTS_MOST + 1];
	size_t n;
};

static void gather(struct together *to, const struct group *g, enum field_id field)
{
	for (size_t i = 0; g != NULL && i < g->n; i++)
		if (g->tests[i].field == field)
			to->v[to->n++] = &g->tests[i];
}

static void say_contradiction(struct loader *l, const struct together *t)
{
	struct buf words = { 0 };

	for (size_t i = 0; i < t->n; i++) {
		buf_puts(&words, i > 0 ? ", and " : "");
		test_words(&words, t->v[i]);
	}
	rule_say_test(l, t->v[t->n - 1], "cannot match: never is it true that %s",
		      buf_text(&words));
	buf_done(&words);
}

/* Each field of g once, with what `when` (or NULL) says of it. */
static bool contradictions(struct loader *l, const struct group *when, const struct group *g)
{
	bool sound = true;

	for (size_t i = 0; i < g->n; i++) {
		struct together t = { .n = 0 };
		enum field_id field = g->tests[i].field;

		gather(&t, g, field);
		if (t.v[0] != &g->tests[i])
			continue;	/* done when this field first stood here */
		t.n = 0;
		gather(&t, when, field);
		gather(&t, g, field);
		if (tests_contradict(t.v, t.n)) {
			say_contradiction(l, &t);
			sound = false;
		}
	}
	return sound;
}

/* Whether every test of g holds provably whenever both other groups (or NULL) do. */
static bool implied(const struct group *when, const struct group *also, const struct group *g)
{
	for (size_t i = 0; i < g->n; i++) {
		struct together t = { .n = 0 };

		gather(&t, when, g->tests[i].field);
		gather(&t, also, g->tests[i].field);
		if (!tests_imply(t.v, t.n, &g->tests[i]))
			return false;
	}
	return true;
}

void code_check(struct loader *l, const struct rule_code *c, const char *when)
{
	bool sound = contradictions(l, NULL, &c->when);

	for (size_t i = 0; i < c->nany && sound; i++)
		contradictions(l, &c->when, &c->any[i]);
	for (size_t i = 0; i < c->nunless; i++) {
		const struct group *g = &c->unless[i];

		contradictions(l, NULL, g);
		if (implied(&c->when, NULL, g))
			rule_say_test(l, g->tests, "cannot match: this `unless` holds whenever "
				      "%s does", when);
	}
}

/*
 * A field of `by` is known and the same in all steps: what they ask of it must
 * hold together.
 */
static void check_by(struct loader *l, const struct sequence *q, enum field_id field)
{
	struct test known = { .field = field, .type = fields[field].type, .op = OP_EXISTS,
			      .exists = true };
	struct together t = { .v = { &known }, .n = 1 };
	struct buf words = { 0 };

	for (unsigned i = 0; i < q->n; i++)
		gather(&t, &q->steps[i].when, field);
	if (t.n == 1 || !tests_contradict(t.v, t.n))
		return;
	for (size_t i = 1; i < t.n; i++) {
		buf_puts(&words, i > 1 ? ", and " : "");
		test_words(&words, t.v[i]);
	}
	rule_say_test(l, t.v[t.n - 1], "cannot match: %s is known and the same in all steps (it is "
		      "in `by`), and never is it true that %s", fields[field].name,
		      buf_text(&words));
	buf_done(&words);
}

void sequence_check(struct loader *l, const struct sequence *q)
{
	struct rule_code last = q->unless;
	size_t before = l->mistakes;

	for (unsigned i = 0; i + 1 < q->n; i++)
		code_check(l, &q->steps[i], "the step");
	last.when = q->steps[q->n - 1].when;
	code_check(l, &last, "the last step");
	for (size_t i = 0; i < q->nby && l->mistakes == before; i++)
		check_by(l, q, q->by[i]);
}

/* ---- shadows ----------------------------------------------------------------------------- */

/* Whether one of n groups is implied. */
static bool one_implied(const struct group *when, const struct group *also,
			const struct group *groups, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (implied(when, also, &groups[i]))
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
		covered = implied(&narrow->steps[i].when, NULL, &wide->steps[i].when) &&
			  wide->ends[i] <= narrow->ends[i];
	return covered;
}

static bool covers(const struct rule_code *wide, const struct rule_code *narrow)
{
	if (wide->sequence != NULL || narrow->sequence != NULL)
		return wide->sequence != NULL && narrow->sequence != NULL &&
		       sequence_covers(wide->sequence, narrow->sequence);
	return implied(&narrow->when, NULL, &wide->when) && any_covered(wide, narrow) &&
	       unless_covered(wide, narrow);
}

void shadow_check(struct loader *l, const struct node *at, const struct rule *rule)
{
	for (size_t i = l->first; i < l->set->n; i++) {
		const struct rule *earlier = l->set->rules[i];

		if (earlier->culprit != rule->culprit || earlier->level != rule->level ||
		    !covers(earlier->code, rule->code))
			continue;
		rule_say(l, at, "\"%s\" is shadowed by \"%s\" at line %u: what breaks it breaks "
			 "that one too, with the same culprit and level", rule->id, earlier->id,
			 earlier->line);
		return;
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: rules that can be seen to be wrong without any traffic.
 *
 * Only what is proven is an error; each question is put to the tests on one
 * field at a time.
 */
#include <string.h>

#include "rule/together.h"

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
		struct together t;
		enum field_id field = g->tests[i].field;

		t.n = 0;
		together_add(&t, g, field);
		if (t.v[0] != &g->tests[i])
			continue;	/* done when this field first stood here */
		t.n = 0;
		together_add(&t, when, field);
		together_add(&t, g, field);
		if (tests_contradict(t.v, t.n)) {
			say_contradiction(l, &t);
			sound = false;
		}
	}
	return sound;
}

void code_check(struct loader *l, const struct rule_code *c, const char *when)
{
	bool sound = contradictions(l, NULL, &c->when);

	for (size_t i = 0; i < c->nany && sound; i++)
		contradictions(l, &c->when, &c->any[i]);
	for (size_t i = 0; i < c->nunless; i++) {
		const struct group *g = &c->unless[i];

		contradictions(l, NULL, g);
		if (group_implied(&c->when, NULL, g))
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
	struct buf words = { 0 };
	struct together t;

	t.v[0] = &known;
	t.n = 1;
	for (unsigned i = 0; i < q->n; i++)
		together_add(&t, &q->steps[i].when, field);
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

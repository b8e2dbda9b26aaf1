/* SPDX-License-Identifier: Apache-2.0 */
/*
 * together: tests on one field that must all hold.  Private to the room.
 */
#ifndef RULE_TOGETHER_H
#define RULE_TOGETHER_H

#include "rule/code.h"

/* Of several groups; what lies behind n is not set. */
struct together {
	const struct test *v[TESTS_MOST + 1];
	size_t n;
};

static inline void together_add(struct together *to, const struct group *g, enum field_id field)
{
	for (size_t i = 0; g != NULL && i < g->n; i++)
		if (g->tests[i].field == field)
			to->v[to->n++] = &g->tests[i];
}

/* Whether every test of g holds provably whenever both other groups (or NULL) do. */
bool group_implied(const struct group *when, const struct group *also, const struct group *g);

#endif

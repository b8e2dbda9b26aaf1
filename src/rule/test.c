/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: the tests that stand in the rule files themselves.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "rule/code.h"

/* The handshakes in the order they stand in, each over as soon as it begins. */
static bool sequence_fires(const struct rule *rule, const struct trial *t)
{
	struct sequences *q = sequences_of(rule);
	struct sighting *s = xcalloc(1, sizeof(*s));
	bool fires = false;

	for (size_t i = 0; i < t->n; i++) {
		s->ts = s->ts_end = NS_PER_SECOND + t->moments[i].at;
		s->nhits = s->hits_over = 0;
		memcpy(s->values, t->moments[i].values, sizeof(s->values));
		sequences_see(q, s, NULL, NULL);
		fires |= s->nhits > 0;
	}
	free(s);
	sequences_free(q);
	return fires;
}

static bool trial_fires(const struct rule *rule, const struct trial *t)
{
	if (rule->code->sequence != NULL)
		return sequence_fires(rule, t);
	return code_fires(rule->code, t->moments->values);
}

unsigned ruleset_test(const struct ruleset *r, FILE *to, unsigned *ret_run)
{
	unsigned failed = 0;

	*ret_run = 0;
	for (size_t i = 0; i < r->n; i++) {
		const struct rule *rule = r->rules[i];

		for (size_t k = 0; k < rule->code->ntrials; k++) {
			const struct trial *t = &rule->code->trials[k];

			++*ret_run;
			if (trial_fires(rule, t) == t->fires)
				continue;
			failed++;
			fprintf(to, "%s:%u:%u: rule \"%s\" %s\n", rule->file, t->line, t->col,
				rule->id, t->fires ? "does not match; expected match" :
				"matches; expected none");
		}
	}
	return failed;
}

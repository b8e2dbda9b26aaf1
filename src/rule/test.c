/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: the tests that stand in the rule files themselves.
 */
#include "rule/code.h"

unsigned ruleset_test(const struct ruleset *r, FILE *to, unsigned *ret_run)
{
	unsigned failed = 0;

	*ret_run = 0;
	for (size_t i = 0; i < r->n; i++) {
		const struct rule *rule = r->rules[i];

		for (size_t k = 0; k < rule->code->ntrials; k++) {
			const struct trial *t = &rule->code->trials[k];

			++*ret_run;
			if (code_fires(rule->code, t->values) == t->fires)
				continue;
			failed++;
			fprintf(to, "%s:%u:%u: rule \"%s\" %s\n", rule->file, t->line, t->col,
				rule->id, t->fires ? "does not match; expected match" :
				"matches; expected none");
		}
	}
	return failed;
}

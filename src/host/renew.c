/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host: findings are carried over to rules that were loaded anew.
 */
#include <string.h>

#include "host/gather.h"

/* The fixes of the same names, in the order they had. */
static void renew_fixes(struct finding *f, const struct ruleset *rules)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < f->nfixes; i++) {
		const struct fix *fix = ruleset_fix(rules, f->fixes[i].fix->id);

		if (fix != NULL)
			f->fixes[kept++] = (struct called_for){ fix, f->fixes[i].count };
	}
	f->nfixes = kept;
}

static void carry_over(struct pool *to, struct kept_finding *from, const struct ruleset *rules)
{
	const struct rule *rule = ruleset_find(rules, from->is.rule->id);
	uint8_t key[POOL_KEY];
	struct slot *slot;

	if (rule == NULL)
		return;
	memcpy(key, from->slot.key, sizeof(key));
	memcpy(key + FINDING_KEY_RULE, &rule, sizeof(const struct rule *));
	slot = pool_touch(to, key, rule->level + 1u);
	if (slot == NULL)
		return;
	((struct kept_finding *)slot)->is = from->is;
	from->is = (struct finding){ .rule = rule };	/* what it owned has moved */
	((struct kept_finding *)slot)->is.rule = rule;
	renew_fixes(&((struct kept_finding *)slot)->is, rules);
}

void gather_renew(struct pool *findings, const struct ruleset *rules)
{
	struct pool fresh;

	pool_init(&fresh, findings->size, findings->most, findings->drop);
	fresh.forgotten = findings->forgotten;
	for (unsigned level = 0; level < POOL_LEVELS; level++)
		for (struct slot *s = findings->oldest[level]; s != NULL; s = s->newer)
			carry_over(&fresh, (struct kept_finding *)s, rules);
	pool_done(findings);
	*findings = fresh;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: a handshake before the rules.
 *
 * Those whose pins it lacks are not asked.  Twice: by what it shows itself, and
 * when late facts are there by the rules that ask for them.
 */
#include <stdlib.h>

#include "rule/pins.h"

static unsigned lowest_bit(uint64_t set)
{
	return (unsigned)__builtin_ctzll(set);
}

/* Rules of one phase, in the order of loading. */
struct phase {
	const struct rule **rules;
	size_t n;
	struct pins *pins;
};

static struct phase *phase_new(const struct ruleset *r, bool late)
{
	struct phase *p = xcalloc(1, sizeof(*p));
	const struct group **groups = xcalloc(r->n + 1, sizeof(*groups));

	p->rules = xcalloc(r->n + 1, sizeof(struct rule *));
	for (size_t i = 0; i < r->n; i++) {
		const struct rule_code *code = r->rules[i]->code;

		if (code->late != late || code->sequence != NULL)
			continue;
		groups[p->n] = &code->when;
		p->rules[p->n++] = r->rules[i];
	}
	p->pins = pins_new(groups, p->n);
	free(groups);
	return p;
}

static void phase_free(struct phase *p)
{
	if (p == NULL)
		return;
	pins_free(p->pins);
	free(p->rules);
	free(p);
}

void phases_prepare(struct ruleset *r)
{
	r->early = phase_new(r, false);
	r->late = phase_new(r, true);
}

void phases_free(struct ruleset *r)
{
	phase_free(r->early);
	phase_free(r->late);
}

static void judge(const struct phase *p, struct sighting *s)
{
	uint64_t asked[PINS_WORDS];

	pins_find(p->pins, s->values, NULL, asked);
	for (size_t word = 0; word <= p->n / 64; word++)
		for (uint64_t left = asked[word]; left != 0; left &= left - 1) {
			const struct rule *rule = p->rules[64 * word + lowest_bit(left)];

			if (code_fires(rule->code, s->values))
				sighting_hit(s, rule);
		}
}

void ruleset_judge(const struct ruleset *r, struct sighting *s)
{
	judge(r->early, s);
}

void ruleset_judge_late(const struct ruleset *r, struct sighting *s)
{
	judge(r->late, s);
}

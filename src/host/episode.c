/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host: episodes of failing and falling back become findings.
 *
 * A rule may have matched the handshake when it came.  Only what it matches for
 * what the whole story came to is a finding here.
 */
#include "host/fallback.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "host/gather.h"

struct gathering {
	const struct ruleset *rules;
	struct gather *gather;
	struct pool *findings;
};

static bool is_among(const struct rule *const *rules, unsigned n, const struct rule *rule)
{
	for (unsigned i = 0; i < n; i++)
		if (rules[i] == rule)
			return true;
	return false;
}

/* Of several services' stories the one whose facts allow most is the finding's. */
static void add_story(struct finding *f, const struct episode *e)
{
	bool first = f->story == NULL;

	if (!first && e->most <= f->most)
		return;
	free((void *)(uintptr_t)f->story);
	f->story = xstrdup(e->because);
	f->most = e->most;
}

static void gather_episode(const struct episode *e, void *arg)
{
	const struct gathering *g = arg;
	const struct rule *before[SIGHTING_HITS];
	struct sighting *s = e->step;
	unsigned nbefore;

	ruleset_judge_late(g->rules, s);
	nbefore = s->nhits;
	memcpy(before, s->hits, sizeof(before));
	s->nhits = 0;
	for (unsigned i = 0; i < STORY_FACTS; i++)
		sighting_learn(s, e->story[i].field, e->story[i].value);
	ruleset_judge_late(g->rules, s);
	for (unsigned i = 0; i < s->nhits; i++) {
		struct chain c = { .rule = s->hits[i] };
		struct finding *f;

		if (is_among(before, nbefore, s->hits[i]))
			continue;
		c.again[0] = e->again;
		if (e->other)
			c.steps[c.n++] = e->other;
		c.steps[c.n++] = s;
		f = gather_chain(g->gather, g->findings, &c);
		if (f != NULL)
			add_story(f, e);
	}
}

void fallback_gather(const struct fallback *f, const struct ruleset *rules, struct gather *g,
		     struct pool *ret)
{
	struct gathering to = { rules, g, ret };

	if (rules != NULL)
		fallback_tell(f, gather_episode, &to);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watched: is there a chain through this handshake?
 *
 * If there is, the one found is the shortest: going back each step takes the
 * latest handshake that fits, going on the one that is over first, and neither
 * leaves less room for the others than another choice would.
 */
#include "rule/watched.h"

#include "rule/code.h"

/* When the next step may begin at the earliest. */
static uint64_t ready(const struct sequence *is, unsigned step, struct span s)
{
	return is->ends[step] && s.ends > s.begins ? s.ends : s.begins + 1;
}

static struct span span_of(const struct brief *b)
{
	return (struct span){ b->ts, b->ts_end };
}

/*
 * For the step before: the latest that was over by then, since it leaves the
 * most room for those before it.
 */
static bool find_before(const struct watched *w, unsigned step, uint64_t begins,
			unsigned *ret)
{
	const struct sequence *is = w->rule->code->sequence;
	const struct fits *f = &w->steps[step];

	for (unsigned i = f->n; i-- > 0;)
		if (ready(is, step, span_of(f->v[i])) <= begins) {
			*ret = i;
			return true;
		}
	return false;
}

/* For the step after: the one that lets the next begin earliest; of the last, the earliest. */
static bool find_after(const struct watched *w, unsigned step, uint64_t from, unsigned *ret)
{
	const struct sequence *is = w->rule->code->sequence;
	const struct fits *f = &w->steps[step];
	uint64_t least = UINT64_MAX;
	bool found = false;

	for (unsigned i = 0; i < f->n; i++) {
		struct span s = span_of(f->v[i]);
		uint64_t then = step + 1 == is->n ? s.begins : ready(is, step, s);

		if (s.begins < from || then >= least)
			continue;
		least = then;
		*ret = i;
		found = true;
	}
	return found;
}

bool watched_chain(const struct watched *w, unsigned at, struct span mine,
		   unsigned ret[static SEQUENCE_STEPS])
{
	const struct sequence *is = w->rule->code->sequence;
	uint64_t first = mine.begins, last = mine.begins, from = ready(is, at, mine);

	for (unsigned i = at; i-- > 0;) {
		if (!find_before(w, i, first, &ret[i]))
			return false;
		first = w->steps[i].v[ret[i]]->ts;
	}
	for (unsigned i = at + 1; i < is->n; i++) {
		if (!find_after(w, i, from, &ret[i]))
			return false;
		last = w->steps[i].v[ret[i]]->ts;
		from = ready(is, i, span_of(w->steps[i].v[ret[i]]));
	}
	return last - first <= is->within;
}

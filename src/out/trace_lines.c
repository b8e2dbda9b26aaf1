/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace: the lines of a story: what one packet showed, from all legs in order of time.
 */
#include "out/trace_say.h"

/* The leg whose next event is the earliest; st->nlegs: all are over. */
static unsigned earliest(const struct story *st, const unsigned at[static TRACE_LEGS])
{
	unsigned best = st->nlegs;

	for (unsigned leg = 0; leg < st->nlegs; leg++) {
		const struct sighting *s = st->leg[leg];

		if (at[leg] < s->nevents && (best == st->nlegs || s->events[at[leg]].ts <
					     st->leg[best]->events[at[best]].ts))
			best = leg;
	}
	return best;
}

static bool is_same_packet(const struct event *a, const struct event *b)
{
	return a->frame == b->frame && a->side == b->side && a->elsewhere == b->elsewhere &&
	       a->ts == b->ts;
}

bool story_next(const struct story *st, struct story_walk *w, struct story_line *ret)
{
	unsigned leg = earliest(st, w->at);
	const struct sighting *s;

	if (leg == st->nlegs)
		return false;
	s = st->leg[leg];
	*ret = (struct story_line){ .leg = leg, .events = &s->events[w->at[leg]] };
	do {
		ret->n++;
		w->at[leg]++;
	} while (w->at[leg] < s->nevents && is_same_packet(ret->events, &s->events[w->at[leg]]));
	ret->since_start = ret->events->ts - trace_begin(st->leg[0]);
	if (ret->events->ts < trace_begin(st->leg[0]))
		ret->since_start = 0;
	ret->since_last = w->begun ? ret->events->ts - w->last : 0;
	w->begun = true;
	w->last = ret->events->ts;
	return true;
}

/* ChangeCipherSpec means nothing in TLS 1.3: not said beside what does (RFC 8446 D.4). */
static bool is_mute(const struct sighting *s, const struct event *e)
{
	const struct value *v = sighting_get(s, FIELD_ANSWER_VERSION);

	return e->is == EVENT_CHANGE_CIPHER && value_known(v) &&
	       tls_version_rank((uint16_t)v->number) >= tls_version_rank(TLS1_3);
}

void story_say_line(const struct trace_state *state, const struct story *st,
		    const struct story_line *l, struct buf *ret)
{
	const char *between = "";

	for (unsigned i = 0; i < l->n; i++) {
		if (l->n > 1 && is_mute(st->leg[l->leg], &l->events[i]))
			continue;
		buf_puts(ret, between);
		between = "; ";
		story_say(state, st, l->leg, &l->events[i], ret);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace: which connections are the client's, and which legs belong to them.
 *
 * A leg may be known before the one that it belongs to, or after: so the latest
 * of the others wait in a ring, and those that fit go to where they are kept.
 */
#include "out/trace.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/text.h"

enum { RING = 2048, KEPT_FACTOR = 8, DAY = 86400, FAR = 5 };

#define SLACK (NS_PER_SECOND / 100)	/* of two clocks, or of one span's two ports */
#define LATER (2 * NS_PER_SECOND)	/* an upstream leg begins after the client's end at most */

struct trace {
	struct trace_options o;
	struct trace_state state;
	struct sighting **mine;		/* by time; all sightings here are owned */
	size_t nmine;
	struct sighting **kept;		/* that may be legs of those */
	size_t nkept;
	struct sighting *ring[RING];
	size_t at;
	uint64_t edges[256];		/* SYN-ACKs of Microsoft's addresses by their hops */
	struct story *stories;
};

struct trace *trace_new(const struct trace_options *o)
{
	struct trace *t = xcalloc(1, sizeof(*t));

	t->o = *o;
	t->o.most = o->most ? o->most : TRACE_MOST;
	t->mine = xcalloc(t->o.most + 1, sizeof(*t->mine));
	t->kept = xcalloc(KEPT_FACTOR * t->o.most, sizeof(*t->kept));
	t->stories = xcalloc(t->o.most, sizeof(*t->stories));
	return t;
}

void trace_free(struct trace *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->nmine; i++)
		sighting_free(t->mine[i]);
	for (size_t i = 0; i < t->nkept; i++)
		sighting_free(t->kept[i]);
	for (size_t i = 0; i < RING; i++)
		sighting_free(t->ring[i]);
	free(t->mine);
	free(t->kept);
	free(t->stories);
	free(t);
}

/* ---- what a sighting says of itself -------------------------------------------------- */

uint64_t trace_begin(const struct sighting *s)
{
	return s->nevents > 0 && s->events[0].ts < s->ts ? s->events[0].ts : s->ts;
}

unsigned ttl_hops(uint8_t ttl)
{
	return (ttl <= 64 ? 64u : ttl <= 128 ? 128u : 255u) - ttl;
}

bool trace_is_near(const struct sighting *s)
{
	enum { BESIDE = 1 };
	const struct value *by = sighting_get(s, FIELD_SERVICE_MATCHED_BY);

	if (!value_known(by) || !(by->number & MATCH_ADDRESS))
		return false;
	for (unsigned i = 0; i < s->nevents; i++)
		if (s->events[i].is == EVENT_SYN_ACK)
			return s->events[i].ttl > 0 && ttl_hops(s->events[i].ttl) <= BESIDE;
	return false;
}

struct slice trace_filter(const struct sighting *s)
{
	const struct value *v = sighting_get(s, FIELD_DISPLAY_FILTER);

	return value_known(v) ? v->bytes : (struct slice){ NULL, 0 };
}

bool trace_same_addr(const struct sighting *a, enum field_id x, const struct sighting *b,
		   enum field_id y)
{
	const struct value *v = sighting_get(a, x), *w = sighting_get(b, y);

	return value_known(v) && value_known(w) && addr_cmp(&v->addr, &w->addr) == 0;
}

static bool same_bytes(const struct sighting *a, const struct sighting *b, enum field_id id)
{
	const struct value *v = sighting_get(a, id), *w = sighting_get(b, id);

	return value_known(v) && value_known(w) && v->bytes.n > 0 && v->bytes.n == w->bytes.n &&
	       strncasecmp((const char *)v->bytes.p, (const char *)w->bytes.p, v->bytes.n) == 0;
}

/* The case of letters apart, with * and ?. */
static bool looks_like(struct slice s, const char *pattern)
{
	const char *star = NULL;
	size_t i = 0, back = 0;

	while (i < s.n) {
		char c = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] | 0x20 : s.p[i]);
		char want = (char)(*pattern >= 'A' && *pattern <= 'Z' ? *pattern | 0x20 : *pattern);

		if (want == '*') {
			star = ++pattern;
			back = i;
		} else if (want != '\0' && (want == '?' || want == c)) {
			pattern++;
			i++;
		} else if (star != NULL) {
			pattern = star;
			i = ++back;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

static bool has_name(const struct sighting *s, const char *pattern)
{
	static const enum field_id names[] = { FIELD_SERVER_NAME, FIELD_PRELUDE_TARGET };

	for (unsigned i = 0; i < 2; i++) {
		struct value v = *sighting_get(s, names[i]);
		size_t n = v.type == VALUE_TEXT ? v.bytes.n : 0;

		while (i == 1 && n > 0 && v.bytes.p[n - 1] != ':')	/* its port */
			n--;
		if (i == 1 && n > 0)
			n--;
		if (n > 0 && looks_like((struct slice){ v.bytes.p, n }, pattern))
			return true;
	}
	return false;
}

static bool is_at(const struct trace_options *o, const struct sighting *s)
{
	uint64_t ts = trace_begin(s), around = o->around, day = DAY * NS_PER_SECOND, apart;

	if (!o->has_around)
		return true;
	if (o->daily) {			/* around midnight, the days meet */
		apart = (ts % day + day - around) % day;
		return apart <= o->within || day - apart <= o->within;
	}
	apart = ts > around ? ts - around : around - ts;
	return apart <= o->within;
}

/* ---- legs ---------------------------------------------------------------------------- */

/* Whether u may be the connection by which a proxy went on for c; its likeness in *ret. */
static bool follows(const struct sighting *c, const struct sighting *u, bool *ret_same_hello)
{
	uint64_t begin = trace_begin(c), later = trace_begin(u);
	bool same = same_bytes(c, u, FIELD_OFFER_RANDOM);

	*ret_same_hello = same;
	if (later + SLACK < begin || later > c->ts_end + LATER ||
	    same_bytes(c, u, FIELD_COMMUNITY_ID))
		return false;
	if (same)
		return true;
	if (trace_is_near(c) && !trace_is_near(u) && later >= begin)
		return trace_same_addr(c, FIELD_SERVER_IP, u, FIELD_SERVER_IP) &&
		       same_bytes(c, u, FIELD_SERVER_NAME);
	return trace_same_addr(c, FIELD_SERVER_IP, u, FIELD_CLIENT_IP) &&
	       same_bytes(c, u, FIELD_SERVER_NAME);
}

static bool may_belong(const struct trace *t, const struct sighting *u)
{
	bool ignored;

	for (size_t i = 0; i < t->nmine; i++)
		if (follows(t->mine[i], u, &ignored))
			return true;
	for (size_t i = 0; i < t->nkept; i++)
		if (follows(t->kept[i], u, &ignored))
			return true;
	return false;
}

static void keep(struct trace *t, struct sighting *s);

/* Whoever waits in the ring and follows s is kept. */
static void fetch(struct trace *t, const struct sighting *s)
{
	bool ignored;

	for (size_t i = 0; i < RING; i++) {
		struct sighting *u = t->ring[i];

		if (u == NULL || !follows(s, u, &ignored))
			continue;
		t->ring[i] = NULL;
		keep(t, u);
	}
}

static void keep(struct trace *t, struct sighting *s)
{
	if (t->nkept == KEPT_FACTOR * t->o.most) {
		sighting_free(s);
		t->state.let_go++;
		return;
	}
	t->kept[t->nkept++] = s;
	fetch(t, s);
}

static void wait(struct trace *t, struct sighting *s)
{
	struct sighting **at = &t->ring[t->at++ % RING];

	sighting_free(*at);
	*at = s;
}

/* Ordered by time; of too many the latest goes. */
static void add_mine(struct trace *t, struct sighting *s)
{
	size_t at = t->nmine++;

	for (; at > 0 && trace_begin(t->mine[at - 1]) > trace_begin(s); at--)
		t->mine[at] = t->mine[at - 1];
	t->mine[at] = s;
	if (t->nmine > t->o.most) {
		t->state.over++;
		sighting_free(t->mine[--t->nmine]);
		if (at == t->nmine)
			return;
	}
	fetch(t, s);
}

/* ---- taking -------------------------------------------------------------------------- */

static bool is_client(const struct trace *t, const struct sighting *s, enum field_id who)
{
	const struct value *v = sighting_get(s, who);

	return value_known(v) && addr_cmp(&v->addr, &t->o.client) == 0;
}

static void note_edge(struct trace *t, const struct sighting *s)
{
	const struct value *by = sighting_get(s, FIELD_SERVICE_MATCHED_BY);

	if (!value_known(by) || !(by->number & MATCH_ADDRESS))
		return;
	for (unsigned i = 0; i < s->nevents; i++)
		if (s->events[i].is == EVENT_SYN_ACK && s->events[i].ttl > 0)
			t->edges[ttl_hops(s->events[i].ttl)]++;
}

/* False: it is told, or may be. */
static bool is_passed_over(struct trace *t, const struct sighting *s)
{
	t->state.seen++;
	if (t->o.name != NULL && !has_name(s, t->o.name)) {
		t->state.other_name++;
		return true;
	}
	if (!is_at(&t->o, s)) {
		t->state.other_time++;
		return true;
	}
	return false;
}

void trace_take(struct trace *t, const struct sighting *s)
{
	bool mine = is_client(t, s, FIELD_CLIENT_IP);
	struct sighting *copy;

	t->state.as_server += is_client(t, s, FIELD_SERVER_IP);
	note_edge(t, s);
	if (mine && is_passed_over(t, s))
		return;
	copy = sighting_copy(s);
	if (copy == NULL) {
		t->state.let_go++;
		return;
	}
	if (mine)
		add_mine(t, copy);
	else if (may_belong(t, copy))
		keep(t, copy);
	else
		wait(t, copy);
}

/* ---- stories ------------------------------------------------------------------------- */

static uint64_t distance(const struct sighting *c, const struct sighting *u)
{
	uint64_t begin = trace_begin(u);

	return begin > c->ts ? begin - c->ts : c->ts - begin;
}

/* The next leg of a story: the same hello before any other, then the nearest in time. */
static bool add_leg(struct trace *t, struct story *st, bool *taken)
{
	const struct sighting *c = st->leg[st->nlegs - 1];
	size_t best = SIZE_MAX;
	bool best_same = false, same;
	unsigned found = 0;

	for (size_t i = 0; i < t->nkept; i++) {
		if (taken[i] || !follows(c, t->kept[i], &same))
			continue;
		found++;
		if (best != SIZE_MAX && (best_same > same || (best_same == same &&
		    distance(c, t->kept[best]) <= distance(c, t->kept[i]))))
			continue;
		best = i;
		best_same = same;
	}
	if (best == SIZE_MAX)
		return false;
	taken[best] = true;
	st->same_hello[st->nlegs] = best_same;
	st->rivals[st->nlegs] = best_same ? 0 : found - 1;
	st->leg[st->nlegs++] = t->kept[best];
	return true;
}

size_t trace_stories(struct trace *t, const struct story **ret)
{
	bool *taken = xcalloc(t->nkept + 1, sizeof(*taken));

	for (size_t i = 0; i < t->nmine; i++) {
		struct story *st = &t->stories[i];

		*st = (struct story){ .leg = { t->mine[i] }, .nlegs = 1 };
		while (st->nlegs < TRACE_LEGS && add_leg(t, st, taken))
			;
	}
	free(taken);
	*ret = t->stories;
	return t->nmine;
}

struct trace_state trace_state(const struct trace *t)
{
	struct trace_state st = t->state;
	uint64_t all = 0, so_far = 0;

	st.o = &t->o;
	for (unsigned i = 0; i < 256; i++)
		all += t->edges[i];
	st.has_edge = all >= 3;		/* the upper quartile: some may be answered nearby */
	for (unsigned i = 0; i < 256 && 4 * so_far < 3 * all; i++) {
		so_far += t->edges[i];
		st.edge = i;
	}
	return st;
}

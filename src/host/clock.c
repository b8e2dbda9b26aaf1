/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock: the offset that most pairs agree on.
 */
#include "host/clock.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum { RANGES_MOST = 1 << 20, PAIRS_SURE = 3, PAIRS_FAR = 12 };

#define TOGETHER INT64_C(50000000)	/* the same hello at both points, and jitter */
#define APART INT64_C(1000000000)	/* another offset, not a neighbour of this one */
#define TAIL UINT64_C(20000000)		/* a proxy may answer first and ask then: */
#define LONG_TAIL UINT64_C(250000000)	/* and take its time to reach the server */
#define FAR INT64_C(60000000000)	/* clocks are seldom so wrong */
#define DELAY INT64_C(5000000)		/* it asks so soon, mostly */

/* ---- the same hellos ----------------------------------------------------------------- */

static int by_random(const void *a, const void *b)
{
	const struct moment *x = a, *y = b;

	if (x->has_random != y->has_random)
		return x->has_random ? -1 : 1;
	return memcmp(x->random, y->random, CLOCK_RANDOM);
}

/* How many there are from v[i] on with its random. */
static size_t run_of(const struct moment *v, size_t n, size_t i)
{
	size_t k = i;

	while (k < n && v[k].has_random && memcmp(v[k].random, v[i].random, CLOCK_RANDOM) == 0)
		k++;
	return k - i;
}

static int by_size(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* The differences of hellos that each side has once; how many. */
static size_t differences(const struct moment *in, size_t nin, const struct moment *out,
			  size_t nout, int64_t *ret)
{
	size_t i = 0, k = 0, n = 0;

	while (i < nin && k < nout && in[i].has_random && out[k].has_random) {
		size_t runs = run_of(in, nin, i), others = run_of(out, nout, k);
		int order = memcmp(in[i].random, out[k].random, CLOCK_RANDOM);

		if (order == 0 && runs == 1 && others == 1)
			ret[n++] = (int64_t)(out[k].hello - in[i].hello);
		i += order <= 0 ? runs : 0;
		k += order >= 0 ? others : 0;
	}
	return n;
}

static void by_same_hellos(struct moment *in, size_t nin, struct moment *out, size_t nout,
			   struct clock_offset *ret)
{
	int64_t *all = xcalloc((nin < nout ? nin : nout) + 1, sizeof(*all));
	size_t n;

	qsort(in, nin, sizeof(*in), by_random);
	qsort(out, nout, sizeof(*out), by_random);
	n = differences(in, nin, out, nout, all);
	qsort(all, n, sizeof(*all), by_size);
	*ret = (struct clock_offset){ .by = CLOCK_NONE };
	if (n > 0) {
		ret->ahead = all[n / 2];
		for (size_t i = 0; i < n; i++) {
			int64_t off = all[i] - ret->ahead;

			if (off > TOGETHER || off < -TOGETHER)
				ret->against++;
			else
				ret->pairs++;
			if (off <= TOGETHER && off >= -TOGETHER &&
			    (uint64_t)(off < 0 ? -off : off) > ret->within)
				ret->within = (uint64_t)(off < 0 ? -off : off);
		}
		ret->by = ret->pairs > ret->against ? CLOCK_SAME_HELLOS : CLOCK_NONE;
	}
	free(all);
}

/* ---- nested conversations ------------------------------------------------------------ */

struct edge {			/* of a range of offsets that one pair allows */
	int64_t at;
	int step;		/* +1 it begins, -1 it is over */
};

static int by_place(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return y->step - x->step;
}

static int by_name(const void *a, const void *b)
{
	const struct moment *x = a, *y = b;

	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	return x->hello < y->hello ? -1 : x->hello > y->hello;
}

/* The offsets that let u begin and ask while c was under way; false: none does. */
static bool range_of(const struct moment *c, const struct moment *u, uint64_t tail,
		     struct edge ret[2])
{
	ret[0] = (struct edge){ (int64_t)(u->hello - (c->end + tail)), 1 };
	ret[1] = (struct edge){ (int64_t)(u->begin - c->begin), -1 };
	return ret[0].at <= ret[1].at;
}

struct names {			/* the moments of one name on both sides */
	const struct moment *in, *out;
	size_t nin, nout;
};

struct ranges {
	struct edge *v;
	size_t n;
	uint64_t tail;
	bool ends_meet;			/* upstream connections begin where the others end */
};

static bool next_name(const struct moment *in, size_t nin, const struct moment *out, size_t nout,
		      struct names *at)
{
	const struct moment *i = at->in + at->nin, *k = at->out + at->nout;

	while (i < in + nin && k < out + nout && (i->name != k->name || i->name == 0)) {
		if (i->name < k->name || i->name == 0)
			i++;
		else
			k++;
	}
	*at = (struct names){ i, k, 0, 0 };
	if (i == in + nin || k == out + nout)
		return false;
	while (i + at->nin < in + nin && i[at->nin].name == i->name)
		at->nin++;
	while (k + at->nout < out + nout && k[at->nout].name == k->name)
		at->nout++;
	return true;
}

/* Of names with too many pairs every so-manieth inside one is held against all. */
static void add_ranges(const struct names *at, struct ranges *r)
{
	size_t step = 1 + at->nin * at->nout / (RANGES_MOST / 8);

	for (size_t i = 0; i < at->nin; i += step)
		for (size_t k = 0; k < at->nout && r->n + 2 <= RANGES_MOST; k++) {
			bool meet = addr_cmp(&at->in[i].server, &at->out[k].client) == 0;

			if ((meet || !r->ends_meet) &&
			    range_of(&at->in[i], &at->out[k], r->tail, r->v + r->n))
				r->n += 2;
		}
}

static int64_t far_from_zero(int64_t at)
{
	return at < 0 ? -at : at;
}

/* The range that most pairs allow and no nearer one does; none within `apart` of `from`. */
static size_t best_range(const struct edge *v, size_t n, int64_t from, int64_t apart,
			 int64_t ret[2])
{
	size_t deep = 0, best = 0;

	for (size_t i = 0; i + 1 < n; i++) {
		int64_t middle = v[i].at + (v[i + 1].at - v[i].at) / 2;

		deep = v[i].step > 0 ? deep + 1 : deep - 1;
		if (deep < best || v[i].at == v[i + 1].at || deep == 0 ||
		    (apart > 0 && far_from_zero(middle - from) <= apart))
			continue;
		if (deep == best && far_from_zero(middle) >=
				    far_from_zero(ret[0] + (ret[1] - ret[0]) / 2))
			continue;
		best = deep;
		ret[0] = v[i].at;
		ret[1] = v[i + 1].at;
	}
	return best;
}

/*
 * Of the offsets that fit the best one is near the upper end of their range, where what
 * went out first went out as soon as it could.
 */
static void by_ranges(struct ranges *r, struct clock_offset *ret)
{
	int64_t range[2] = { 0 }, other[2] = { 0 }, back;

	qsort(r->v, r->n, sizeof(*r->v), by_place);
	*ret = (struct clock_offset){ .by = CLOCK_NONE };
	ret->pairs = best_range(r->v, r->n, 0, 0, range);
	if (ret->pairs == 0)
		return;
	back = (range[1] - range[0]) / 2 < DELAY ? (range[1] - range[0]) / 2 : DELAY;
	ret->by = CLOCK_NESTED;
	ret->ahead = range[1] - back;
	ret->within = (uint64_t)(range[1] - range[0]);
	ret->against = best_range(r->v, r->n, ret->ahead, APART, other);
}

/* ---- closer -------------------------------------------------------------------------- */

/*
 * A proxy asks further when it was called, when it has the client's hello, or when it has
 * shaken the client's hand: at its own pace, but always at the same.  Which of the three
 * it is shows in the delays, which then lie close together.
 */
enum { WAYS = 3, DELAYS = 4096, DELAYS_LEAST = 3 };

struct delays {
	int64_t v[WAYS][DELAYS];
	size_t n;
};

static void add_delays(const struct names *at, const struct ranges *r, int64_t ahead,
		       struct delays *to)
{
	for (size_t i = 0; i < at->nin; i++)
		for (size_t k = 0; k < at->nout && to->n < DELAYS; k++) {
			const struct moment *c = &at->in[i], *u = &at->out[k];
			struct edge range[2];

			if ((r->ends_meet && addr_cmp(&c->server, &u->client) != 0) ||
			    !range_of(c, u, r->tail, range) || range[0].at > ahead ||
			    range[1].at < ahead)
				continue;
			to->v[0][to->n] = (int64_t)(u->begin - c->begin);
			to->v[1][to->n] = (int64_t)(u->begin - c->hello);
			to->v[2][to->n++] = (int64_t)(u->begin - c->end);
		}
}

/* The offset within *o by which the delays are short and alike. */
static void closer(struct delays *d, struct clock_offset *o)
{
	int64_t best = INT64_MAX, ahead = o->ahead;

	for (unsigned way = 0; way < WAYS && d->n >= DELAYS_LEAST; way++) {
		int64_t *v = d->v[way], low, spread;

		qsort(v, d->n, sizeof(*v), by_size);
		low = v[d->n / 10];
		spread = v[d->n / 2] - low;
		if (spread >= best || far_from_zero(low - o->ahead) > (int64_t)o->within)
			continue;
		best = spread;
		ahead = low;
	}
	o->ahead = ahead;
}

static void by_nesting(struct moment *in, size_t nin, struct moment *out, size_t nout,
		       struct clock_offset *ret)
{
	struct ranges r = { .v = xcalloc(RANGES_MOST, sizeof(*r.v)) };
	struct delays *d = xcalloc(1, sizeof(*d));

	qsort(in, nin, sizeof(*in), by_name);
	qsort(out, nout, sizeof(*out), by_name);
	*ret = (struct clock_offset){ .by = CLOCK_NONE };
	for (unsigned way = 0; way < 4 && !clock_is_sure(ret); way++) {
		struct names at = { in, out, 0, 0 };
		struct clock_offset found;

		r.n = 0;
		r.ends_meet = way < 2;
		r.tail = way % 2 ? LONG_TAIL : TAIL;
		while (next_name(in, nin, out, nout, &at))
			add_ranges(&at, &r);
		by_ranges(&r, &found);
		if (found.pairs <= ret->pairs)
			continue;
		d->n = 0;
		at = (struct names){ in, out, 0, 0 };
		while (next_name(in, nin, out, nout, &at))
			add_delays(&at, &r, found.ahead, d);
		closer(d, &found);
		*ret = found;
	}
	free(d);
	free(r.v);
}

void clock_estimate(struct moment *in, size_t nin, struct moment *out, size_t nout,
		    struct clock_offset *ret)
{
	*ret = (struct clock_offset){ .by = CLOCK_NONE };
	if (nin == 0 || nout == 0)
		return;
	by_same_hellos(in, nin, out, nout, ret);
	if (ret->by == CLOCK_NONE)
		by_nesting(in, nin, out, nout, ret);
}

size_t clock_crossed(struct moment *in, size_t nin, struct moment *out, size_t nout)
{
	size_t k = 0, n = 0;

	if (nin > 0)
		qsort(in, nin, sizeof(*in), by_random);
	if (nout > 0)
		qsort(out, nout, sizeof(*out), by_random);
	for (size_t i = 0; i < nin && in[i].has_random; i++) {
		while (k < nout && by_random(&out[k], &in[i]) < 0)
			k++;
		in[i].crossed = k < nout && by_random(&out[k], &in[i]) == 0;
		in[i].changed = in[i].crossed && out[k].look != in[i].look;
		in[i].came_out = in[i].crossed ? out[k].rank : 0;
		n += in[i].crossed;
	}
	return n;
}

const struct moment *clock_find(const struct moment *v, size_t n, const uint8_t *random)
{
	struct moment like = { .has_random = true };

	memcpy(like.random, random, CLOCK_RANDOM);
	return n > 0 ? bsearch(&like, v, n, sizeof(*v), by_random) : NULL;
}

bool clock_is_far(const struct clock_offset *c)
{
	return far_from_zero(c->ahead) > FAR;
}

bool clock_is_sure(const struct clock_offset *c)
{
	if (c->by == CLOCK_SAME_HELLOS)
		return c->pairs > 2 * c->against;
	return c->by == CLOCK_NESTED && c->pairs >= 2 * c->against &&
	       c->pairs >= (clock_is_far(c) ? PAIRS_FAR : PAIRS_SURE);
}

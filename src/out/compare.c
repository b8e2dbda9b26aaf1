/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare: gathering both sides.
 */
#include "out/compare.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

void comparison_done(struct comparison *c)
{
	for (unsigned i = 0; i < COMPARE_SIDES; i++)
		free(c->side[i].moments);
}

void comparison_side(struct comparison *c, unsigned side, const struct summary *sum)
{
	struct compare_side *s = &c->side[side];

	s->first = sum->first;
	s->last = sum->last;
	s->packets = sum->capture->packets;
	s->connections = sum->flow->connections;
	s->handshakes = sum->flow->handshakes;
	s->lost = sum->capture->kernel_drops + sum->capture->cut_short + sum->capture->left_out;
	c->unrecorded += sum->unrecorded;
}

/* ---- the first reading --------------------------------------------------------------- */

static uint64_t bounded(uint64_t ts)
{
	return ts < CLOCK_MOST ? ts : CLOCK_MOST;
}

/* FNV-1a, the case of letters apart; never 0. */
static uint64_t hash_of(struct slice s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] | 0x20 : s.p[i];

		h = (h ^ c) * UINT64_C(0x100000001b3);
	}
	return h ? h : 1;
}

/* What a hello offers, whoever sends it. */
static uint64_t look_of(const struct sighting *s)
{
	static const enum field_id lists[] = {
		FIELD_OFFER_LEGACY, FIELD_OFFER_VERSIONS, FIELD_OFFER_CIPHER_CODES,
		FIELD_OFFER_EXTENSIONS, FIELD_OFFER_GROUPS
	};
	uint64_t h = 0;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const struct value *v = sighting_get(s, lists[i]);

		h = h * UINT64_C(0x100000001b3) +
		    (value_has_bytes(v) ? hash_of(v->bytes) : v->number);
	}
	return h;
}

static void fill_moment(const struct sighting *s, struct moment *ret)
{
	const struct value *name = sighting_get(s, FIELD_SERVER_NAME);
	const struct value *random = sighting_get(s, FIELD_OFFER_RANDOM);
	const struct value *result = sighting_get(s, FIELD_OUTCOME);
	const struct value *max = sighting_get(s, FIELD_OFFER_MAX);

	*ret = (struct moment){
		.begin = bounded(s->nevents > 0 && s->events[0].ts < s->ts ? s->events[0].ts
									    : s->ts),
		.hello = bounded(s->ts), .end = bounded(s->ts_end),
		.client = sighting_get(s, FIELD_CLIENT_IP)->addr,
		.server = sighting_get(s, FIELD_SERVER_IP)->addr,
		.name = name->type == VALUE_TEXT ? hash_of(name->bytes) : 0,
		.has_random = random->type == VALUE_HEX && random->bytes.n == CLOCK_RANDOM,
		.rank = (uint8_t)(value_known(max) ? tls_version_rank((uint16_t)max->number) : 0),
		.result = RESULTS, .look = look_of(s),
	};
	if (ret->has_random)
		memcpy(ret->random, random->bytes.p, CLOCK_RANDOM);
	for (unsigned i = 0; i < RESULTS; i++)
		if (result->type == VALUE_TEXT && slice_is(result->bytes, result_names[i]))
			ret->result = (uint8_t)i;
}

static void add_moment(struct compare_side *s, const struct sighting *sighting)
{
	if (s->nmoments == COMPARE_MOMENTS) {
		s->over++;
		return;
	}
	if (s->nmoments == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 1024;
		s->moments = xrealloc(s->moments, s->cap * sizeof(*s->moments));
	}
	fill_moment(sighting, &s->moments[s->nmoments++]);
}

void comparison_clock(struct comparison *c)
{
	struct compare_side *in = &c->side[COMPARE_INSIDE], *out = &c->side[COMPARE_OUTSIDE];

	if (!c->given)
		clock_estimate(in->moments, in->nmoments, out->moments, out->nmoments, &c->clock);
	if (!c->given && clock_is_far(&c->clock) && !clock_is_sure(&c->clock)) {
		c->doubted = c->clock;
		c->clock = (struct clock_offset){ .by = CLOCK_NONE };
	}
	c->crossed = clock_crossed(in->moments, in->nmoments, out->moments, out->nmoments);
}

/* ---- the second ---------------------------------------------------------------------- */

/* By inside's clock. */
static uint64_t inside_time(const struct comparison *c, uint64_t ts)
{
	uint64_t by = (uint64_t)(c->clock.ahead < 0 ? -c->clock.ahead : c->clock.ahead);

	if (c->clock.ahead < 0)
		return ts + by < ts ? UINT64_MAX : ts + by;
	return ts > by ? ts - by : 0;
}

/*
 * Whether inside showed this very connection: what came out of it is then not what its
 * client offered, should a device on the way have changed it.
 */
static bool is_same(const struct comparison *c, const struct sighting *s)
{
	const struct compare_side *in = &c->side[COMPARE_INSIDE];
	const struct moment *found;
	struct moment m;

	fill_moment(s, &m);
	found = m.has_random ? clock_find(in->moments, in->nmoments, m.random) : NULL;
	return found != NULL && addr_cmp(&found->client, &m.client) == 0 &&
	       addr_cmp(&found->server, &m.server) == 0;
}

static void feed(struct comparison *c, unsigned side, const struct sighting *s)
{
	struct sighting *copy;

	if (side == COMPARE_OUTSIDE && is_same(c, s))
		return;
	copy = sighting_copy(s);
	if (copy == NULL) {
		c->unrecorded++;
		return;
	}
	if (side == COMPARE_OUTSIDE) {
		copy->ts = inside_time(c, copy->ts);
		copy->ts_end = inside_time(c, copy->ts_end);
	}
	hosts_sighting(c->hosts, copy);
	sighting_free(copy);
}

static void take(struct sink *sink, const struct sighting *s)
{
	const struct compare_reading *r = sink->priv;

	if (r->again)
		feed(r->c, r->side, s);
	else
		add_moment(&r->c->side[r->side], s);
}

static void finish(struct sink *sink, const struct summary *sum)
{
	const struct compare_reading *r = sink->priv;

	if (!r->again)
		comparison_side(r->c, r->side, sum);
	r->c->sum = *sum;
}

bool comparison_overlap(const struct comparison *c, uint64_t *ret_from, uint64_t *ret_to)
{
	const struct compare_side *in = &c->side[COMPARE_INSIDE], *out = &c->side[COMPARE_OUTSIDE];
	uint64_t first = inside_time(c, out->first), last = inside_time(c, out->last);

	*ret_from = first > in->first ? first : in->first;
	*ret_to = last < in->last ? last : in->last;
	return in->first != 0 && out->first != 0 && *ret_from <= *ret_to;
}

const struct output output_compare_reading = {
	.name = "reading",
	.help = "what both sides of a comparison are made of",
	.wants_handshakes = true,
	.handshake = take,
	.finish = finish,
};

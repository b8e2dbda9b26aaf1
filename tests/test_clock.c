/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clocks of two captures: the offset is found, a minority of wrong pairs does not
 * matter, and what cannot be known is not said.
 */
#include "test.h"

#include "host/clock.h"

enum { MANY = 60 };

#define MS INT64_C(1000000)
#define BEGIN UINT64_C(1795000000000000000)

struct sides {
	struct moment in[MANY], out[MANY];
	size_t nin, nout;
};

static struct addr address(unsigned last)
{
	uint8_t four[4] = { 10, 0, 0, (uint8_t)last };

	return addr_v4((struct slice){ four, 4 });
}

static struct moment *put(struct moment *m, uint64_t ts, uint64_t name, unsigned random)
{
	*m = (struct moment){
		.begin = ts, .hello = ts + 2 * MS, .end = ts + 40 * MS, .name = name,
		.client = address(1), .server = address(8), .has_random = true,
	};
	m->random[0] = (uint8_t)random;
	m->random[31] = (uint8_t)(random >> 8);
	return m;
}

/* A conversation through a proxy, and what it sends on 10 ms later, by a clock ahead. */
static void put_pair(struct sides *s, uint64_t at, uint64_t name, int64_t ahead)
{
	struct moment *out = &s->out[s->nout];

	put(&s->in[s->nin], BEGIN + at, name, 1 + 2 * (unsigned)s->nin);
	put(out, (uint64_t)((int64_t)(BEGIN + at + 10 * MS) + ahead), name,
	    2 + 2 * (unsigned)s->nout);
	out->end = out->hello + 10 * MS;
	out->client = address(8);
	out->server = address(99);
	s->nin++;
	s->nout++;
}

static void near(int64_t is, int64_t wanted, int64_t by)
{
	assert_true(is - wanted <= by && wanted - is <= by);
}

static struct clock_offset estimate(struct sides *s)
{
	struct clock_offset o;

	clock_estimate(s->in, s->nin, s->out, s->nout, &o);
	return o;
}

static void same_hellos(void **state)
{
	struct sides s = { .nin = 0 };
	struct clock_offset o;

	(void)state;
	for (unsigned i = 0; i < 9; i++) {
		put(&s.in[s.nin++], BEGIN + i * 1000 * MS, 1, 300 + i);
		put(&s.out[s.nout++], BEGIN + i * 1000 * MS - 3400 * MS + i * 1000, 1, 300 + i);
	}
	s.out[3].hello += 700 * MS;		/* wrong ones */
	s.out[4].hello += 900 * MS;
	o = estimate(&s);
	assert_int_equal(o.by, CLOCK_SAME_HELLOS);
	near(o.ahead, -3400 * MS, MS);
	assert_int_equal(o.pairs, 7);
	assert_int_equal(o.against, 2);
	assert_true(clock_is_sure(&o));
	assert_int_equal(clock_crossed(s.in, s.nin, s.out, s.nout), 9);
}

/* A hello that is there twice (a span's copy) says nothing of the clock. */
static void copies(void **state)
{
	struct sides s = { .nin = 0 };

	(void)state;
	put(&s.in[s.nin++], BEGIN, 0, 7);
	put(&s.in[s.nin++], BEGIN + 9 * MS, 0, 7);
	put(&s.out[s.nout++], BEGIN, 0, 7);
	assert_int_equal(estimate(&s).by, CLOCK_NONE);
	assert_int_equal(clock_crossed(s.in, s.nin, s.out, s.nout), 2);
}

static void nested(void **state)
{
	static const int64_t offsets[] = { 0, 3400, -3400, 86400000, -50 };

	(void)state;
	for (unsigned k = 0; k < 5; k++) {
		struct sides s = { .nin = 0 };
		struct clock_offset o;

		for (unsigned i = 0; i < 12; i++)	/* two names, no rhythm */
			put_pair(&s, (uint64_t)(i * i * 331 * MS), 1 + i % 2, offsets[k] * MS);
		put_pair(&s, UINT64_C(60000) * MS, 1, offsets[k] * MS + 7777 * MS);	/* wrong */
		o = estimate(&s);
		assert_int_equal(o.by, CLOCK_NESTED);
		near(o.ahead, offsets[k] * MS, 60 * MS);
		assert_true(o.pairs >= 12 && o.against <= 4);
		assert_true(clock_is_sure(&o));
		assert_true((int64_t)o.within <= 60 * MS);
	}
}

/* Where upstream connections begin at the proxy, others of that name do not count. */
static void ends_meet(void **state)
{
	struct sides s = { .nin = 0 };

	(void)state;
	for (unsigned i = 0; i < 4; i++)
		put_pair(&s, (uint64_t)(i * i * 500 * MS), 5, 200 * MS);
	for (unsigned i = 0; i < 20; i++) {
		put(&s.out[s.nout], BEGIN + i * i * 500 * MS + 5000 * MS, 5, 900 + i);
		s.out[s.nout++].client = address(50);
	}
	near(estimate(&s).ahead, 200 * MS, 60 * MS);
}

/* A few pairs that fit are no proof that a clock is wrong by minutes. */
static void far(void **state)
{
	struct sides s = { .nin = 0 };
	struct clock_offset o;

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		put_pair(&s, (uint64_t)(i * i * 700 * MS), 1, 119000 * MS);
	o = estimate(&s);
	near(o.ahead, 119000 * MS, 60 * MS);
	assert_true(clock_is_far(&o) && !clock_is_sure(&o));
}

/* A proxy that shakes the client's hand first and only then asks further. */
static void client_first(void **state)
{
	struct sides s = { .nin = 0 };
	struct clock_offset o;

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		put_pair(&s, (uint64_t)(i * i * 700 * MS), 1, -3400 * MS);
		s.out[i].begin += 32 * MS;		/* behind the end of the inner one */
		s.out[i].hello += 50 * MS;
	}
	o = estimate(&s);
	near(o.ahead, -3400 * MS, 60 * MS);
	assert_int_equal(o.pairs, 6);
	assert_true(clock_is_sure(&o));
}

/* Conversations in a strict rhythm fit in many ways: the offset is told, but not as sure. */
static void rhythm(void **state)
{
	struct sides s = { .nin = 0 };
	struct clock_offset o;

	(void)state;
	for (unsigned i = 0; i < 10; i++)
		put_pair(&s, (uint64_t)(i * 2000 * MS), 1, 6000 * MS);
	o = estimate(&s);
	assert_int_equal(o.by, CLOCK_NESTED);
	assert_false(clock_is_sure(&o));
}

static void nothing_in_common(void **state)
{
	struct sides s = { .nin = 0 };

	struct clock_offset o;

	(void)state;
	assert_int_equal(estimate(&s).by, CLOCK_NONE);
	clock_estimate(NULL, 0, NULL, 0, &o);
	assert_int_equal(o.by, CLOCK_NONE);
	assert_int_equal(clock_crossed(NULL, 0, NULL, 0), 0);
	assert_null(clock_find(NULL, 0, s.in[0].random));
	put(&s.in[s.nin++], BEGIN, 1, 1);
	assert_int_equal(estimate(&s).by, CLOCK_NONE);
	put(&s.out[s.nout++], BEGIN, 2, 2);
	assert_int_equal(estimate(&s).by, CLOCK_NONE);
	s.in[0].name = s.out[0].name = 0;		/* no name is no name in common */
	assert_int_equal(estimate(&s).by, CLOCK_NONE);
	assert_int_equal(clock_crossed(s.in, s.nin, s.out, s.nout), 0);
}

/* Times at the ends of what there is do not overflow. */
static void extremes(void **state)
{
	struct sides s = { .nin = 0 };
	struct clock_offset o;

	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		put(&s.in[s.nin++], i % 2 ? 0 : CLOCK_MOST - 50 * (uint64_t)MS, 1, 1 + 2 * i);
		put(&s.out[s.nout++], i % 3 ? 0 : CLOCK_MOST - 50 * (uint64_t)MS, 1, 2 + 2 * i);
	}
	o = estimate(&s);
	assert_true(o.by == CLOCK_NESTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_hellos),
		cmocka_unit_test(copies),
		cmocka_unit_test(nested),
		cmocka_unit_test(ends_meet),
		cmocka_unit_test(far),
		cmocka_unit_test(client_first),
		cmocka_unit_test(rhythm),
		cmocka_unit_test(nothing_in_common),
		cmocka_unit_test(extremes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One direction: whatever the order and the cuts, the bytes come out once and
 * in order, the first ones win, and what was odd is counted.
 */
#include "test.h"

#include "flow/stream.h"

#define TEXT "abcdefghijklmnopqrstuvwxyz"

struct fixture {
	struct stream s;
	struct quality q;
	uint64_t number;
	char out[256];			/* what came out; '|' where bytes were given up */
	size_t n;
	unsigned lent;			/* portions that were not copied */
};

static void drain(struct fixture *x, size_t leave)
{
	enum stream_news news;

	while ((news = stream_pull(&x->s)) != STREAM_DRY) {
		struct slice r = stream_ready(&x->s);
		size_t n = r.n > leave ? r.n - leave : 0;

		if (news == STREAM_HOLE) {
			assert_true(stream_leap(&x->s, &x->q));
			x->out[x->n++] = '|';
			continue;
		}
		x->lent += x->s.lent.n > 0;
		memcpy(x->out + x->n, r.p ? (const char *)r.p : "", n);
		x->n += n;
		stream_consume(&x->s, n);
	}
	stream_settle(&x->s);
}

/* A segment whose bytes are gone after the call. */
static bool add(struct fixture *x, uint32_t seq, const char *text, uint32_t length)
{
	struct slice own = exact_copy(text, strlen(text));
	struct segment g = { .seq = seq, .data = own, .length = length, .pushed = true,
			     .mark = { .ts = 1, .number = ++x->number } };
	bool taken = stream_add(&x->s, &g, &x->q);

	drain(x, 0);
	exact_free(own);
	return taken;
}

static void put(struct fixture *x, uint32_t seq, const char *text)
{
	assert_true(add(x, seq, text, (uint32_t)strlen(text)));
}

static const char *out(struct fixture *x)
{
	x->out[x->n] = '\0';
	return x->out;
}

static struct fixture *fresh(uint32_t first)
{
	struct fixture *x = calloc(1, sizeof(*x));

	x->s.keep = true;
	stream_begin(&x->s, first);
	return x;
}

static void done(struct fixture *x)
{
	stream_done(&x->s);
	assert_int_equal(stream_held(&x->s), 0);
	free(x);
}

static void in_order_is_lent(void **state)
{
	struct fixture *x = fresh(100);

	(void)state;
	x->s.keep = false;
	put(x, 100, "abc");
	put(x, 103, "def");
	assert_string_equal(out(x), "abcdef");
	assert_int_equal(x->lent, 2);
	assert_int_equal(stream_held(&x->s), 0);
	done(x);
}

static void early_segments_wait(void **state)
{
	struct fixture *x = fresh(UINT32_MAX - 2);	/* and the numbers wrap */

	(void)state;
	put(x, 3, "ghi");
	put(x, 0, "def");
	assert_string_equal(out(x), "");
	assert_true(stream_lacks(&x->s));
	put(x, UINT32_MAX - 2, "abc");
	assert_string_equal(out(x), "abcdefghi");
	assert_int_equal(x->q.reordered, 2);
	assert_int_equal(x->q.gaps + x->q.overlaps + x->q.repeated, 0);
	done(x);
}

/* Every order of four segments, at a place where the numbers wrap. */
static void every_order_of_four(void **state)
{
	static const char *const part[] = { "abc", "defg", "h", "ijklmn" };
	static const uint32_t at[] = { 0, 3, 7, 8 };

	(void)state;
	for (unsigned code = 0; code < 256; code++) {
		unsigned order[4] = { code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6 };
		struct fixture *x;

		if ((1u << order[0] | 1u << order[1] | 1u << order[2] | 1u << order[3]) != 15)
			continue;
		x = fresh(UINT32_MAX - 5);
		for (unsigned i = 0; i < 4; i++)
			put(x, UINT32_MAX - 5 + at[order[i]], part[order[i]]);
		assert_string_equal(out(x), "abcdefghijklmn");
		done(x);
	}
}

static void first_bytes_win(void **state)
{
	struct fixture *x = fresh(0);

	(void)state;
	put(x, 0, "abcd");
	put(x, 0, "abcd");			/* the same again */
	assert_int_equal(x->q.repeated, 1);
	put(x, 2, "XXef");			/* half of it known, and other */
	assert_int_equal(x->q.overlaps, 1);
	put(x, 8, "ij");
	put(x, 7, "hZZk");			/* the early ones win too */
	put(x, 8, "ij");
	assert_int_equal(x->q.overlaps, 2);
	assert_int_equal(x->q.repeated, 2);
	put(x, 4, "efgYZ");
	assert_string_equal(out(x), "abcdefghijk");
	assert_int_equal(x->q.overlaps, 3);
	done(x);
}

static void odds_and_ends_of_tcp(void **state)
{
	struct fixture *x = fresh(100);

	(void)state;
	put(x, 100, "abc");
	put(x, 102, "Z");			/* a keep-alive's byte */
	put(x, 103, "d");			/* a window probe's */
	put(x, 103, "def");
	assert_string_equal(out(x), "abcdef");
	assert_int_equal(x->q.overlaps, 0);
	assert_false(add(x, 100 + (2 << 20), "far", 3));
	assert_false(add(x, 100u - (2u << 20), "far", 3));
	assert_string_equal(out(x), "abcdef");
	done(x);
}

static void padding_is_no_data(void **state)
{
	static const uint8_t zeroes[6];
	struct fixture *x = fresh(100);
	struct segment pad = { .seq = 100, .data = { zeroes, 6 }, .length = 6 };

	(void)state;
	assert_true(stream_add(&x->s, &pad, &x->q));
	drain(x, 0);
	put(x, 100, "abcdef");
	assert_string_equal(out(x), "abcdef");
	pad.seq = 103;				/* below what is expected */
	assert_true(stream_add(&x->s, &pad, &x->q));
	drain(x, 0);
	assert_string_equal(out(x), "abcdef");
	pad.pushed = true;			/* and these are data */
	pad.seq = 106;
	assert_true(stream_add(&x->s, &pad, &x->q));
	drain(x, 0);
	assert_int_equal(x->n, 12);
	done(x);
}

static void cut_bytes_are_a_hole(void **state)
{
	struct fixture *x = fresh(0);

	(void)state;
	assert_true(add(x, 0, "abc", 10));
	put(x, 10, "klm");
	assert_string_equal(out(x), "abc|klm");
	assert_true(x->q.truncated);
	assert_int_equal(x->q.gaps, 0);
	assert_true(add(x, 20, "u", 3));	/* early, and cut */
	put(x, 13, "nopqrst");
	put(x, 23, "x");
	assert_string_equal(out(x), "abc|klmnopqrstu|x");
	assert_true(add(x, 24, "", 2));		/* nothing of it captured */
	put(x, 26, "!");
	assert_string_equal(out(x), "abc|klmnopqrstu|x|!");
	done(x);
}

static void a_gap_is_given_up_once(void **state)
{
	struct fixture *x = fresh(0);

	(void)state;
	put(x, 0, "ab");
	assert_false(stream_leap(&x->s, &x->q));
	put(x, 5, "fg");
	put(x, 9, "j");
	assert_true(stream_leap(&x->s, &x->q));
	drain(x, 0);
	assert_string_equal(out(x), "abfg");
	assert_true(stream_leap(&x->s, &x->q));
	drain(x, 0);
	assert_string_equal(out(x), "abfgj");
	assert_int_equal(x->q.gaps, 2);
	put(x, 2, "cde");			/* too late */
	assert_string_equal(out(x), "abfgj");
	done(x);
}

static void acknowledged_but_not_captured(void **state)
{
	struct fixture *x = fresh(0);

	(void)state;
	put(x, 0, "abc");
	stream_ack(&x->s, 3);
	assert_false(stream_lacks(&x->s));
	stream_ack(&x->s, 4);			/* may be a FIN */
	assert_false(stream_lacks(&x->s));
	stream_ack(&x->s, 9);
	stream_ack(&x->s, 2);			/* an old one */
	assert_true(stream_lacks(&x->s));
	stream_ack(&x->s, 1u << 30);		/* none of this stream's */
	put(x, 3, "defghi");
	assert_false(stream_lacks(&x->s));
	done(x);
}

static void too_much_waits(void **state)
{
	struct fixture *x = fresh(0);

	(void)state;
	for (uint32_t i = 0; i < STREAM_PIECES; i++) {
		assert_false(stream_full(&x->s));
		put(x, 10 + 2 * i, "x");
	}
	assert_true(stream_full(&x->s));
	assert_true(stream_held(&x->s) > 0);
	done(x);
}

/* What nobody reads is held up to a limit, then lost, and said so. */
static void too_much_unread(void **state)
{
	struct fixture *x = fresh(0);
	uint8_t *block = calloc(1, 60000);
	struct segment g = { .data = { block, 60000 }, .length = 60000, .pushed = true };

	(void)state;
	for (unsigned i = 0; i < 2; i++, g.seq += 60000) {
		assert_true(stream_add(&x->s, &g, &x->q));
		assert_int_equal(stream_pull(&x->s), i == 0 ? STREAM_READY : STREAM_HOLE);
		stream_settle(&x->s);
	}
	assert_true(stream_leap(&x->s, &x->q));
	assert_true(x->q.overflow);
	free(block);
	put(x, 120000, "on");
	assert_string_equal(out(x), "on");
	done(x);
}

static void what_is_read_gives_way(void **state)
{
	struct fixture *x = fresh(0);
	uint8_t *block = calloc(1, 60000);
	struct segment g = { .data = { block, 60000 }, .length = 60000, .pushed = true };

	(void)state;
	for (unsigned i = 0; i < 3; i++, g.seq += 60000) {
		assert_true(stream_add(&x->s, &g, &x->q));
		assert_int_equal(stream_pull(&x->s), STREAM_READY);
		stream_consume(&x->s, 60000);
		assert_int_equal(stream_pull(&x->s), STREAM_DRY);
		stream_settle(&x->s);
	}
	assert_false(x->q.overflow);
	assert_true(stream_held(&x->s) <= 2 * STREAM_KEPT);
	free(block);
	done(x);
}

static void begins_earlier_than_thought(void **state)
{
	struct fixture *x = fresh(6);

	(void)state;
	put(x, 6, "ghi");
	stream_rewind(&x->s, 0, &(struct mark){ .number = 9 });
	x->n = 0;
	put(x, 3, "def");
	put(x, 0, "abc");
	assert_string_equal(out(x), "abcdefghi");
	done(x);
}

/* Segments of random place and length, doubled and shuffled; some left unread for a while. */
static void any_order_is_the_same(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (unsigned round = 0; round < 3000; round++) {
		struct fixture *x = fresh(UINT32_MAX - round % 30);
		unsigned tries = 0;

		while (x->n < strlen(TEXT) && tries++ < 2000) {
			uint32_t at, n;
			char part[27];

			seed = seed * 1664525 + 1013904223;
			at = seed >> 8 & 31;
			n = 1 + (seed >> 16 & 7);
			if (at + n > strlen(TEXT))
				continue;
			memcpy(part, TEXT + at, n);
			part[n] = '\0';
			put(x, x->s.next - (uint32_t)x->n + at, part);
		}
		assert_string_equal(out(x), TEXT);
		assert_int_equal(x->q.overlaps + x->q.gaps, 0);
		done(x);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order_is_lent),
		cmocka_unit_test(early_segments_wait),
		cmocka_unit_test(every_order_of_four),
		cmocka_unit_test(first_bytes_win),
		cmocka_unit_test(odds_and_ends_of_tcp),
		cmocka_unit_test(padding_is_no_data),
		cmocka_unit_test(cut_bytes_are_a_hole),
		cmocka_unit_test(a_gap_is_given_up_once),
		cmocka_unit_test(acknowledged_but_not_captured),
		cmocka_unit_test(too_much_waits),
		cmocka_unit_test(too_much_unread),
		cmocka_unit_test(what_is_read_gives_way),
		cmocka_unit_test(begins_earlier_than_thought),
		cmocka_unit_test(any_order_is_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
